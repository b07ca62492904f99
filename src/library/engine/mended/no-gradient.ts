/**
 * Truth values and whole numbers have no gradient. TensorFlow.js (4.22) takes them for part of the way from the
 * variables to the loss: `tf.where(tf.lessEqual(p, 1), a, b)` then fails with "gradient function not found for
 * LessEqual", and a cast to int32 passes gradients on as if it did nothing.
 */
import * as tf from "@tensorflow/tfjs";

interface Engine {
  addTapeNode(kernel: string, inputs: object, outputs: readonly tf.Tensor[], ...rest: Rest): void;
}

/** Gradient function, tensors saved for it, attributes. */
type Rest = [gradient: unknown, saved?: readonly tf.Tensor[], attributes?: object];

const DISCRETE: readonly string[] = ["bool", "int32"];

/** Operations whose results are all discrete are left off the tape, as TensorFlow does, so that gradients end there. */
export function cutGradientsOfDiscreteValues(): void {
  const engine = tf.engine() as unknown as Engine;
  const addTapeNode = engine.addTapeNode.bind(engine);
  engine.addTapeNode = (kernel, inputs, outputs, ...rest) => {
    if (!outputs.every(({ dtype }) => DISCRETE.includes(dtype))) return addTapeNode(kernel, inputs, outputs, ...rest);
    const [, saved = []] = rest;
    for (const tensor of saved) tensor.dispose();
  };
}
