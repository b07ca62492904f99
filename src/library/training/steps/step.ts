/** What happens to a single batch in training and in evaluation. */
import type { Batch } from "../../data/batch";
import type { Step } from "../../engine/stateless-random";
import { releaseGradients } from "../../engine/release-gradients";
import { tf } from "../../engine/tf";
import { withOutputFacts } from "../../models/layers/output-facts";
import "../../models/initialization/seeded";
import { withTrainingStep } from "../../models/layers/training-step";
import { modelInputs } from "./model-inputs";
import type { Objective } from "./objective";
import { lossOfBatch, metricOfBatch, type OutputBatch } from "../objective/output-terms";

/** Weight of each class in the loss, by class number; 1 for a class that is left out. */
export type ClassWeight = Record<number, number>;

/** From features to outputs, in training or inference mode; one tensor for each output of the model. */
export type Forward = (features: tf.Tensor, training: boolean) => tf.Tensor | tf.Tensor[];

export interface StepOptions {
  model: tf.LayersModel;
  /** From what the batches hold to the model's outputs (default: the whole model). */
  forward?: Forward;
  objective: Objective;
  /** `[classes]` weights that the labels pick from; undefined for none. */
  classWeight?: tf.Tensor1D;
}

/** The weight of each sample `[n]`: its own, or that of its class; undefined when all count alike. */
function weightsOf({ classWeight }: StepOptions, labels: tf.Tensor, own: tf.Tensor | undefined): tf.Tensor | undefined {
  if (!classWeight) return own;
  // Of one-hot labels, and of mixed ones as in Keras, the class with the largest share.
  const isRows = labels.rank > 1 && (labels.shape.at(-1) as number) > 1;
  const classes = isRows ? tf.argMax(labels, -1) : tf.cast(tf.round(tf.reshape(labels, [-1])), "int32");
  return tf.gather(classWeight, classes as tf.Tensor1D);
}

/** Loss of the batch with the penalties (rank 0), and the rest of its row: one part for each column of the logs. */
function forward(options: StepOptions, batch: Batch, training: boolean): { loss: tf.Scalar; rest: tf.Tensor[] } {
  const { model, objective } = options;
  return withOutputFacts(
    model,
    () =>
      options.forward?.(batch.features, training) ??
      (model.apply(modelInputs(model, batch), { training }) as tf.Tensor | tf.Tensor[]),
    (results, factsOf) => {
      const all = Array.isArray(results) ? results : [results];
      const terms = objective.outputs.map((output, i) => {
        const labels = batch.labelsByName?.[output.name] ?? batch.labels;
        const one: OutputBatch = {
          labels,
          outputs: all[i],
          facts: factsOf(all[i]),
          weights: weightsOf(
            options,
            labels,
            batch.weightsByName ? batch.weightsByName[output.name] : batch.sampleWeights,
          ),
        };
        return { output, one, loss: output.loss && lossOfBatch(output.loss, one) };
      });
      const losses = terms.flatMap(({ output, loss }) => (loss ? [{ weight: output.weight, loss }] : []));
      const parts = losses.map(({ weight, loss }) => (weight === 1 ? loss : tf.mul(loss, weight)));
      const penalty = objective.penalty();
      const loss = [...parts, ...(penalty ? [penalty] : [])].reduce((a, b) => tf.add(a, b)) as tf.Scalar;
      const metrics = terms.flatMap(({ output, one }) => output.logged.map((metric) => metricOfBatch(metric, one)));
      return { loss, rest: [...(losses.length > 1 ? losses.map((one) => one.loss) : []), ...metrics] };
    },
  );
}

/** The batch's loss alone, penalties included: what its gradients are taken of. */
export function trainingLoss(options: StepOptions, batch: Batch, training: boolean): tf.Scalar {
  return forward(options, batch, training).loss;
}

/** Parts of rank 0 and 1 as one vector. */
function row(parts: readonly tf.Tensor[]): tf.Tensor1D {
  if (parts.every(({ rank }) => rank === 0)) return tf.stack([...parts]) as tf.Tensor1D;
  return tf.concat1d(parts.map((part) => tf.reshape(part, [-1]) as tf.Tensor1D));
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
 * Forward pass, gradients, update of the weights. Returns the batch's row `[loss, ...]`; the caller disposes.
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
    let rest: tf.Tensor[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const result = withTrainingStep(step, () => forward(options, batch, true));
      rest = result.rest.map((part) => tf.keep(part));
      releaseGradients();
      return result.loss;
    }, variables);
    update(grads);
    applyConstraints(options.model);
    const means = row([value, ...rest]);
    tf.dispose(rest);
    return means;
  });
}

/** Forward pass in inference mode. Returns the batch's row `[loss, ...]`; the caller disposes. */
export function evaluateBatch(options: StepOptions, batch: Batch): tf.Tensor1D {
  return tf.tidy(() => {
    const { loss, rest } = forward(options, batch, false);
    return row([loss, ...rest]);
  });
}
