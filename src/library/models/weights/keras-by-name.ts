/** Weights from a file for the layers of the same names. */
import { tf } from "../../engine/tf";
import type { Difference } from "./compare-config";
import type { Hdf5Dataset, Hdf5Reader } from "./hdf5";
import { loadReport, type LoadReport } from "./keras-report";
import { legacyLayers, legacyVariables } from "./legacy-weights-layout";
import { kerasWeights, layerPlaces } from "./weights-layout";

interface NamedLayer {
  readonly name: string;
  readonly variables: readonly tf.LayerVariable[];
  readonly layer: tf.layers.Layer;
}

/** The file's datasets of each layer, by the layer's name. */
type FileLayers = ReadonlyMap<string, readonly Hdf5Dataset[]>;

export interface ByNameOptions {
  readonly skipMismatch: boolean;
  /** Layers that compute something else in the file. */
  readonly differences: readonly Difference[];
}

/** Reads what both have; throws when a layer of both has other shapes (unless `skipMismatch`) or broken numbers. */
export function readByName(
  model: tf.LayersModel,
  file: Hdf5Reader,
  path: string,
  { skipMismatch, differences }: ByNameOptions,
): LoadReport {
  const inFile = file.list("layers") ? namedGroups(file) : legacyGroups(file);
  if (!inFile) throw new Error(`'${path}' holds no weights of a Keras model, or none with layers' names.`);
  const others = new Map(differences.map(({ layer, reason }) => [layer, `${layer}: ${reason}`]));
  const mismatchOf = (layer: NamedLayer): string[] =>
    others.has(layer.name) ? [others.get(layer.name)!] : mismatch(layer, inFile.get(layer.name)!);
  const inModel = namedLayers(model, file.list("layers") !== undefined);
  const shared = inModel.filter(({ name }) => inFile.has(name));
  const mismatched = shared.flatMap(mismatchOf);
  if (mismatched.length > 0 && !skipMismatch) throw new Error(refusal(path, model, mismatched));
  const fitting = shared.filter((layer) => mismatchOf(layer).length === 0);
  // All numbers are read and checked before the first is assigned.
  const values = fitting.map(({ name }) => inFile.get(name)!.map((dataset) => readNumbers(path, name, dataset)));
  fitting.forEach(({ layer, variables }, i) => assign(layer, variables, values[i]));
  const names = new Set(inModel.map(({ name }) => name));
  return loadReport(path, {
    loaded: fitting.map(({ name }) => name),
    onlyInModel: inModel.filter(({ name }) => !inFile.has(name)).map(({ name }) => name),
    onlyInFile: [...inFile.keys()].filter((name) => !names.has(name)),
    mismatched,
  });
}

/** Keras 1 and 2 keep a nested model as one layer; Keras 3 keeps every layer for itself. */
function namedLayers(model: tf.LayersModel, everyLayer: boolean): NamedLayer[] {
  const layers = everyLayer
    ? layerPlaces(model).map(({ layer, variables }) => ({ layer, variables }))
    : model.layers.map((layer) => ({ layer, variables: legacyVariables(layer) }));
  return layers
    .filter(({ variables }) => variables.length > 0)
    .map(({ layer, variables }) => ({ name: layer.name, layer, variables }));
}

function legacyGroups(file: Hdf5Reader): FileLayers | undefined {
  const layers = legacyLayers(file);
  return layers && new Map(layers.map(({ name, paths }) => [name, paths.map((path) => file.dataset(path)!)]));
}

/** Keras 3 writes a layer's name as an attribute of its variables' group. */
function namedGroups(file: Hdf5Reader, prefix = "", found = new Map<string, Hdf5Dataset[]>()): FileLayers | undefined {
  for (const group of file.list(`${prefix}layers`) ?? []) {
    const path = `${prefix}layers/${group}`;
    const count = file.list(`${path}/vars`)?.length ?? 0;
    // A single string comes letter by letter.
    const name = file.strings(`${path}/vars`, "name")?.join("");
    if (count > 0 && name === undefined) return undefined;
    if (count > 0)
      found.set(
        name!,
        Array.from({ length: count }, (_, i) => file.dataset(`${path}/vars/${i}`)!),
      );
    if (!namedGroups(file, `${path}/`, found)) return undefined;
  }
  return found;
}

/** Why a layer's weights cannot be taken, in one line; nothing when they can. */
function mismatch({ name, variables }: NamedLayer, datasets: readonly Hdf5Dataset[]): string[] {
  if (datasets.length !== variables.length) {
    return [`${name}: the file has ${datasets.length} weights, the model ${variables.length}`];
  }
  const at = variables.findIndex(({ shape }, i) => shape.join() !== datasets[i].shape.join());
  if (at < 0) return [];
  return [`${name}: weight ${at} has shape [${datasets[at].shape}] in the file, [${variables[at].shape}] in the model`];
}

function readNumbers(path: string, name: string, dataset: Hdf5Dataset): Float32Array {
  const stored = dataset.read();
  const values = stored instanceof Float32Array ? stored : Float32Array.from(stored as ArrayLike<number>, Number);
  if (values.every(Number.isFinite)) return values;
  throw new Error(`'${path}': layer '${name}' has numbers that are not finite; the model that was saved had diverged.`);
}

function assign(layer: tf.layers.Layer, variables: readonly tf.LayerVariable[], values: readonly Float32Array[]): void {
  variables.forEach((variable, i) =>
    tf.tidy(() => void variable.write(tf.cast(tf.tensor(values[i], variable.shape as number[]), variable.dtype))),
  );
  if (kerasWeights(layer).length > 0) (layer as { weightsLoaded?(): void }).weightsLoaded?.();
}

function refusal(path: string, model: tf.LayersModel, mismatched: readonly string[]): string {
  const shown = mismatched.slice(0, 8).map((reason) => `\n  - ${reason}`);
  const more = mismatched.length > 8 ? `\n  - … and ${mismatched.length - 8} more` : "";
  return (
    `'${path}' does not fit model '${model.name}', which stays as it was (skipMismatch: true passes these layers over):` +
    `${shown.join("")}${more}`
  );
}
