/**
 * Puts TensorFlow.js' random initializers on this project's seeds; see `seeded.ts` for the reasons.
 *
 * Mended on the way, as Keras has it: a truncated normal distribution has a smaller spread than the normal one that
 * it is cut from, so its scale is divided by 0.8796 to give the variance that He, Glorot and LeCun ask for; the
 * distribution "truncatedNormal" was a uniform one; orthogonal matrices took seconds. Drawing takes native operations: some ten million weights a second.
 */
import { nextSeed } from "dnn-lab-core/random";
import { statelessNormal, statelessTruncatedNormal, statelessUniform } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";
import { registeredClass, replaceMethod, type RegisteredClass } from "../layers/layer-classes";
import { drawOrthogonal } from "./orthogonal";

/** Standard deviation of a standard normal distribution cut off at ±2. */
const TRUNCATED_STANDARD_DEVIATION = 0.87962566103423978;

/** What the replaced methods read of an initializer's private parts. */
interface Initializer {
  readonly seed?: number | null;
  readonly minval: number;
  readonly maxval: number;
  readonly mean: number;
  readonly stddev: number;
  readonly scale: number;
  readonly gain: number;
  readonly mode: "fanIn" | "fanOut" | "fanAvg";
  readonly distribution: "normal" | "truncatedNormal" | "uniform";
}

type Draw = (initializer: Initializer, shape: number[], seed: number) => tf.Tensor;

const DRAWS: Record<string, Draw> = {
  RandomUniform: ({ minval, maxval }, shape, seed) =>
    tf.add(tf.mul(statelessUniform(shape, seed, 0), maxval - minval), minval),
  RandomNormal: ({ mean, stddev }, shape, seed) => tf.add(tf.mul(statelessNormal(shape, seed, 0), stddev), mean),
  TruncatedNormal: ({ mean, stddev }, shape, seed) =>
    tf.add(tf.mul(statelessTruncatedNormal(shape, seed, 0), stddev), mean),
  VarianceScaling: drawScaled,
  Orthogonal: ({ gain }, shape, seed) => drawOrthogonal(shape, gain, seed),
};

/** Replaces `apply` of every initializer that draws random numbers. */
export function seedInitializers(): void {
  for (const [name, draw] of Object.entries(DRAWS)) replaceDraw(registeredClass(name), draw);
}

function replaceDraw(target: RegisteredClass, draw: Draw): void {
  replaceMethod(target, "apply", function (this: Initializer, shape: number[], dtype?: tf.DataType) {
    return tf.tidy(() => tf.cast(draw(this, shape, this.seed ?? nextSeed()), dtype ?? "float32"));
  });
}

/** Variance scale / fan, normal (cut off at two standard deviations) or uniform. */
function drawScaled({ scale, mode, distribution }: Initializer, shape: number[], seed: number): tf.Tensor {
  const { fanIn, fanOut } = fans(shape);
  const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
  const standardDeviation = Math.sqrt(scale / Math.max(1, fan));
  if (distribution !== "uniform") {
    return tf.mul(statelessTruncatedNormal(shape, seed, 0), standardDeviation / TRUNCATED_STANDARD_DEVIATION);
  }
  const limit = Math.sqrt(3) * standardDeviation;
  return tf.sub(tf.mul(statelessUniform(shape, seed, 0), 2 * limit), limit);
}

/** Inputs and outputs of a unit by the shape of its weights, as Keras counts them: […window, inputs, outputs]. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const [inputs, outputs] = shape.slice(-2);
  return { fanIn: window * inputs, fanOut: window * outputs };
}
