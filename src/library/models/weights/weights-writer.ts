/** Writes a model's variables in the layouts of Keras. */
import type { tf } from "../../engine/tf";
import type { Hdf5Writer } from "./hdf5";
import { legacyVariables, splitList } from "./legacy-weights-layout";
import { layerPlaces } from "./weights-layout";

/** Keras 3's layout (`.weights.h5`). */
export function writeKerasWeights(model: tf.LayersModel, file: Hdf5Writer): void {
  file.group("vars", { name: model.name });
  for (const { layer, path, variables } of layerPlaces(model)) {
    file.group(`${path}/vars`, { name: layer.name });
    variables.forEach((variable, i) => writeVariable(file, `${path}/vars/${i}`, variable));
  }
}

/** The layout of Keras 1 and 2 (`.h5`). */
export function writeLegacyWeights(model: tf.LayersModel, file: Hdf5Writer): void {
  const names = model.layers.map(({ name }) => name);
  file.group("", { ...splitList("layer_names", names), backend: "tensorflow", keras_version: "3.0.0" });
  for (const layer of model.layers) {
    const variables = legacyVariables(layer);
    const weightNames = variables.map(({ originalName }) => originalName);
    if (new Set(weightNames).size < weightNames.length)
      weightNames.forEach((name, i) => (weightNames[i] = `${name}_${i}`));
    file.group(layer.name, splitList("weight_names", weightNames));
    variables.forEach((variable, i) => writeVariable(file, `${layer.name}/${weightNames[i]}`, variable));
  }
  file.group("top_level_model_weights", { weight_names: [] });
}

function writeVariable(file: Hdf5Writer, path: string, variable: tf.LayerVariable): void {
  file.dataset(path, variable.read().dataSync() as Float32Array | Int32Array, variable.shape as number[]);
}
