/** What happens to a single batch in training and in evaluation. */
import type { Step } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";
import { withLogits } from "../../models/layers/logits";
import "../../models/initialization/seeded";
import { withTrainingStep } from "../../models/layers/training-step";
import type { Objective } from "./objective";

export interface Batch {
  /** `[n, ...sample shape]`, float32. */
  features: tf.Tensor;
  /** `[n]` or `[n, ...label shape]`. */
  labels: tf.Tensor;
  /** `[n]`, how much each sample counts in the loss; undefined when all count alike. */
  sampleWeights?: tf.Tensor;
}

/** Weight of each class in the loss, by class number; 1 for a class that is left out. */
export type ClassWeight = Record<number, number>;

/** From features to outputs, in training or inference mode. */
export type Forward = (features: tf.Tensor, training: boolean) => tf.Tensor;

export interface StepOptions {
  model: tf.LayersModel;
  /** From what the batches hold to the model's outputs (default: the whole model). */
  forward?: Forward;
  objective: Objective;
  /** `[classes]` weights that the labels pick from; undefined for none. */
  classWeight?: tf.Tensor1D;
}

const mean = (value: tf.Tensor): tf.Scalar => (value.rank === 0 ? value : tf.mean(value)) as tf.Scalar;

/** The weight of each sample `[n]`: its own, or that of its class; undefined when all count alike. */
function weightsOf({ classWeight }: StepOptions, { labels, sampleWeights }: Batch): tf.Tensor | undefined {
  if (!classWeight) return sampleWeights;
  // Of one-hot labels, and of mixed ones as in Keras, the class with the largest share.
  const isRows = labels.rank > 1 && (labels.shape.at(-1) as number) > 1;
  const classes = isRows ? tf.argMax(labels, -1) : tf.cast(tf.reshape(labels, [-1]), "int32");
  return tf.gather(classWeight, classes as tf.Tensor1D);
}

/** Mean over the batch of the losses, each times its weight (Keras divides by n, not by the sum of the weights). */
export function batchLoss(options: StepOptions, batch: Batch, losses: tf.Tensor): tf.Scalar {
  const weights = weightsOf(options, batch);
  if (!weights) return mean(losses);
  if (losses.rank === 0)
    throw new Error("fit: weights need a loss that gives one number for each sample, not one for the batch.");
  return mean(tf.mul(tf.reshape(losses, [losses.shape[0], -1]), tf.reshape(weights, [-1, 1])));
}

function forward(options: StepOptions, batch: Batch, training: boolean) {
  const { model, objective } = options;
  const apply = options.forward ?? ((features) => model.apply(features, { training }) as tf.Tensor);
  const { outputs, losses } = withLogits(
    () => apply(batch.features, training),
    (outputs, logitsOf) => {
      const logits = objective.lossFromLogits && logitsOf(outputs);
      const losses = logits ? objective.lossFromLogits?.(batch.labels, logits) : undefined;
      return { outputs, losses: losses ?? objective.loss(batch.labels, outputs) };
    },
  );
  const dataLoss = batchLoss(options, batch, losses);
  const penalty = objective.penalty();
  const loss = (penalty ? tf.add(dataLoss, penalty) : dataLoss) as tf.Scalar;
  return { loss, metrics: objective.metrics.map(({ compute }) => mean(compute(batch.labels, outputs))) };
}

/** Weights with a constraint (max-norm, non-negative …) are put back into it after the update, as Keras does. */
function applyConstraints(model: tf.LayersModel): void {
  for (const weight of model.trainableWeights) {
    const { constraint } = weight as unknown as { constraint?: { apply(w: tf.Tensor): tf.Tensor } | null };
    // Not through `weight.write`, which would apply it a second time.
    if (constraint) tf.tidy(() => void (weight.read() as tf.Variable).assign(constraint.apply(weight.read())));
  }
}

/**
 * Forward pass, gradients, update of the weights. Returns the batch's means `[loss, ...metrics]`; the caller disposes.
 *
 * @param step number of the step, which keys the masks of random layers.
 * @param update moves the weights by the gradients, by name of the variable.
 */
export function trainBatch(
  options: StepOptions,
  batch: Batch,
  step: Step,
  update: (gradients: tf.NamedTensorMap) => void,
): tf.Tensor1D {
  const variables = options.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return tf.tidy(() => {
    let metrics: tf.Scalar[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const result = withTrainingStep(step, () => forward(options, batch, true));
      metrics = result.metrics.map((metric) => tf.keep(metric));
      return result.loss;
    }, variables);
    update(grads);
    applyConstraints(options.model);
    const means = tf.stack([value, ...metrics]) as tf.Tensor1D;
    tf.dispose(metrics);
    return means;
  });
}

/** Forward pass in inference mode. Returns the batch's means `[loss, ...metrics]`; the caller disposes. */
export function evaluateBatch(options: StepOptions, batch: Batch): tf.Tensor1D {
  return tf.tidy(() => {
    const { loss, metrics } = forward(options, batch, false);
    return tf.stack([loss, ...metrics]) as tf.Tensor1D;
  });
}
