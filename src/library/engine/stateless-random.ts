/**
 * Random tensors that are a pure function of a seed and a step: the same on every engine, the same when a step is
 * repeated, and new at each step of a recorded and replayed program, since the step may be a tensor.
 */
import { checkNumber } from "dnn-lab-core/check";
import { attribute, DT, isNative, nativeBackend } from "./compile/native";
import { StatelessPhilox, philoxTruncatedNormal, philoxUniform, philoxWords } from "./stateless-philox";
import { tf } from "./tf";

/** The number of a training step: a number, or an int32 scalar that a recorded program is fed with. */
export type Step = number | tf.Tensor;

/**
 * A float32 tensor of uniform numbers in [0, 1) with 23 bits, drawn for (`seed`, `step`).
 *
 * For layers of one's own: unlike `tf.randomUniform` it can be replayed, with new numbers at each step.
 *
 * @param shape of the result. @param seed an integer; its lower 31 bits count. @param step see {@link Step}.
 * @example statelessUniform([16, 50], 42, 0)
 */
export function statelessUniform(shape: readonly number[], seed: number, step: Step): tf.Tensor {
  if (!isNative()) return inScript(philoxUniform, shape, seed, step);
  return tf.tidy(() => {
    const type = attribute.type("T", DT.int32);
    const mantissa = tf.scalar(0x7fffff, "int32");
    const bits = nativeBackend().executeSingleOutput("BitwiseAnd", [type], [nativeBits(shape, seed, step), mantissa]);
    return tf.mul(tf.cast(bits, "float32"), 2 ** -23);
  });
}

/**
 * A float32 tensor of zeros and ones, each 1 with probability `share`, drawn for (`seed`, `step`). Cheaper than
 * comparing {@link statelessUniform}: the random bits are compared as they are.
 */
export function statelessMask(shape: readonly number[], share: number, seed: number, step: Step): tf.Tensor {
  // Words are uniform on [−2³¹, 2³¹).
  const threshold = Math.min(Math.round((0.5 - share) * 2 ** 32), 2 ** 31 - 1);
  if (isNative())
    return tf.tidy(() =>
      tf.cast(tf.greaterEqual(nativeBits(shape, seed, step), tf.scalar(threshold, "int32")), "float32"),
    );
  return inScript(
    (generator, count) => philoxWords(generator, count).map((word) => Number(word >= threshold)),
    shape,
    seed,
    step,
  );
}

/**
 * A float32 tensor of standard normal numbers (Box and Muller), drawn for (`seed`, `step`); see {@link statelessUniform}.
 *
 * @param shape of the result. @param seed an integer; its lower 31 bits count. @param step see {@link Step}.
 * @example statelessNormal([16, 2], 42, 0)
 */
export function statelessNormal(shape: readonly number[], seed: number, step: Step): tf.Tensor {
  return tf.tidy(() => {
    const [first, second] = tf.unstack(statelessUniform([2, ...shape], seed, step));
    // 1 − u is never 0.
    const radius = tf.sqrt(tf.mul(tf.log(tf.sub(1, first)), -2));
    return tf.mul(radius, tf.cos(tf.mul(second, 2 * Math.PI)));
  });
}

/** Standard normal numbers, those beyond ±2 drawn again; their standard deviation is 0.8796. For initial weights. */
export function statelessTruncatedNormal(shape: readonly number[], seed: number, step: number): tf.Tensor {
  if (!isNative()) return inScript(philoxTruncatedNormal, shape, seed, step);
  const attributes = [
    attribute.type("T", DT.int32),
    attribute.type("dtype", DT.float32),
    attribute.type("Tseed", DT.int32),
  ];
  return tf.tidy(() => {
    const inputs = [tf.tensor1d([...shape], "int32"), seedPair(seed, step)];
    return nativeBackend().executeSingleOutput("StatelessTruncatedNormal", attributes, inputs);
  });
}

function inScript(
  distribution: (generator: StatelessPhilox, count: number) => ArrayLike<number>,
  shape: readonly number[],
  seed: number,
  step: Step,
): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const values = distribution(new StatelessPhilox(keyOf(seed), stepNumber(step)), size);
  return tf.tensor(Float32Array.from(values), [...shape], "float32");
}

/**
 * 32 random bits for each element. The generator is named (1 is Philox) and the bits are taken raw: where TensorFlow
 * may choose the generator, or makes floating-point numbers itself, a program under XLA draws others.
 */
function nativeBits(shape: readonly number[], seed: number, step: Step): tf.Tensor {
  const backend = nativeBackend();
  const [seeds, size, philox] = [seedPair(seed, step), tf.tensor1d([...shape], "int32"), tf.scalar(1, "int32")];
  // TensorFlow.js has no unsigned 64-bit tensors: key and counter are passed on by their handles.
  const { binding } = backend;
  const seedType = [attribute.type("Tseed", DT.int32)];
  const [key, counter] = binding.executeOp(
    "StatelessRandomGetKeyCounter",
    seedType,
    backend.getInputTensorIds([seeds]),
    2,
  );
  const [sizeId, philoxId] = backend.getInputTensorIds([size, philox]);
  const types = [attribute.type("dtype", DT.int32), attribute.type("Tshape", DT.int32)];
  const [bits] = binding.executeOp("StatelessRandomUniformFullIntV2", types, [sizeId, key.id, counter.id, philoxId], 1);
  for (const { id } of [key, counter]) binding.deleteTensor(id);
  return backend.createOutputTensor(bits);
}

function seedPair(seed: number, step: Step): tf.Tensor {
  if (typeof step === "number") return tf.tensor1d([keyOf(seed), checkStep(step)], "int32");
  return tf.stack([tf.scalar(keyOf(seed), "int32"), tf.cast(step, "int32")]);
}

/** Never negative: TensorFlow and XLA extend a negative number to 64 bits in different ways. */
function keyOf(seed: number): number {
  return seed & 0x7fffffff;
}

function stepNumber(step: Step): number {
  return checkStep(typeof step === "number" ? step : step.dataSync()[0]);
}

function checkStep(step: number): number {
  return checkNumber("stateless random numbers", "step", step, { integer: true, min: 0, below: 2 ** 31 });
}
