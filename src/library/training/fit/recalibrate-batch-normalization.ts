/** Batch normalization's averages, measured anew. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { Dataset } from "../../data/dataset";
import { tf } from "../../engine/tf";
import { BatchNormalization } from "../../models/layers/batch-normalization";
import { checkBuilt } from "../../models/built";
import { withTrainingStep } from "../../models/layers/training-step";
import { leafLayers } from "../../models/transfer/graph";

/** Options of {@link recalibrateBatchNormalization}. */
export interface RecalibrateOptions {
  /** Batches that are averaged, from the first on; default 200, or all when there are fewer. */
  steps?: number;
}

const OWNER = "recalibrateBatchNormalization";

/**
 * Sets the moving averages of each batch normalization that learns to the plain average of the statistics of many batches, all
 * by the weights as they are now: moving mean = Σ batch means / batches, moving variance = Σ batch variances / batches.
 *
 * In training the averages lag behind the weights: with momentum m by 1 / (1 − m) steps, a thousand for MobileNetV2. After
 * a short fine-tuning validation is then far worse than training although nothing is overfitted. Weights stay as they are.
 * Source: Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021, arXiv:2105.07576 (precise batch normalization).
 *
 * @param data as for training: batched, with its random transforms.
 * @returns the number of layers whose averages were set; 0 when no layer learns; nothing is computed then.
 * @example await recalibrateBatchNormalization(model, train.batch(32), { steps: 100 });
 */
export async function recalibrateBatchNormalization(
  model: tf.LayersModel,
  data: Dataset,
  options: RecalibrateOptions = {},
): Promise<number> {
  const { steps = 200 } = checkOptions(OWNER, options, { steps: true });
  checkNumber(OWNER, "steps", steps, { integer: true, min: 1 });
  checkBuilt(OWNER, model);
  if (!(data instanceof Dataset) || data.batchSize === undefined)
    throw new TypeError(`${OWNER}: data must be a batched Dataset, received ${show(data)}. Call batch(size) on it.`);
  const layers = [...new Set(leafLayers(model))].filter(
    (layer): layer is BatchNormalization => layer instanceof BatchNormalization && layer.learns(),
  );
  if (layers.length > 0) await average(model, data, layers, Math.min(steps, data.stepsPerEpoch));
  return layers.length;
}

async function average(model: tf.LayersModel, data: Dataset, layers: readonly BatchNormalization[], steps: number) {
  const own = layers.map(({ momentum, alpha }) => ({ momentum, alpha }));
  const progress = startProgress({ title: "Measuring batch normalization", total: steps, unit: "batches" });
  let step = 0;
  try {
    for (const { features, ...rest } of data.batches(0)) {
      // The average of k + 1 batches from that of k.
      for (const layer of layers) setWeight(layer, { momentum: step / (step + 1), alpha: 1 / (step + 1) });
      tf.tidy(() => withTrainingStep(step, () => void model.apply(features, { training: true })));
      tf.dispose([features, ...Object.values(rest)] as tf.Tensor[]);
      progress.update(++step);
      if (step === steps) break;
      await new Promise((resume) => setImmediate(resume));
      checkInterrupt(OWNER);
    }
  } finally {
    layers.forEach((layer, i) => setWeight(layer, own[i]));
    progress.finish();
  }
}

/** Fixed for users once the layer is made; here it changes for as long as the averages are measured. */
function setWeight(layer: BatchNormalization, weight: { momentum: number; alpha: number }): void {
  Object.assign(layer as { momentum: number; alpha: number }, weight);
}
