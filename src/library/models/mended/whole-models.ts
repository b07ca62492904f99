/**
 * Whole models, saved and loaded by TensorFlow.js (4.22): what it leaves behind, leaves out, or forgets.
 *
 * - Saving with the optimizer left its step counter's tensor in memory each time; `model.dispose()` left the optimizer's
 *   slots.
 * - A random layer began with another seed after loading, so that a run that goes on drew other masks.
 * - A loss of the user's own was dropped without a word, and a metric of their own made loading fail.
 */
import { notifyOnce } from "../../data/notice";
import { tf } from "../../engine/tf";
import { layerSeed, reseedLayer } from "../layers/training-step";
import { marked } from "./old-hard-sigmoid";
import { layerPlaces } from "../weights/weights-layout";

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;
type Seeds = readonly (number | null)[];

/** What is saved about training; `seeds` are ours, one for each layer in the order of the weights' file. */
interface TrainingConfig {
  readonly loss: unknown;
  readonly metrics?: unknown;
  readonly seeds?: Seeds;
}

interface Saved {
  /** Of all layers, `null` for those that draw nothing. */
  getTrainingConfig(): TrainingConfig;
  readonly optimizer: tf.Optimizer | undefined;
  readonly metrics: unknown;
  compile(options: object): void;
}

export function mendWholeModels(): void {
  replace(
    "save",
    (own) =>
      async function (this: tf.LayersModel, ...args: unknown[]) {
        const release = collectCounters(this);
        const [target, ...rest] = args;
        try {
          return await own.call(this, marking(target as string | tf.io.IOHandler), ...rest);
        } finally {
          release();
        }
      },
  );
  replace(
    "getTrainingConfig",
    (own) =>
      function (this: tf.LayersModel) {
        const seeds = layerPlaces(this).map(({ layer }) => layerSeed(layer) ?? null);
        return { ...(own.call(this) as TrainingConfig), ...(seeds.some((seed) => seed !== null) && { seeds }) };
      },
  );
  replace(
    "loadTrainingConfig",
    (own) =>
      function (this: tf.LayersModel, config: unknown) {
        loadTraining(this, config as TrainingConfig, (known) => void own.call(this, known));
      },
  );
  replace(
    "dispose",
    (own) =>
      function (this: tf.LayersModel) {
        const result = own.call(this) as { refCountAfterDispose: number };
        if (result.refCountAfterDispose === 0) this.optimizer?.dispose();
        return result;
      },
  );
}

function replace(name: string, make: (own: AnyMethod) => (this: never, ...args: never[]) => unknown): void {
  const prototype = tf.LayersModel.prototype as unknown as Record<string, AnyMethod>;
  Object.defineProperty(prototype, name, { value: make(prototype[name]), writable: true, configurable: true });
}

/** The handler with the mark of {@link marked}; TensorFlow.js refuses any other object. */
function marking(target: string | tf.io.IOHandler): string | tf.io.IOHandler {
  const handlers = typeof target === "string" ? tf.io.getSaveHandlers(target) : [target];
  const save = handlers.length === 1 ? handlers[0].save?.bind(handlers[0]) : undefined;
  return save ? { save: (artifacts) => save(marked(artifacts)) } : target;
}

/** Notes the tensors that an optimizer makes only to be saved; call what is returned to dispose of them. */
function collectCounters(model: tf.LayersModel): () => void {
  const { optimizer } = model;
  if (!optimizer) return () => undefined;
  const made: tf.Tensor[] = [];
  const getWeights = optimizer.getWeights.bind(optimizer);
  optimizer.getWeights = async () => {
    const weights = await getWeights();
    made.push(...weights.map(({ tensor }) => tensor).filter((tensor) => !(tensor instanceof tf.Variable)));
    return weights;
  };
  return () => {
    Reflect.deleteProperty(optimizer, "getWeights");
    tf.dispose(made);
  };
}

function loadTraining(model: tf.LayersModel, config: TrainingConfig, load: (known: TrainingConfig) => void): void {
  const isOwnLoss = Object.keys(config.loss ?? {}).length === 0;
  const known = isOwnLoss ? { ...config, loss: "mean_squared_error" } : config;
  try {
    load(known);
  } catch (error) {
    if (!/metric/i.test(String((error as Error).message))) throw error;
    notifyOnce(
      `Metrics of your own are not saved with a model: '${model.name}' is loaded without its metrics ` +
        `(${JSON.stringify(config.metrics)}). Compile it again with them.`,
    );
    load({ ...known, metrics: [] });
  }
  if (isOwnLoss) takeNoLoss(model as unknown as Saved & { name: string });
  restoreSeeds(model, config.seeds ?? []);
}

/** Predicting works; what needs the loss says that it is missing. */
function takeNoLoss(model: Saved & { name: string }): void {
  const missing =
    `the model '${model.name}' was saved with a loss of its own, which is not saved; compile it again with the loss: ` +
    "model.compile({ optimizer: model.optimizer, loss })";
  notifyOnce(`Note: ${missing}.`);
  const lossThatWasNotSaved = (): never => {
    throw new Error(`Cannot train or evaluate: ${missing}.`);
  };
  model.compile({ optimizer: model.optimizer, loss: lossThatWasNotSaved, metrics: model.metrics });
}

function restoreSeeds(model: tf.LayersModel, seeds: Seeds): void {
  const places = layerPlaces(model);
  if (places.length !== seeds.length) return;
  places.forEach(({ layer }, i) => {
    const seed = seeds[i];
    if (seed !== null) reseedLayer(layer, seed);
  });
}
