/**
 * `model.add(layer)` after a prediction counts, and the model stays compiled, as in Keras. TensorFlow.js (4.22) goes on with
 * the layers that there were when the model was first called.
 */
import type { tf } from "../../engine/tf";
import { methodOf, registeredClass, replaceMethod } from "../layers/layer-classes";

interface Sequential {
  /** What carries out the layers; made by the next call where it is missing. */
  model?: unknown;
  readonly optimizer?: tf.Optimizer;
  readonly loss: tf.ModelCompileArgs["loss"];
  readonly metrics: tf.ModelCompileArgs["metrics"];
  compile(options: tf.ModelCompileArgs): void;
}

export function mendSequential(): void {
  const sequential = registeredClass("Sequential");
  const add = methodOf(sequential, "add");
  replaceMethod(sequential, "add", function (this: Sequential, ...args: unknown[]) {
    const { model, optimizer, loss, metrics } = this;
    add.apply(this, args);
    if (!model) return;
    this.model = undefined;
    if (optimizer) this.compile({ optimizer, loss, metrics });
  });
}
