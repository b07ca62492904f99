/** Functional models run as Keras runs them: order of layers, options of `apply`, masks. */
import { tf } from "../../engine/tf";
import { mendMaskedLayers } from "./masked-layers";
import type { Mask } from "./masks";
import type { Graph } from "./order";
import { callGraph, modelWithin, runGraph } from "./run-graph";

type AnyMethod = (this: never, ...args: never[]) => unknown;

/** Replaces TensorFlow.js' executor wherever a model is called or predicts; its own `fit` and `evaluate` keep it. */
export function mendExecution(): void {
  mendMaskedLayers();
  const container = Object.getPrototypeOf(tf.LayersModel.prototype) as object;
  replace(container, "call", function (this: Graph, inputs: tf.Tensor | tf.Tensor[], options: object) {
    return callGraph(this, inputs, options as Record<string, unknown>);
  });
  replace(container, "computeMask", function (this: object, inputs: tf.Tensor | tf.Tensor[], masks?: Mask | Mask[]) {
    const graph = modelWithin(this) as Graph;
    return tf.tidy(() => runGraph(graph, [inputs].flat(), [masks].flat(), {}).masks as tf.Tensor[]);
  });
  replace(tf.LayersModel.prototype, "predictLoop", predictLoop);
}

function replace(prototype: object, name: string, method: AnyMethod): void {
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true });
}

/** `model.predict`, batch by batch. */
function predictLoop(this: tf.LayersModel, inputs: tf.Tensor | tf.Tensor[], batchSize = 32): tf.Tensor | tf.Tensor[] {
  const all = [inputs].flat();
  const [samples] = all[0].shape;
  const starts = Array.from({ length: Math.ceil(samples / batchSize) }, (_, i) => i * batchSize);
  return tf.tidy(() => {
    const batches = starts.map((start) =>
      tf.tidy(() => {
        const size = Math.min(batchSize, samples - start);
        const batch = all.map((x) =>
          tf.slice(x, [start, ...x.shape.slice(1).map(() => 0)], [size, ...x.shape.slice(1)]),
        );
        return [this.apply(batch.length === 1 ? batch[0] : batch, { training: false })].flat() as tf.Tensor[];
      }),
    );
    const outputs = this.outputs.map((_, i) => tf.concat(batches.map((batch) => batch[i])));
    return outputs.length === 1 ? outputs[0] : outputs;
  });
}
