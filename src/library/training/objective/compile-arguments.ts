/**
 * What `model.compile` is given, read as Keras reads it: losses and metrics by name in both spellings, made by this
 * library's functions, or of the user's own; by output as an object or an array.
 *
 * TensorFlow.js' own `compile` knows fewer names and no `lossWeights`, so it is replaced: what it does not know is handed
 * on to it as functions, and its own `fit` goes on working.
 */
import { show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { type BatchFunction, isLoss, type Loss, makeLoss } from "../../techniques/losses/loss";
import { lossByName } from "../../techniques/losses/names";
import { isMetric, makeMeanMetric, type Metric } from "../../techniques/metrics/metric";
import { metricByName } from "../../techniques/metrics/names";
import { lossAsMetric } from "../../techniques/metrics/regression";

/** One value for all outputs, or one for each: in their order, or by their names. */
export type ByOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

type LossArgument = string | BatchFunction;
type MetricArgument = string | BatchFunction;

/** Arguments of `model.compile`, as Keras'. */
export interface CompileArguments {
  /** What moves the weights. */
  optimizer: string | tf.Optimizer;
  /** A loss, or one for each output in their order or by name; null for an output that is not trained. */
  loss: ByOutput<LossArgument | null>;
  /** Metrics; of several outputs, those of each in their order or by name. */
  metrics?: MetricArgument | readonly (MetricArgument | readonly MetricArgument[])[] | MetricsByName;
  /** Metrics in which sample and class weights count. */
  weightedMetrics?: CompileArguments["metrics"];
  /** How much the loss of each output counts in the sum (default 1). */
  lossWeights?: ByOutput<number>;
}

type MetricsByName = Readonly<Record<string, MetricArgument | readonly MetricArgument[]>>;

/** What one output is trained and judged by. */
export interface OutputTarget {
  readonly name: string;
  /** Undefined for an output that is not trained. */
  readonly loss: Loss | undefined;
  readonly weight: number;
  readonly metrics: readonly Metric[];
  readonly weightedMetrics: readonly Metric[];
}

const OWNER = "compile";

/** Reads the arguments for the outputs of those names. Throws for unknown names and for what does not fit the outputs. */
export function readCompileArguments(args: CompileArguments, outputNames: readonly string[]): OutputTarget[] {
  const losses = byOutput("loss", args.loss, outputNames);
  const weights = byOutput("lossWeights", args.lossWeights ?? 1, outputNames);
  const [metrics, weightedMetrics] = [args.metrics, args.weightedMetrics].map((one) =>
    metricsByOutput(one, outputNames),
  );
  return outputNames.map((name, i) => ({
    name,
    loss: losses[i] === null ? undefined : lossOf(losses[i]),
    weight: checkWeight(name, weights[i]),
    metrics: metrics[i],
    weightedMetrics: weightedMetrics[i],
  }));
}

/** The loss that a name, a function of this library's or one of the user's own stands for. */
function lossOf(loss: unknown): Loss {
  if (typeof loss === "string") return lossByName(loss);
  if (isLoss(loss)) return loss;
  if (typeof loss !== "function") {
    throw new TypeError(`${OWNER}: loss must be a name or a function of labels and outputs, received ${show(loss)}.`);
  }
  const known = knownFunction(loss);
  if (known) return lossByName(known);
  return makeLoss({ name: loss.name || "loss", labels: "any", values: loss as BatchFunction }, {});
}

function metricOf(metric: unknown, position: number): Metric {
  if (typeof metric === "string") return metricByName(metric);
  if (isMetric(metric)) return metric;
  if (isLoss(metric)) return lossAsMetric(snakeCase(metric.lossName), metric);
  if (typeof metric !== "function") {
    throw new TypeError(
      `${OWNER}: each of metrics must be a name or a function of labels and outputs, received ${show(metric)}.`,
    );
  }
  const name = metric.name || `metric_${position + 1}`;
  const known = knownFunction(metric);
  if (known) return metricByName(known);
  return makeMeanMetric(name, { labels: "any", values: metric as BatchFunction });
}

/** TensorFlow.js' `tf.metrics.…` stretch labels of another shape in silence; ours of that name check it. */
function knownFunction(given: unknown): string | undefined {
  const metrics = tf.metrics as unknown as Record<string, unknown>;
  return Object.keys(metrics).find((name) => metrics[name] === given && name !== "cosineProximity");
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function checkWeight(output: string, weight: unknown): number {
  if (typeof weight === "number" && Number.isFinite(weight)) return weight;
  throw new TypeError(`${OWNER}: lossWeights of '${output}' must be a finite number, received ${show(weight)}.`);
}

/** One value for each output. */
function byOutput<T>(what: string, given: ByOutput<T>, names: readonly string[]): T[] {
  if (Array.isArray(given)) {
    if (given.length === names.length) return [...(given as T[])];
    throw new TypeError(
      `${OWNER}: ${what} has ${given.length} entries, the model ${inWords(names)}. Give one for each.`,
    );
  }
  if (typeof given !== "object" || given === null) return names.map(() => given as T);
  const table = given as Record<string, T>;
  checkNames(what, Object.keys(table), names);
  const missing = names.filter((name) => !(name in table));
  if (missing.length > 0 && what === "loss") {
    throw new TypeError(
      `${OWNER}: loss says nothing of output '${missing[0]}'; the model ${inWords(names)}. ` +
        "Write null for an output that is not trained.",
    );
  }
  return names.map((name) => (name in table ? table[name] : (1 as T)));
}

function metricsByOutput(given: CompileArguments["metrics"], names: readonly string[]): Metric[][] {
  if (given === undefined || given === null) return names.map(() => []);
  if (typeof given === "object" && !Array.isArray(given)) {
    checkNames("metrics", Object.keys(given), names);
    return names.map((name) => asList((given as MetricsByName)[name] ?? []).map(metricOf));
  }
  const list = asList(given);
  if (names.length === 1) return [list.flat().map(metricOf)];
  if (list.length === 0) return names.map(() => []);
  if (list.length !== names.length) {
    throw new TypeError(
      `${OWNER}: metrics has ${list.length} entries, the model ${inWords(names)}. ` +
        `Name them by output: metrics: { ${names[0]}: ["accuracy"] }.`,
    );
  }
  return list.map((one) => asList(one).map(metricOf));
}

function asList<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function checkNames(what: string, given: readonly string[], names: readonly string[]): void {
  const unknown = given.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`${OWNER}: ${what} names '${unknown}', but the model ${inWords(names)}.`);
}

function inWords(names: readonly string[]): string {
  const all = names.map((name) => `'${name}'`).join(", ");
  return names.length === 1 ? `has one output, ${all}` : `has ${names.length} outputs, ${all}`;
}
