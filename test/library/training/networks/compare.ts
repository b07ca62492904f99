/** Trains a network of the table here and says how far it ends from what Keras made of it. */
import { datasetFromArrays, type Dataset, evaluate, fit } from "../../../../src/library/index";
import type { CompileOption } from "../../../../src/library/training/steps/step-runner";
import { build, compile, setFirstWeights, weightsInOrder } from "./build";
import { type Case, type Family, features, labels, sampleWeights, type Values } from "./cases";

/** Relative to the scale of the values, and at least 1. */
export const TOLERANCE = 2e-5;

export function dataOf({ samples }: Family, { model, labels: kinds, sample_weight }: Case): Dataset {
  const inputs = Object.entries(model.inputs).map(([name, spec], i) => [name, features(samples, spec, 1 + i)] as const);
  const named: [string, Values][] | undefined =
    typeof kinds === "string"
      ? undefined
      : Object.entries(kinds).map(([name, kind], i) => [name, labels(samples, kind, 50 + i)]);
  const column = (columns: readonly (readonly [string, Values])[], key: "values" | "shape") =>
    Object.fromEntries(columns.map(([name, each]) => [name, each[key]]));
  const one = typeof kinds === "string" ? labels(samples, kinds, 50) : undefined;
  const single = inputs.length === 1;
  return datasetFromArrays({
    features: single ? inputs[0][1].values : column(inputs, "values"),
    shape: single ? inputs[0][1].shape : column(inputs, "shape"),
    labels: one ? one.values : column(named ?? [], "values"),
    labelShape: one ? one.shape : column(named ?? [], "shape"),
    ...(sample_weight && { sampleWeight: sampleWeights(samples, sample_weight) }),
  } as never);
}

export interface Difference {
  /** What differs most, and by how much of its scale. */
  readonly what: string;
  readonly amount: number;
}

/** The largest difference to Keras in the weights, the history and `evaluate`. */
export async function difference(family: Family, each: Case, option: CompileOption): Promise<Difference> {
  const built = build(each.model);
  const weights = weightsInOrder(each.model, built);
  setFirstWeights(weights);
  compile(built.model, each);
  const data = dataOf(family, each).batch(family.batchSize);
  const classWeight = each.class_weight;
  const { history } = await fit(built.model, data, {
    epochs: family.epochs,
    compile: option,
    verbose: 0,
    ...(classWeight && { classWeight }),
  });
  const found: Difference[] = weights.map((weight, i) => ({
    what: weight.originalName,
    amount: relative(weight.read().dataSync() as Float32Array, each.expected.weights[i]),
  }));
  for (const [name, expected] of Object.entries(each.expected.history)) {
    found.push({ what: `history.${name}`, amount: relative(history[name] ?? [], expected) });
  }
  // Keras' evaluate counts sample weights only when it is given them, and so is ours.
  if (!each.sample_weight) {
    const logs = await evaluate(built.model, data, { compile: option, verbose: 0 });
    for (const [name, expected] of Object.entries(each.expected.evaluate)) {
      found.push({ what: `evaluate ${name}`, amount: relative([logs[name]], [expected]) });
    }
  }
  if (weights.length !== each.expected.weights.length) found.push({ what: "number of weights", amount: Infinity });
  built.model.dispose();
  built.model.optimizer.dispose();
  return found.reduce((worst, next) => (next.amount <= worst.amount ? worst : next), { what: "", amount: 0 });
}

function relative(found: ArrayLike<number>, expected: readonly number[]): number {
  if (found.length !== expected.length) return Infinity;
  const scale = Math.max(1, ...expected.map(Math.abs));
  const differences = expected.map((value, i) => Math.abs(found[i] - value));
  return differences.some(Number.isNaN) ? Infinity : Math.max(...differences) / scale;
}
