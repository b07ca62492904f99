/**
 * A whole LSTM layer in one operation of TensorFlow (`BlockLSTMV2`), and its gradient in another, instead of some ten and
 * twenty for each time step.
 */
import { tf } from "../tf";
import { attribute, DT, nativeBackend, type OpAttribute } from "./native";

const FORWARD = "LstmBlock";
const BACKWARD = "LstmBlockGradient";

/** The results of `BlockLSTMV2`, in its order: gates, states and outputs of all time steps. */
const RESULTS = ["i", "cs", "f", "o", "ci", "co", "h"] as const;
const [CELL_STATES, OUTPUTS] = [RESULTS.indexOf("cs"), RESULTS.indexOf("h")];

type Slopes = Record<"x" | "h" | "c" | "w" | "b", tf.Tensor>;

/**
 * An LSTM with the gates' sigmoid and tanh, the gates in Keras' order (input, forget, cell, output): cₜ = f·cₜ₋₁ + i·g,
 * hₜ = o·tanh(cₜ). For the native engine. Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997, with the
 * forget gate of Gers and others, 2000.
 *
 * @param x `[time, batch, features]`. @param h @param c states before the first step, `[batch, units]`.
 * @param w kernel above recurrent kernel, `[features + units, 4·units]`. @param b biases `[4·units]`.
 * @returns outputs h and cell states c of all steps, `[time, batch, units]`.
 */
export function lstmBlock(
  x: tf.Tensor3D,
  h: tf.Tensor2D,
  c: tf.Tensor2D,
  w: tf.Tensor2D,
  b: tf.Tensor1D,
): { h: tf.Tensor3D; c: tf.Tensor3D } {
  const peephole = tf.zeros([h.shape[1]]);
  const results = tf.engine().runKernel(FORWARD, { x, h, c, w, b, peephole }) as tf.Tensor3D[];
  return { h: results[OUTPUTS], c: results[CELL_STATES] };
}

/** The same in single operations, which can be differentiated twice. */
function composed({ x, h: before, c: stateBefore, w, b }: Slopes): { h: tf.Tensor; c: tf.Tensor } {
  let [h, c] = [before, stateBefore];
  const [outputs, states]: [tf.Tensor[], tf.Tensor[]] = [[], []];
  for (const step of tf.unstack(x)) {
    const z = tf.add(tf.matMul(tf.concat([step, h], 1), w as tf.Tensor2D), b);
    const [i, f, g, o] = tf.split(z, 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    outputs.push(h);
    states.push(c);
  }
  return { h: tf.stack(outputs), c: tf.stack(states) };
}

/** Runs an operation whose first input is the number of time steps, an integer of 64 bits, which TensorFlow.js does not have. */
function execute(name: string, attributes: readonly OpAttribute[], inputs: tf.TensorInfo[], outputs: number) {
  const backend = nativeBackend();
  const [steps] = inputs[0].shape;
  const rest = backend.getInputTensorIds(inputs);
  const length = backend.binding.createTensor([], DT.int64, Int32Array.of(steps, 0));
  try {
    return backend.binding
      .executeOp(name, [...attributes, attribute.type("T", DT.float32)], [length, ...rest], outputs)
      .map((made) => backend.createOutputTensor(made));
  } finally {
    backend.binding.deleteTensor(length);
  }
}

const noPeepholes = attribute.bool("use_peephole", false);

tf.registerKernel({
  kernelName: FORWARD,
  backendName: "tensorflow",
  kernelFunc({ inputs }) {
    const { x, h, c, w, b, peephole } = inputs as Record<string, tf.TensorInfo>;
    // Keras clips no cell states.
    const attributes = [noPeepholes, attribute.float("cell_clip", 0)];
    return execute("BlockLSTMV2", attributes, [x, c, h, w, peephole, peephole, peephole, b], RESULTS.length);
  },
});

tf.registerKernel({
  kernelName: BACKWARD,
  backendName: "tensorflow",
  kernelFunc({ inputs }) {
    const named = inputs as Record<string, tf.TensorInfo>;
    const { x, h, c, w, b, peephole, slopeOfStates, slopeOfOutputs } = named;
    const results = RESULTS.map((name) => named[`result_${name}`]);
    const given = [x, c, h, w, peephole, peephole, peephole, b, ...results, slopeOfStates, slopeOfOutputs];
    return execute("BlockLSTMGradV2", [noPeepholes], given, 8);
  },
});

tf.registerGradient({
  kernelName: FORWARD,
  inputsToSave: ["x", "h", "c", "w", "b", "peephole"],
  outputsToSave: RESULTS.map(() => true),
  gradFunc(dys, saved) {
    const [x, h, c, w, b, peephole, ...results] = saved;
    const [slopeOfStates, slopeOfOutputs] = [CELL_STATES, OUTPUTS].map((at) => (dys as tf.Tensor[])[at]);
    const given = { x, h, c, w, b };
    const slopes = isNested()
      ? composedSlopes(given, slopeOfStates, slopeOfOutputs)
      : blockSlopes(given, { peephole, slopeOfStates, slopeOfOutputs }, results);
    const gradients = Object.entries(slopes).map(([name, slope]) => [name, () => slope] as const);
    return { ...Object.fromEntries(gradients), peephole: () => tf.zerosLike(peephole) };
  },
});

/** Whether gradients of gradients are being computed. */
function isNested(): boolean {
  const { state } = tf.engine() as unknown as { readonly state: { readonly gradientDepth: number } };
  return state.gradientDepth > 0;
}

function blockSlopes(given: Slopes, others: Record<string, tf.Tensor>, results: readonly tf.Tensor[]): Slopes {
  const named = Object.fromEntries(RESULTS.map((name, i) => [`result_${name}`, results[i]]));
  const made = tf.engine().runKernel(BACKWARD, { ...given, ...others, ...named }) as tf.Tensor[];
  const [x, c, h, w, , , , b] = made;
  return { x, h, c, w, b };
}

function composedSlopes(given: Slopes, slopeOfStates: tf.Tensor, slopeOfOutputs: tf.Tensor): Slopes {
  const names = ["x", "h", "c", "w", "b"] as const;
  const weighed = (...tensors: tf.Tensor[]) => {
    const { h, c } = composed(Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Slopes);
    return tf.add(tf.sum(tf.mul(h, slopeOfOutputs)), tf.sum(tf.mul(c, slopeOfStates))) as tf.Scalar;
  };
  const slopes = tf.grads(weighed)(names.map((name) => given[name]));
  return Object.fromEntries(names.map((name, i) => [name, slopes[i]])) as Slopes;
}
