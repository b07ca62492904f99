/** A base for transfer learning where no published weights are available: it is pretrained here, on classes that the task does not use. */
import { bytesOf } from "dnn-lab-core/bytes";
import { checkBoolean, checkNumber, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { hashOf } from "dnn-lab-core/hash";
import { startProgress } from "dnn-lab-core/progress";
import { withRandomSeed } from "dnn-lab-core/random";
import { existsSync, join } from "../../platform";
import { onlyClasses } from "../../data/class-subsets";
import { Dataset } from "../../data/dataset";
import { cacheFolder } from "dnn-lab-core/folders";
import { informOnce, notifyOnce } from "../../data/notice";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { convnet } from "../../models/architectures/convnet";
import { dropTop } from "../../models/transfer";
import { loadWeights, saveWeights } from "../../models/weights/weights-file";
import { adam, cosineSchedule } from "../../techniques";
import { fit } from "./fit";

/** Options of {@link selfPretrainedBase}. */
export interface SelfPretrainedBaseOptions {
  /** Classes of the task that the base is meant for; it is pretrained on all others. */
  targetClasses: readonly number[];
  /** Filters and convolutions of each block, as in `convnet`; default [32, 64, 128] and 1. */
  filters?: readonly number[];
  /** See {@link ConvnetOptions}. */
  convolutionsPerBlock?: number;
  /** Default 6. */
  epochs?: number;
  /** Default 64. */
  batchSize?: number;
  /** First rate of Adam, from where it falls to 0 along half a cosine (default 0.003). */
  learningRate?: number;
  /** Of initial weights and shuffling (default 0). */
  seed?: number;
  /** Use and keep the weights in the cache folder (default true). */
  cache?: boolean;
}

const OWNER = "selfPretrainedBase";
const OPTIONS: OptionNames<SelfPretrainedBaseOptions> = {
  targetClasses: true,
  filters: true,
  convolutionsPerBlock: true,
  epochs: true,
  batchSize: true,
  learningRate: true,
  seed: true,
  cache: true,
};
/** Changes whenever the same settings would give another base. */
const VERSION = 1;

/**
 * A `convnet` without its top, pretrained here and now on those classes of `data` that the target task does not contain
 * (Hands-On Machine Learning, ch. 11: pretraining on an auxiliary task). For machines without published weights and
 * without a network; it takes minutes where a download takes seconds, and is of use only for images like those of `data`.
 *
 * The weights are kept in the cache folder, by a key of the data, the settings, the seed and the engine. What was done is
 * said in one line. Feed the base as it was trained: with the `rescale` and `map` of `data`.
 *
 * Slides' statements: transfer-features, transfer-gain.
 * @param data neither shuffled nor batched: `train.rescale(1 / 255)`.
 * @returns images → [batch, filters of the last block], all layers trainable: `freeze` it.
 * @example
 * const base = freeze(await selfPretrainedBase(train.rescale(1 / 255), { targetClasses: [3, 5] }));
 * const model = addOnTop(base, [tf.layers.dense({ units: 2, activation: "softmax" })]);
 * @throws RangeError when fewer than two other classes are left.
 */
export async function selfPretrainedBase(data: Dataset, options: SelfPretrainedBaseOptions): Promise<tf.LayersModel> {
  const settings = checkSettings(data, options);
  await useEngine();
  const source = onlyClasses(data, settings.classes);
  const model = withRandomSeed(settings.seed, () => build(source, settings));
  const path = join(cacheFolder(), "models", `self-pretrained-${keyOf(source, settings)}.weights.h5`);
  const origin = `${source.size} images of ${settings.classes.length} other classes of ${data.info.name} (${data.info.split})`;
  if (settings.cache && (await loadKept(model, path))) {
    informOnce(`${OWNER}: using the base that was pretrained here on ${origin}.`);
  } else {
    informOnce(`${OWNER}: no published weights; pretraining a convnet once on ${origin}.`);
    await pretrain(model, source, settings);
    if (settings.cache) await keep(model, path);
  }
  model.optimizer?.dispose();
  return dropTop(model, { layers: 1 });
}

interface Settings extends Required<Omit<SelfPretrainedBaseOptions, "targetClasses">> {
  /** What the base is pretrained on. */
  readonly classes: readonly number[];
}

function checkSettings(data: Dataset, options: SelfPretrainedBaseOptions): Settings {
  if (!(data instanceof Dataset)) throw new TypeError(`${OWNER}: expected a Dataset, received ${show(data)}.`);
  checkOptions(OWNER, options, OPTIONS);
  const { targetClasses, filters = [32, 64, 128], convolutionsPerBlock = 1, epochs = 6, batchSize = 64 } = options;
  const { learningRate = 0.003, seed = 0, cache = true } = options;
  if (!Array.isArray(targetClasses) || targetClasses.length === 0) {
    throw new TypeError(`${OWNER}: targetClasses must be an array of class numbers, received ${show(targetClasses)}.`);
  }
  checkNumber(OWNER, "epochs", epochs, { integer: true, min: 1 });
  checkNumber(OWNER, "batchSize", batchSize, { integer: true, min: 1 });
  checkNumber(OWNER, "learningRate", learningRate, { above: 0 });
  checkNumber(OWNER, "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  checkBoolean(OWNER, "cache", cache);
  const all = [...new Set(data.labels)].sort((a, b) => a - b);
  const unknown = targetClasses.find((label: number) => !all.includes(label));
  if (unknown !== undefined) {
    throw new RangeError(`${OWNER}: targetClasses has ${show(unknown)}, the data have the classes ${all.join(", ")}.`);
  }
  const classes = all.filter((label) => !targetClasses.includes(label));
  if (classes.length < 2) {
    throw new RangeError(
      `${OWNER}: besides targetClasses the data have ${classes.length} classes, and pretraining takes two at least.`,
    );
  }
  return { classes, filters, convolutionsPerBlock, epochs, batchSize, learningRate, seed, cache };
}

function build(source: Dataset, { filters, convolutionsPerBlock, classes }: Settings): tf.LayersModel {
  const inputShape = source.elementShapes.features as [number, number, number];
  return convnet({ inputShape, classes: classes.length, filters, convolutionsPerBlock, name: "self_pretrained" });
}

function keyOf(source: Dataset, { cache: _, ...settings }: Settings): string {
  const { info, scale, transforms, transformSeed } = source;
  const rows = source.storedOrder(0);
  const pipeline = [info.fingerprint, scale, transforms.map(({ key }) => key), transformSeed ?? null];
  return hashOf("sha256", JSON.stringify([VERSION, tf.getBackend(), pipeline, settings]), bytesOf(rows)).slice(0, 32);
}

async function loadKept(model: tf.LayersModel, path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  try {
    await loadWeights(model, path);
    return true;
  } catch (error) {
    notifyOnce(`${path}: these kept weights are damaged (${(error as Error).message}); pretraining anew.`);
    return false;
  }
}

async function pretrain(model: tf.LayersModel, source: Dataset, settings: Settings): Promise<void> {
  const { epochs, batchSize, learningRate: initialLearningRate, seed } = settings;
  const data = source.shuffle({ bufferSize: source.size, seed }).batch(batchSize);
  const total = epochs * data.stepsPerEpoch;
  model.compile({
    optimizer: adam({ learningRate: cosineSchedule({ initialLearningRate, decaySteps: total }) }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const progress = startProgress({ title: "Pretraining a base", total, unit: "steps" });
  let before = 0;
  try {
    const { history } = await fit(model, data, {
      epochs,
      verbose: 0,
      // Fine enough to be seen moving, coarse enough not to slow the steps down.
      stepsPerExecution: 20,
      callbacks: [
        {
          onEpochBegin: (epoch) => void (before = epoch * data.stepsPerEpoch),
          onTrainBatchEnd: (batch) => progress.update(before + batch + 1),
        },
      ],
    });
    progress.finish(`training accuracy ${history.accuracy[epochs - 1].toFixed(3)}`);
  } catch (error) {
    progress.finish("not finished");
    throw error;
  }
}

async function keep(model: tf.LayersModel, path: string): Promise<void> {
  try {
    await saveWeights(model, path);
  } catch (error) {
    notifyOnce(`The pretrained weights cannot be kept in the cache: ${(error as Error).message}`);
  }
}
