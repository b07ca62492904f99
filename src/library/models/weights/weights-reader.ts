/** Finds a model's variables in a weights file, compares everything, and only then changes the model. */
import { list } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { Hdf5Dataset, Hdf5Reader } from "./hdf5";
import { legacyLayers, legacyVariables } from "./legacy-weights-layout";
import { layerPlaces } from "./weights-layout";

/** A variable and the dataset it is to be read from. */
interface Pair {
  readonly variable: tf.LayerVariable;
  readonly dataset: Hdf5Dataset;
  readonly path: string;
}

/** What fits and what does not. */
interface Matching {
  readonly pairs: Pair[];
  readonly problems: string[];
}

/** Reads all weights of `model` from `file`; throws a report, and leaves the model as it is, when anything is wrong. */
export function readWeights(model: tf.LayersModel, file: Hdf5Reader, path: string): void {
  const matching = file.list("layers") ? matchKeras(model, file) : matchLegacy(model, file);
  if (!matching) {
    throw new Error(
      `'${path}' holds no weights of a Keras model: it has neither a group 'layers' (Keras 3) nor a list 'layer_names' ` +
        `(Keras 1 and 2). Save them with model.save_weights("….weights.h5").`,
    );
  }
  const values = matching.pairs.map((pair) => readPair(pair, matching.problems));
  if (matching.problems.length > 0) throw new Error(report(model, path, matching.problems));
  matching.pairs.forEach(({ variable }, i) => assign(variable, values[i]));
  for (const { layer } of layerPlaces(model)) (layer as { weightsLoaded?(): void }).weightsLoaded?.();
}

function matchKeras(model: tf.LayersModel, file: Hdf5Reader): Matching {
  const pairs: Pair[] = [];
  const problems: string[] = [];
  const places = layerPlaces(model);
  for (const { layer, path, variables } of places) {
    const found = variables.map((_, i) => file.dataset(`${path}/vars/${i}`));
    const count = file.list(`${path}/vars`)?.length ?? 0;
    if (count !== variables.length) {
      problems.push(
        `${path}: the file has ${count} weights, the model's layer '${layer.name}' has ${variables.length}`,
      );
    }
    variables.forEach((variable, i) => {
      const dataset = found[i];
      if (dataset) pairs.push({ variable, dataset, path: `${path}/vars/${i}` });
    });
  }
  const known = new Set(places.map(({ path }) => path));
  for (const path of weightedGroups(file, "")) {
    if (!known.has(path)) problems.push(`${path}: the file has a layer here, the model has none`);
  }
  return { pairs, problems };
}

/** Paths of all layers of the file that have weights, nested ones too. */
function weightedGroups(file: Hdf5Reader, prefix: string): string[] {
  return (file.list(`${prefix}layers`) ?? []).flatMap((name) => {
    const path = `${prefix}layers/${name}`;
    const own = (file.list(`${path}/vars`)?.length ?? 0) > 0 ? [path] : [];
    return [...own, ...weightedGroups(file, `${path}/`)];
  });
}

function matchLegacy(model: tf.LayersModel, file: Hdf5Reader): Matching | undefined {
  const inFile = legacyLayers(file);
  if (!inFile) return undefined;
  const pairs: Pair[] = [];
  const problems: string[] = [];
  const inModel = model.layers
    .map((layer) => ({ name: layer.name, variables: legacyVariables(layer) }))
    .filter(({ variables }) => variables.length > 0);
  if (inFile.length !== inModel.length) {
    const names = (layers: readonly { name: string }[]) => list(layers.slice(0, 10).map(({ name }) => name));
    problems.push(`the file has ${inFile.length} layers with weights (${names(inFile)})`);
    problems.push(`the model has ${inModel.length} (${names(inModel)})`);
    return { pairs, problems };
  }
  const byName = new Map(inFile.map((layer) => [layer.name, layer]));
  const namesFit = inModel.every(({ name }) => byName.has(name));
  inModel.forEach(({ name, variables }, i) => {
    // As Keras by order, unless the names say otherwise: branches may be listed in another order.
    const { name: fileName, paths } = namesFit ? byName.get(name)! : inFile[i];
    if (paths.length !== variables.length) {
      problems.push(
        `${fileName}: the file has ${paths.length} weights, the model's layer '${name}' has ${variables.length}`,
      );
    }
    variables.slice(0, paths.length).forEach((variable, k) => {
      const dataset = file.dataset(paths[k]);
      if (dataset) pairs.push({ variable, dataset, path: paths[k] });
      else problems.push(`${paths[k]}: the file lists this weight and does not have it`);
    });
  });
  return { pairs, problems };
}

function readPair({ variable, dataset, path }: Pair, problems: string[]): Values {
  const { shape, dtype } = dataset;
  if (shape.join() !== variable.shape.join()) {
    problems.push(
      `${path}: the file has shape [${shape}], the model's '${variable.originalName}' has [${variable.shape}]`,
    );
    return new Float32Array();
  }
  if (!/^[<>]?[fdbhiqBHIQ]$/.test(dtype)) {
    problems.push(`${path}: element type ${dtype} is not supported; save the weights as float32`);
    return new Float32Array();
  }
  const values =
    variable.dtype === "int32" ? toTyped(Int32Array, dataset.read()) : toTyped(Float32Array, dataset.read());
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) problems.push(`${path}: element ${bad} is ${values[bad]}; the model that was saved had diverged`);
  return values;
}

type Values = Float32Array | Int32Array;

function toTyped(Type: typeof Float32Array | typeof Int32Array, stored: ArrayLike<number | bigint>): Values {
  return stored instanceof Type ? stored : new Type(Array.from(stored, Number));
}

function assign(variable: tf.LayerVariable, values: Values): void {
  const tensor = tf.tensor(values, variable.shape as number[], variable.dtype);
  variable.write(tensor);
  tensor.dispose();
}

function report(model: tf.LayersModel, path: string, problems: readonly string[]): string {
  const shown = problems.slice(0, 8).map((line) => `\n  - ${line}`);
  const more = problems.length > 8 ? `\n  - … and ${problems.length - 8} more` : "";
  return `'${path}' does not fit model '${model.name}', which stays as it was:${shown.join("")}${more}`;
}
