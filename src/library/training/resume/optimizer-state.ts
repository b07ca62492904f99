/** An optimizer's slots, step counter and rate, out and in. */
import { tf } from "../../engine/tf";
import type { Optimizer } from "../../techniques/optimizers/optimizer";
import { makeTensor, readTensor } from "./model-state";
import type { OptimizerState } from "./run-state";

/** The model's optimizer; refuses those of TensorFlow.js, which round their state when they save it (Adam's powers of β). */
export function resumableOptimizer(model: tf.LayersModel): Optimizer {
  const { optimizer } = model;
  if ("slotVariables" in optimizer) return optimizer as unknown as Optimizer;
  throw new TypeError(
    `fit: resume needs an optimizer of this library, such as adam(); ${optimizer.getClassName()} of TensorFlow.js does not give its state back exactly.`,
  );
}

export async function optimizerState(optimizer: Optimizer): Promise<OptimizerState> {
  const [counter, ...entries] = await optimizer.getWeights();
  counter.tensor.dispose();
  return {
    iterations: optimizer.iterations,
    ...(optimizer.schedule ? {} : { learningRate: optimizer.learningRate }),
    slots: Object.fromEntries(entries.map(({ name, tensor }, i) => [`${i} ${name}`, readTensor(tensor)])),
  };
}

export async function restoreOptimizer(optimizer: Optimizer, state: OptimizerState): Promise<void> {
  const slots = Object.entries(state.slots).map(([key, saved]) => ({
    name: key.slice(key.indexOf(" ") + 1),
    tensor: makeTensor(saved, "float32"),
  }));
  const counter = tf.scalar(state.iterations, "int32");
  try {
    await optimizer.setWeights([{ name: "iter", tensor: counter }, ...slots]);
  } finally {
    tf.dispose([counter, slots.map(({ tensor }) => tensor)]);
  }
  if (state.learningRate !== undefined) optimizer.learningRate = state.learningRate;
}
