/** Whole models from `.keras` files, of Keras 3 and of this library. */
import { checkBoolean, checkOptions, show } from "dnn-lab-core/check";
import { isRecord } from "dnn-lab-core/objects";
import { informOnce } from "../../data/notice";
import type { tf } from "../../engine/tf";
import { modelFromKeras } from "../../models/keras-config";
import "../../models/layers/batch-normalization";
import "../../models/layers/multi-head-attention";
import "../../models/initialization/seeded";
import { reseedLayer } from "../../models/layers/training-step";
import { compareConfig } from "../../models/weights/compare-config";
import { readHdf5 } from "../../models/weights/hdf5";
import { archivedConfig, archivedJson, archivedSize, withArchivedWeights } from "../../models/weights/keras-archive";
import { layerPlaces } from "../../models/weights/weights-layout";
import { loadWeights } from "../../models/weights/weights-file";
import { compilationFromKeras } from "./keras-compilation";
import { optimizerReader } from "./optimizer-variables";
import { checkPreprocessing, keepPreprocessing } from "./preprocessing";
import type { OwnFile } from "./save-model";
import { withWeightLimit } from "./weight-limit";

/** Options of {@link loadModel}. */
export interface LoadModelOptions {
  /** Whether the model is compiled as it was, with its optimizer's state (default true). */
  compile?: boolean;
}

const OWNER = "loadModel";

/**
 * Loads a whole model that Keras 3 (`model.save("….keras")`) or {@link saveModel} has saved: its layers, weights, what
 * it was compiled with and its optimizer's state, so that `fit` trains on.
 *
 * No code in the file is run. Layers that do not exist here are refused by name; a layer of your own is known after
 * `tf.serialization.registerClass`. Damaged, truncated and hostile files are refused with the reason. A loss, a metric or
 * an optimizer that does not exist here is left out, with a note.
 *
 * @param path ends in `.keras`.
 * @throws TypeError for another path; Error, naming file and layer, when the model cannot be rebuilt as it was.
 * @example const model = await loadModel("results/digits.keras");
 */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<tf.LayersModel> {
  const { compile = true } = checkOptions(OWNER, options, { compile: true });
  checkBoolean(OWNER, "compile", compile);
  if (typeof path !== "string" || !path.endsWith(".keras")) {
    throw new TypeError(`${OWNER}: path must end in '.keras', received ${show(path)}.`);
  }
  const config = await archivedJson(path, "config");
  if (!isRecord(config)) throw new Error(`'${path}' holds no config.json, so it is no model that Keras 3 has saved.`);
  const own = ownFile(path, await archivedJson(path, "own"));
  const bytes = await archivedSize(path, "weights");
  const model = withWeightLimit(path, bytes, () => modelFromKeras(config, own?.layers ?? {}));
  try {
    await checkSame(model, path);
    await withArchivedWeights(path, async (weights) => {
      await readAll(model, weights, path);
      if (compile && isRecord(config.compile_config)) await compileAs(model, config.compile_config, weights, path);
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
  restoreOwn(model, own);
  return model;
}

/** What was rebuilt computes what the file says; if not, that is a fault of this library's, and said. */
async function checkSame(model: tf.LayersModel, path: string): Promise<void> {
  const saved = await archivedConfig(path);
  const [first] = saved ? compareConfig(model, saved, false) : [];
  if (first)
    throw new Error(`${OWNER}: layer '${first.layer}' of '${path}' cannot be rebuilt as it was: ${first.reason}.`);
}

/** Errors name the archive, not the file that was taken out of it. */
async function readAll(model: tf.LayersModel, weights: string, path: string): Promise<void> {
  try {
    await loadWeights(model, weights);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.replaceAll(weights, path), { cause: error });
  }
}

async function compileAs(
  model: tf.LayersModel,
  saved: Readonly<Record<string, unknown>>,
  weights: string,
  path: string,
): Promise<void> {
  const { args, left } = compilationFromKeras(saved, model.outputNames);
  const missing = left.filter((what) => what !== "compilation");
  if (missing.length > 0) {
    const rest = args ? "" : " It is not compiled: call model.compile before training it.";
    informOnce(`'${path}' was compiled with ${missing.join(" and ")}, which this library does not have.${rest}`);
  }
  if (!args) return;
  model.compile(args);
  const read = await optimizerReader(model, path);
  await readHdf5(weights, read);
}

function ownFile(path: string, found: unknown): OwnFile | undefined {
  if (found === undefined) return undefined;
  if (isRecord(found) && found.version === 1) return found as unknown as OwnFile;
  throw new Error(
    `'${path}' has a dnn_lab.json of version ${show(isRecord(found) ? found.version : found)}; this library reads version 1.`,
  );
}

function restoreOwn(model: tf.LayersModel, own: OwnFile | undefined): void {
  const places = layerPlaces(model);
  const seeds = Array.isArray(own?.seeds) && own.seeds.length === places.length ? own.seeds : [];
  seeds.forEach((seed, i) => {
    if (typeof seed === "number") reseedLayer(places[i].layer, seed);
  });
  if (own?.preprocessing !== undefined) keepPreprocessing(model, checkPreprocessing(OWNER, own.preprocessing));
}
