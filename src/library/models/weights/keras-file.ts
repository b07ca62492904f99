/** Weights in all files of Keras, by place in the model or by the layers' names, with a report of what fitted. */
import { checkBoolean, checkOptions, show } from "dnn-lab-core/check";
import type { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { compareConfig, type Difference } from "./compare-config";
import { readHdf5 } from "./hdf5";
import { archivedConfig, withArchivedWeights } from "./keras-archive";
import { readByName } from "./keras-by-name";
import { configOfHdf5, type SavedConfig } from "./keras-config";
import { loadReport, type LoadReport } from "./keras-report";
import { loadWeights, saveWeights } from "./weights-file";
import { layerPlaces } from "./weights-layout";

/** Options of {@link loadKerasWeights}. */
export interface LoadKerasWeightsOptions {
  /**
   * Layers are matched by name, and those that only the model or only the file has are passed over (default false: the
   * file must fit the model layer by layer).
   */
  byName?: boolean;
  /** With `byName`: layers of a name but other shapes are passed over too, instead of being an error (default false). */
  skipMismatch?: boolean;
  /**
   * Whether the configuration in the file, where there is one (`.keras`, and `.h5` of a whole model), must say that its
   * layers compute what the model's do (default true): activations, `reset_after`, epsilon, padding and so on.
   */
  compareConfig?: boolean;
}

const OWNER = "loadKerasWeights";

/**
 * Loads weights that Keras has saved: `.keras`, `.weights.h5` (Keras 3), `.h5` or `.hdf5` (weights, or a whole model).
 *
 * Nothing is changed when something is wrong: wrong shapes, numbers that are not finite, layers that would compute
 * something else than Keras' did, and damaged files are refused with the reasons. Returns what was loaded and what did not match; it shows itself as text.
 *
 * @example await loadKerasWeights(model, "model.keras")
 * @example const report = await loadKerasWeights(model, "base.weights.h5", { byName: true });  // report.onlyInModel: ["head"]
 */
export async function loadKerasWeights(
  model: tf.LayersModel,
  path: string,
  options: LoadKerasWeightsOptions = {},
): Promise<LoadReport> {
  const names = { byName: true, skipMismatch: true, compareConfig: true } as const;
  const { byName = false, skipMismatch = false, compareConfig: compare = true } = checkOptions(OWNER, options, names);
  checkBoolean(OWNER, "compareConfig", compare);
  checkBoolean(OWNER, "byName", byName);
  checkBoolean(OWNER, "skipMismatch", skipMismatch);
  if (skipMismatch && !byName) {
    throw new TypeError(`${OWNER}: skipMismatch needs byName: true; by place everything must fit.`);
  }
  checkBuilt(OWNER, model);
  if (typeof path !== "string" || !/\.(h5|hdf5|keras)$/.test(path)) {
    throw new TypeError(
      `${OWNER}: path must end in '.keras', '.weights.h5', '.h5' or '.hdf5', received ${show(path)}.`,
    );
  }
  const saved = compare ? await configOf(path) : undefined;
  const differences = saved ? compareConfig(model, saved, byName) : [];
  if (differences.length > 0 && !skipMismatch) throw new Error(refusal(path, model, differences));
  const load = (file: string) =>
    byName ? loadByName(model, file, path, { skipMismatch, differences }) : loadByPlace(model, file, path);
  return path.endsWith(".keras") ? withArchivedWeights(path, load) : load(path);
}

function configOf(path: string): Promise<SavedConfig | undefined> {
  return path.endsWith(".keras") ? archivedConfig(path) : readHdf5(path, configOfHdf5);
}

function refusal(path: string, model: tf.LayersModel, differences: readonly Difference[]): string {
  const shown = differences.slice(0, 8).map(({ layer, reason }) => `\n  - ${layer}: ${reason}`);
  const more = differences.length > 8 ? `\n  - … and ${differences.length - 8} more` : "";
  return (
    `'${path}' was saved from layers that compute something else than those of model '${model.name}', which stays as it ` +
    `was:${shown.join("")}${more}\nBuild the layers as in the file, or pass compareConfig: false to load the weights alone.`
  );
}

async function loadByPlace(model: tf.LayersModel, file: string, path: string): Promise<LoadReport> {
  await loadWeights(model, file);
  const loaded = layerPlaces(model).filter(({ variables }) => variables.length > 0);
  return loadReport(path, { loaded: loaded.map(({ layer }) => layer.name) });
}

function loadByName(
  model: tf.LayersModel,
  file: string,
  path: string,
  options: { readonly skipMismatch: boolean; readonly differences: readonly Difference[] },
): Promise<LoadReport> {
  return readHdf5(file, (content) => readByName(model, content, path, options));
}

/**
 * Saves the weights of a model so that Keras reads them: `.weights.h5` (Keras 3) or `.h5`, in one piece or not at all.
 * Whole models are saved by `saveModel`.
 *
 * @example await saveKerasWeights(model, "tuned.weights.h5")  // Python: model.load_weights("tuned.weights.h5")
 */
export async function saveKerasWeights(model: tf.LayersModel, path: string): Promise<void> {
  if (typeof path === "string" && path.endsWith(".keras")) {
    throw new TypeError(
      `saveKerasWeights: '${path}' would be a whole model, which saveModel saves; for the weights alone, end the path in ` +
        "'.weights.h5'.",
    );
  }
  await saveWeights(model, path);
}
