/** An optimizer's memory where Keras keeps it: `optimizer/vars/<number>` of a weights file, in the order of its variables. */
import { tf } from "../../engine/tf";
import type { Hdf5Reader, Hdf5Writer } from "../../models/weights/hdf5";
import { layerPlaces } from "../../models/weights/weights-layout";
import { ACCUMULATOR } from "../../techniques/optimizers/accumulation";
import { AVERAGE } from "../../techniques/optimizers/moving-average";
import type { Optimizer } from "../../techniques/optimizers";

const GROUP = "optimizer/vars";

/** The rule's slots as Keras makes them: those of an inner list alternate weight by weight. */
function blocks({ rule }: Optimizer): readonly (readonly string[])[] {
  const has = (name: string) => rule.slots.includes(name);
  if (rule.name === "rmsprop") return ["velocity", "momentum", "averageGradient"].filter(has).map((name) => [name]);
  const together = rule.slots.filter((name) => name !== "velocityHat");
  return [together, has("velocityHat") ? ["velocityHat"] : []].filter((names) => names.length > 0);
}

/** All slots, in Keras' order: the average of the weights, summed gradients, then the rule's. */
function slotOrder(optimizer: Optimizer, own: ReadonlySet<string>): readonly (readonly string[])[] {
  const first = [AVERAGE, ACCUMULATOR].filter((name) => own.has(name)).map((name) => [name]);
  return [...first, ...blocks(optimizer)];
}

/** The trained weights of a model in Keras' order. */
function trainedWeights(model: tf.LayersModel): tf.Variable[] {
  const trained = new Set(model.trainableWeights);
  return layerPlaces(model)
    .flatMap(({ variables }) => variables)
    .filter((variable) => trained.has(variable))
    .map((variable) => variable.read() as tf.Variable);
}

/** Slots of the optimizer by weight and name, all made. */
async function slotsOf(optimizer: Optimizer, weights: readonly tf.Variable[]): Promise<Map<string, tf.Tensor>> {
  optimizer.build(weights);
  const [counter, ...entries] = await optimizer.getWeights();
  counter.tensor.dispose();
  return new Map(entries.map(({ name, tensor }) => [name, tensor]));
}

/** Writes the optimizer's step, rate and slots. */
export async function optimizerWriter(model: tf.LayersModel): Promise<(file: Hdf5Writer) => void> {
  const optimizer = model.optimizer as unknown as Optimizer;
  const weights = trainedWeights(model);
  const slots = await slotsOf(optimizer, weights);
  const values = slotPlaces(optimizer, weights, slots).map(({ key, weight }) => ({
    shape: weight.shape,
    values: slots.get(key)!.dataSync() as Float32Array,
  }));
  return (file) => {
    file.group(GROUP, { name: optimizer.rule.name });
    let next = 0;
    const write = (data: Float32Array | Int32Array, shape: readonly number[]) =>
      file.dataset(`${GROUP}/${next++}`, data, shape);
    write(Int32Array.of(optimizer.steps), []);
    if (!optimizer.schedule) write(Float32Array.of(optimizer.learningRate), []);
    for (const one of values) write(one.values, one.shape);
    if (optimizer.rule.name === "nadam") write(Float32Array.of(nadamProduct(optimizer)), []);
  };
}

function slotPlaces(optimizer: Optimizer, weights: readonly tf.Variable[], slots: ReadonlyMap<string, unknown>) {
  const own = new Set([...slots.keys()].map((key) => key.slice(key.lastIndexOf("/") + 1)));
  return slotOrder(optimizer, own).flatMap((names) =>
    weights.flatMap((weight) => names.map((name) => ({ key: `${weight.name}/${name}`, weight }))),
  );
}

/** Keras keeps the product of the momenta so far; here it is computed from the step. */
function nadamProduct(optimizer: Optimizer): number {
  const { beta1 } = optimizer.getConfig() as { beta1: number };
  let product = 1;
  for (let t = 1; t <= optimizer.iterations && product > 1e-30; t++) product *= beta1 * (1 - 0.5 * 0.96 ** t);
  return product;
}

/**
 * What reads Keras' variables into the optimizer of a compiled model; a file of an optimizer that took no step has none.
 * It throws, with nothing changed, when the file has another optimizer's.
 */
export async function optimizerReader(model: tf.LayersModel, path: string): Promise<(file: Hdf5Reader) => void> {
  const optimizer = model.optimizer as unknown as Optimizer;
  const weights = trainedWeights(model);
  const slots = await slotsOf(optimizer, weights);
  const places = slotPlaces(optimizer, weights, slots);
  const fixed = optimizer.schedule ? 1 : 2;
  const expected = fixed + places.length + (optimizer.rule.name === "nadam" ? 1 : 0);
  return (file) => {
    const count = file.list(GROUP)?.length ?? 0;
    if (count === 0) return;
    const [steps] = Array.from(file.dataset(`${GROUP}/0`)?.read() ?? [], Number);
    // Keras makes the slots at the first step.
    if (count > fixed || expected === fixed) {
      checkCount(path, optimizer, count, expected);
      const values = places.map(({ weight }, i) => checked(path, i + fixed, file, weight));
      places.forEach(({ key, weight }, i) =>
        tf.tidy(() => void (slots.get(key) as tf.Variable).assign(tf.tensor(values[i], weight.shape))),
      );
    }
    if (Number.isInteger(steps) && steps >= 0) optimizer.steps = steps;
  };
}

function checkCount(path: string, optimizer: Optimizer, count: number, expected: number): void {
  if (count === expected) return;
  throw new Error(
    `loadModel: '${path}' has ${count} variables of the optimizer, and ${optimizer.rule.name} has ${expected} for this ` +
      "model. Pass compile: false to load it without its optimizer.",
  );
}

function checked(path: string, place: number, file: Hdf5Reader, weight: tf.Variable): number[] {
  const dataset = file.dataset(`${GROUP}/${place}`);
  const values =
    dataset && dataset.shape.join() === weight.shape.join() ? Array.from(dataset.read(), Number) : undefined;
  if (values?.every(Number.isFinite)) return values;
  const what = values
    ? "numbers that are not finite"
    : `shape [${dataset?.shape.join(", ")}] instead of [${weight.shape.join(", ")}]`;
  throw new Error(`loadModel: '${path}': variable ${place} of the optimizer has ${what}.`);
}
