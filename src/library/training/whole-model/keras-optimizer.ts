/** Optimizers and their schedules in Keras' words, both ways. Undefined for what the other side does not have. */
import { isRecord } from "dnn-lab-core/objects";
import { camelKey, type KerasObject, snakeKey } from "../../models/keras-config";
import { Optimizer } from "../../techniques/optimizers";
import { optimizerFactories } from "../../techniques/optimizers/saved-config";
import { scheduleFromConfig, type ScheduleConfig } from "../../techniques/schedules";
import type { tf } from "../../engine/tf";

type Config = Readonly<Record<string, unknown>>;

const CLASSES: Readonly<Record<string, string>> = {
  sgd: "SGD",
  adam: "Adam",
  adamw: "AdamW",
  adamax: "Adamax",
  nadam: "Nadam",
  rmsprop: "RMSprop",
  adagrad: "Adagrad",
  adadelta: "Adadelta",
};
const OPTIONS: Readonly<Record<string, string>> = { beta1: "beta_1", beta2: "beta_2" };

/** Schedules of both, with our defaults, which Keras has as no defaults. */
const SCHEDULES: Readonly<Record<string, { readonly name: string; readonly defaults: Config }>> = {
  exponentialSchedule: { name: "ExponentialDecay", defaults: { decayRate: 0.1 } },
  piecewiseConstantSchedule: { name: "PiecewiseConstantDecay", defaults: {} },
  polynomialSchedule: { name: "PolynomialDecay", defaults: {} },
  cosineSchedule: { name: "CosineDecay", defaults: {} },
  cosineRestartsSchedule: { name: "CosineDecayRestarts", defaults: {} },
};

/** The optimizer as Keras writes it; undefined when Keras has none that trains the same. */
export function optimizerToKeras(optimizer: tf.Optimizer): KerasObject | undefined {
  if (!(optimizer instanceof Optimizer)) return undefined;
  const config = attempt(() => optimizer.getConfig() as Config);
  if (!config) return undefined;
  const { name, learningRate, ...options } = config;
  const own = ["decay", "excludeFromWeightDecay", "layerMultipliers"];
  if (own.some((key) => !isNeutral(options[key]))) return undefined;
  const rate = typeof learningRate === "number" ? learningRate : scheduleToKeras(learningRate);
  if (rate === undefined) return undefined;
  const entries = Object.entries(options)
    .filter(([key]) => !own.includes(key))
    .map(([key, value]) => [OPTIONS[key] ?? snakeKey(key), value]);
  return {
    module: "keras.optimizers",
    class_name: CLASSES[name as string],
    config: { name, learning_rate: rate, ...(Object.fromEntries(entries) as Config) },
    registered_name: null,
  };
}

const isNeutral = (value: unknown): boolean =>
  value === undefined || value === 0 || (Array.isArray(value) && value.length === 0);

/** A schedule of one's own cannot be written down. */
function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}

function scheduleToKeras(schedule: unknown): KerasObject | undefined {
  const { name, options } = schedule as ScheduleConfig;
  const known = SCHEDULES[name];
  if (!known) return undefined;
  const given = Object.entries({ ...known.defaults, ...options }).filter(([, value]) => value !== undefined);
  const config = Object.fromEntries(given.map(([key, value]) => [snakeKey(key), value]));
  return { module: "keras.optimizers.schedules", class_name: known.name, config, registered_name: null };
}

/** The optimizer that Keras has written; undefined when there is none here that trains the same. */
export function optimizerFromKeras(saved: unknown): Optimizer | undefined {
  if (!isRecord(saved) || !isRecord(saved.config)) return undefined;
  const name = Object.keys(CLASSES).find((key) => CLASSES[key] === saved.class_name);
  const factory = name === undefined ? undefined : optimizerFactories.get(name);
  if (!factory) return undefined;
  const { learning_rate: rate, name: _, loss_scale_factor: scale, ...rest } = saved.config;
  if (scale !== null && scale !== undefined) return undefined;
  const learningRate = typeof rate === "number" ? rate : scheduleFromKeras(rate);
  if (learningRate === undefined) return undefined;
  const entries = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  const options = Object.fromEntries(entries.map(([key, value]) => [camelKey(key), value])) as Record<string, unknown>;
  // Without the average, its other numbers have no meaning and are refused.
  if (options.useEma !== true)
    for (const key of ["useEma", "emaMomentum", "emaOverwriteFrequency"]) delete options[key];
  return attempt(() => factory({ ...options, learningRate }) as Optimizer);
}

function scheduleFromKeras(saved: unknown): ReturnType<typeof scheduleFromConfig> | undefined {
  if (!isRecord(saved) || !isRecord(saved.config)) return undefined;
  const name = Object.keys(SCHEDULES).find((key) => SCHEDULES[key].name === saved.class_name);
  if (name === undefined) return undefined;
  const entries = Object.entries(saved.config).filter(([key, value]) => key !== "name" && value !== null);
  const options = Object.fromEntries(entries.map(([key, value]) => [camelKey(key), value])) as Record<string, unknown>;
  if (options.warmupSteps === 0) delete options.warmupSteps;
  return attempt(() => scheduleFromConfig({ name, options }));
}
