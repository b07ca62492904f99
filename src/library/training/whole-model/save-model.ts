/** Whole models as Keras 3's `.keras` files. */
import { checkBoolean, checkOptions, show } from "dnn-lab-core/check";
import { informOnce } from "../../data/notice";
import type { tf } from "../../engine/tf";
import { checkBuilt } from "../../models/built";
import { kerasJson, modelToKeras } from "../../models/keras-config";
import { layerSeed } from "../../models/layers/training-step";
import { writeHdf5 } from "../../models/weights/hdf5";
import { writeArchive } from "../../models/weights/keras-archive";
import { layerPlaces } from "../../models/weights/weights-layout";
import { writeKerasWeights } from "../../models/weights/weights-writer";
import { compilationToKeras } from "./keras-compilation";
import { optimizerWriter } from "./optimizer-variables";
import { checkPreprocessing, keepPreprocessing, type Preprocessing, preprocessingOf } from "./preprocessing";

/** Options of {@link saveModel}. */
export interface SaveModelOptions {
  /** Whether what the model was compiled with, and the optimizer's state, are saved too (default true). */
  includeOptimizer?: boolean;
  /** How raw inputs become the model's: what a data set or the file of a loaded model gave (default: that). */
  preprocessing?: Preprocessing;
}

/** The version of Keras whose format is written. */
const KERAS_VERSION = "3.15.1";

const OWNER = "saveModel";

/**
 * Saves a whole model, Sequential or functional, in Keras 3's own format: layers, weights, what it was compiled with and
 * the optimizer's state, in one piece or not at all. Keras loads it and trains on.
 *
 * What Keras does not have (layers of your own but registered ones, an optimizer with `layerMultipliers`, a loss that is
 * a function) is refused or, where the model predicts the same without it, left out with a note. The seeds of dropout
 * layers, the slides' batch normalization and `preprocessing` stand in a file of this library's within the archive, which
 * Keras passes over (and does not keep).
 *
 * @param path ends in `.keras`. Folders are made.
 * @throws TypeError for another path; Error for a model without weights, and for a layer that cannot be saved.
 * @example await saveModel(model, "results/digits.keras")  // Python: keras.models.load_model("results/digits.keras")
 */
export async function saveModel(model: tf.LayersModel, path: string, options: SaveModelOptions = {}): Promise<void> {
  const { includeOptimizer = true, preprocessing = model && preprocessingOf(model) } = checkOptions(OWNER, options, {
    includeOptimizer: true,
    preprocessing: true,
  });
  checkBoolean(OWNER, "includeOptimizer", includeOptimizer);
  checkBuilt(OWNER, model);
  if (typeof path !== "string" || !path.endsWith(".keras")) {
    throw new TypeError(
      `${OWNER}: path must end in '.keras', received ${show(path)}. Weights alone are saved by saveWeights.`,
    );
  }
  if (preprocessing !== undefined) keepPreprocessing(model, checkPreprocessing(OWNER, preprocessing));
  const config = modelToKeras(model);
  const compilation = includeOptimizer ? compilationToKeras(model) : undefined;
  for (const what of compilation?.left ?? []) {
    informOnce(`The model '${model.name}' is saved without ${what}. Compile it again after loading.`);
  }
  const writeOptimizer = compilation?.config && (await optimizerWriter(model));
  const texts = {
    metadata: JSON.stringify({ keras_version: KERAS_VERSION, date_saved: dateSaved() }),
    config: kerasJson(compilation?.config ? { ...config, compile_config: compilation.config } : config),
    own: JSON.stringify(ownFile(model, preprocessing)),
  };
  await writeArchive(path, texts, (weights) =>
    writeHdf5(weights, (file) => {
      writeKerasWeights(model, file);
      writeOptimizer?.(file);
    }),
  );
}

/** What only this library knows. */
export interface OwnFile {
  readonly version: 1;
  readonly preprocessing?: Preprocessing;
  /** Of random layers, in the order of the weights' file; null for the others. */
  readonly seeds?: readonly (number | null)[];
  /** Layer → settings that Keras' layer of that class does not have. */
  readonly layers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function ownFile(model: tf.LayersModel, preprocessing: Preprocessing | undefined): OwnFile {
  const places = layerPlaces(model);
  const seeds = places.map(({ layer }) => layerSeed(layer) ?? null);
  const slides = places.flatMap(({ layer }) => {
    const { kind, alpha } = layer as { kind?: string; alpha?: number };
    return layer.getClassName() === "BatchNormalization" && kind === "slides" ? [[layer.name, { kind, alpha }]] : [];
  });
  return {
    version: 1,
    ...(preprocessing && { preprocessing }),
    ...(seeds.some((seed) => seed !== null) && { seeds }),
    ...(slides.length > 0 && { layers: Object.fromEntries(slides) as OwnFile["layers"] }),
  };
}

/** As Keras writes it: `2026-11-29@14:05:09`. */
function dateSaved(): string {
  return new Date().toISOString().slice(0, 19).replace("T", "@");
}
