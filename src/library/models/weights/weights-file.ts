/** A model's weights as Keras' HDF5 files, both ways: Keras reads what is saved here and the other way round. */
import type { tf } from "../../engine/tf";
import { show } from "dnn-lab-core/check";
import { checkBuilt } from "../built";
import { readHdf5, writeHdf5 } from "./hdf5";
import { readWeights } from "./weights-reader";
import { writeKerasWeights, writeLegacyWeights } from "./weights-writer";

/**
 * Saves the weights of a model (without the optimizer's state), in one piece or not at all.
 *
 * @param path ends in `.weights.h5` (Keras 3's layout) or in `.h5` or `.hdf5` (the layout of Keras 1 and 2, which
 * Keras 3 reads too). Folders are made.
 * @example await saveWeights(model, "results/best.weights.h5")  // Python: model.load_weights("results/best.weights.h5")
 */
export async function saveWeights(model: tf.LayersModel, path: string): Promise<void> {
  checkBuilt("saveWeights", model);
  checkPath("saveWeights", path);
  const write = path.endsWith(".weights.h5") ? writeKerasWeights : writeLegacyWeights;
  await writeHdf5(path, (file) => write(model, file));
}

/**
 * Loads weights that Keras or {@link saveWeights} has saved; the layout is told from the file.
 *
 * Nothing is changed unless everything fits: missing, superfluous or wrongly shaped weights, numbers that are not
 * finite and damaged files are refused with a report of what is wrong. An optimizer's state in the file is passed over.
 * @example await loadWeights(model, "results/best.weights.h5")
 */
export async function loadWeights(model: tf.LayersModel, path: string): Promise<void> {
  checkBuilt("loadWeights", model);
  checkPath("loadWeights", path);
  await readHdf5(path, (file) => readWeights(model, file, path));
}

function checkPath(owner: string, path: string): void {
  if (typeof path === "string" && /\.(h5|hdf5)$/.test(path)) return;
  throw new TypeError(`${owner}: path must end in '.weights.h5', '.h5' or '.hdf5', received ${show(path)}.`);
}
