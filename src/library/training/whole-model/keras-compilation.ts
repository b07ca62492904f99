/** What a model was compiled with, in Keras' words, both ways. */
import { isRecord } from "dnn-lab-core/objects";
import { camelKey, type KerasObject, snakeKey } from "../../models/keras-config";
import type { tf } from "../../engine/tf";
import type { Loss } from "../../techniques/losses/loss";
import { LOSSES, lossByName } from "../../techniques/losses/names";
import type { Metric } from "../../techniques/metrics/metric";
import { metricByName } from "../../techniques/metrics/names";
import type { CompileArguments, OutputTarget } from "../objective/compile-arguments";
import { targetsOf } from "../objective/compile";
import { optimizerFromKeras, optimizerToKeras } from "./keras-optimizer";

type Config = Readonly<Record<string, unknown>>;

/** `config` for Keras' `compile_config`; without it the model is saved uncompiled. `left` says what could not be told. */
export interface SavedCompilation {
  readonly config?: Config;
  readonly left: readonly string[];
}

/** What the model was compiled with; undefined when it was not. */
export function compilationToKeras(model: tf.LayersModel): SavedCompilation | undefined {
  const targets = targetsOf(model);
  if (!targets) return undefined;
  const optimizer = optimizerToKeras(model.optimizer);
  if (!optimizer) return { left: ["the optimizer, which Keras does not have as it is"] };
  const losses = targets.map(({ loss }) => (loss ? lossToKeras(loss) : null));
  if (losses.includes(undefined)) return { left: ["the loss, which is a function of your own"] };
  const [metrics, weighted] = [targets.map((one) => one.metrics), targets.map((one) => one.weightedMetrics)];
  const unknown = [...metrics, ...weighted].flat().filter((metric) => nameOfMetric(metric) === undefined);
  const names = (of: readonly (readonly Metric[])[]) => {
    const known = of.map((each) => each.map(nameOfMetric).filter((name) => name !== undefined));
    return known.every((each) => each.length === 0) ? null : one(targets, known);
  };
  const config = {
    optimizer,
    loss: one(targets, losses),
    loss_weights: targets.every(({ weight }) => weight === 1)
      ? null
      : one(
          targets,
          targets.map(({ weight }) => weight),
        ),
    metrics: names(metrics),
    weighted_metrics: names(weighted),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
  return {
    config,
    left: unknown.map(({ metricName }) => `the metric '${metricName}', which has options or is your own`),
  };
}

/** The value of the only output, or a list. */
function one<T>(targets: readonly OutputTarget[], values: readonly T[]): T | readonly T[] {
  return targets.length === 1 ? values[0] : values;
}

function lossToKeras({ lossName, labels, options }: Loss): KerasObject | undefined {
  if (!(lossName in LOSSES) || labels === "any") return undefined;
  // Keras has no class that chooses by shape.
  if (lossName === "crossentropy") return undefined;
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  const config = Object.fromEntries(
    entries.map(([key, value]) => [snakeKey(key), key === "reduction" ? snakeKey(String(value)) : value]),
  );
  const name = lossName[0].toUpperCase() + lossName.slice(1);
  const className = name === "KlDivergence" ? "KLDivergence" : name;
  return { module: "keras.losses", class_name: className, config, registered_name: null };
}

/** The name by which both find the metric; undefined when it has options or is no metric of both. */
function nameOfMetric(metric: Metric): string | undefined {
  try {
    // What has options, or a name of its own, is not what its name stands for.
    return metric.isDefault && metricByName(metric.metricName) ? snakeKey(metric.metricName) : undefined;
  } catch {
    return undefined;
  }
}

/** Arguments for `compile` from what Keras has written; `left` says what does not exist here. */
export function compilationFromKeras(
  saved: Config,
  outputNames: readonly string[],
): { readonly args?: CompileArguments; readonly left: readonly string[] } {
  const optimizer = optimizerFromKeras(saved.optimizer);
  if (!optimizer) return { left: [`the optimizer ${nameOf(saved.optimizer)}`] };
  const unknown: string[] = [];
  const loss = mapped(saved.loss, lossFromKeras, (found) => unknown.push(`the loss ${nameOf(found)}`));
  if (saved.loss === null || saved.loss === undefined || unknown.length > 0)
    return { left: [...unknown, "compilation"] };
  const [metrics, weightedMetrics] = [saved.metrics, saved.weighted_metrics].map((given) =>
    mapped(given, metricFromKeras, (found) => unknown.push(`the metric ${nameOf(found)}`)),
  );
  const args = {
    optimizer,
    loss: inOrder(loss, outputNames),
    ...(metrics !== null && { metrics: withoutGaps(metrics) }),
    ...(weightedMetrics !== null && { weightedMetrics: withoutGaps(weightedMetrics) }),
    ...(saved.loss_weights !== null && saved.loss_weights !== undefined && { lossWeights: saved.loss_weights }),
  };
  return { args: args as unknown as CompileArguments, left: unknown };
}

const UNKNOWN = Symbol("unknown");

/** Each name or object within lists and tables as `make` makes it; `miss` is told what it does not know. */
function mapped(value: unknown, make: (one: unknown) => unknown, miss: (found: unknown) => void): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((each) => mapped(each, make, miss));
  if (isRecord(value) && typeof value.class_name !== "string") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, make, miss)]));
  }
  try {
    return make(value);
  } catch {
    miss(value);
    return UNKNOWN;
  }
}

function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== UNKNOWN && each !== null).map(withoutGaps);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutGaps(each)]));
  return value === UNKNOWN ? [] : value;
}

/** A list of one is what the only output has. */
function inOrder(loss: unknown, outputNames: readonly string[]): unknown {
  return Array.isArray(loss) && outputNames.length === 1 ? loss[0] : loss;
}

function nameOf(saved: unknown): string {
  if (isRecord(saved)) return String(saved.class_name ?? "of its own");
  return JSON.stringify(saved) ?? "that is missing";
}

function lossFromKeras(saved: unknown): unknown {
  // A name stays a name: what is saved again is the same.
  if (typeof saved === "string") return lossByName(saved) && camelKey(saved);
  const { class_name: className, config } = saved as KerasObject;
  const { name: _, dtype: __, axis = -1, ...rest } = config;
  if (axis !== -1) throw new RangeError("another axis");
  const table = LOSSES as unknown as Record<string, (options: object) => unknown>;
  const key = Object.keys(table).find((each) => each.toLowerCase() === className.toLowerCase());
  const entries = Object.entries(rest).filter(([, value]) => value !== null);
  return table[key as string](Object.fromEntries(entries.map(([option, value]) => [camelKey(option), value])));
}

function metricFromKeras(saved: unknown): unknown {
  if (typeof saved === "string") return metricByName(saved) && saved;
  const { class_name: className, config } = saved as KerasObject;
  const name = String(config.name ?? className);
  // With options that differ from the defaults it would be another number under the same name.
  const metric = metricByName(className);
  const idle = ["name", "dtype", "axis", "from_logits", "label_smoothing", "fn"];
  const others = Object.entries(config).filter(([key, value]) => !idle.includes(key) && value !== null);
  if (others.length > 0) throw new RangeError("options");
  return name === metric.metricName || metricByName(name) ? name : metric;
}
