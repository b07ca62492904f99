/**
 * The loss and the metrics that a model was compiled with, as functions of one batch.
 *
 * TensorFlow.js keeps them in fields that its types hide or leave out; this is the one place that reads these fields.
 */
import { softmaxCrossentropy, sparseSoftmaxCrossentropy } from "../../engine/compile";
import { tf } from "../../engine/tf";

type BatchFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

interface CompiledFields {
  loss?: unknown;
  lossFunctions?: BatchFunction[];
  metrics?: unknown;
  metricsTensors?: [BatchFunction, number][];
  metricsNames?: string[];
  calculateLosses(): tf.Scalar[];
  /** The functional model inside a `Sequential`. */
  model?: CompiledFields;
}

export interface Objective {
  /** Loss of each sample `[n]` (or one for the batch, rank 0), without regularization. */
  loss: BatchFunction;
  /** The same from the logits `[n, classes]` of a softmax; undefined for a loss that has no such form. */
  lossFromLogits?: BatchFunction;
  /** Sum of the regularization terms, rank 0; undefined when there are none. */
  penalty(): tf.Scalar | undefined;
  /** Metrics in the order and with the names of `compile`. */
  metrics: readonly { name: string; compute: BatchFunction }[];
}

/** Name of metric `index` as the user wrote it in `compile` (TensorFlow.js turns `accuracy` into `acc`). */
function metricName(fields: CompiledFields, index: number): string {
  const written = Array.isArray(fields.metrics) ? fields.metrics[index] : undefined;
  if (typeof written === "string") return written;
  return fields.metricsNames?.[index + 1] ?? `metric_${index}`;
}

/** Reads the objective of a compiled model; says what to do when it was not compiled or has several outputs. */
export function objectiveOf(owner: string, model: tf.LayersModel): Objective {
  const outer = model as unknown as CompiledFields;
  const fields = outer.model ?? outer;
  const [loss] = fields.lossFunctions ?? [];
  if (!loss) {
    throw new Error(`${owner}: the model is not compiled. Call model.compile({ optimizer, loss, metrics }) first.`);
  }
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    const found = `${model.inputs.length} inputs and ${model.outputs.length} outputs`;
    throw new Error(`${owner}: expected a model with one input and one output, received ${found}.`);
  }
  const metrics = (fields.metricsTensors ?? []).map(([compute], index) => ({
    name: metricName(outer, index),
    compute,
  }));
  return {
    loss,
    lossFromLogits: FROM_LOGITS[String(outer.loss)],
    metrics,
    penalty: () => sumOf(fields.calculateLosses()),
  };
}

/** Losses by the name given to `compile`. Keras, too, takes the logits when an output is a softmax. */
const FROM_LOGITS: Readonly<Record<string, BatchFunction | undefined>> = {
  sparseCategoricalCrossentropy: (labels, logits) => sparseSoftmaxCrossentropy(logits as tf.Tensor2D, labels),
  categoricalCrossentropy: (labels, logits) => softmaxCrossentropy(logits as tf.Tensor2D, labels as tf.Tensor2D),
};

function sumOf(terms: tf.Scalar[]): tf.Scalar | undefined {
  return terms.length === 0 ? undefined : terms.reduce((a, b) => tf.add(a, b));
}
