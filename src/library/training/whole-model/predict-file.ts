/** Predictions for files and rows as they come, prepared as the model's training data were. */
import { show } from "dnn-lab-core/check";
import { CHANNELS } from "../../data/images/decode-picture";
import { decodePictures, type ImagePreprocessing } from "../../data/images/image-folder";
import { type TableSource } from "../../data/table/rows";
import { layoutOf, partsOf } from "../../data/table/table-preprocessing";
import { tableSamples, type TablePreprocessing } from "../../data/table/table-samples";
import { tf } from "../../engine/tf";
import { predict } from "../fit/predict";
import { type Preprocessing, preprocessingOf } from "./preprocessing";

/** What a model says of a row or a picture. */
export interface FilePrediction {
  /** The file, or where the row stands: its line. */
  readonly source: string | number;
  /** The most likely class, where the model has classes. */
  readonly className?: string;
  /** Its probability, as the model gives it. */
  readonly probability?: number;
  /** All outputs of the model. */
  readonly outputs: readonly number[];
}

const OWNER = "predictFile";

/**
 * Predictions of a model for a CSV file, a danfo frame or records (columns by name; a label is not needed), or for
 * picture files: one path or several.
 *
 * The model knows how its inputs are made from `saveModel(model, path, { preprocessing })`: scaling, words, gaps, the size
 * of pictures and class names are those of the training.
 *
 * @throws Error when the model has no preprocessing, and, naming column and line or the file, for what cannot be read.
 * @example const [first] = await predictFile(irisModel, [{ width: 0.3 }]);
 */
export async function predictFile(
  model: tf.LayersModel,
  source: TableSource | readonly string[],
): Promise<FilePrediction[]> {
  const preprocessing = preprocessingOf(model);
  if (!preprocessing) {
    throw new Error(
      `${OWNER}: the model does not know how its inputs are made. Save and load it with saveModel(model, path, ` +
        "{ preprocessing: table.preprocessing }), or make the inputs yourself and use predict.",
    );
  }
  if (isTable(preprocessing)) return predictRows(model, source as TableSource, preprocessing);
  if (isImage(preprocessing)) return predictPictures(model, source, preprocessing);
  const kind = show(preprocessing.kind);
  throw new Error(`${OWNER}: the model's preprocessing is of kind ${kind}, which this version does not know.`);
}

const isTable = (one: Preprocessing): one is TablePreprocessing => one.kind === "table";
const isImage = (one: Preprocessing): one is ImagePreprocessing => one.kind === "image";

async function predictRows(
  model: tf.LayersModel,
  source: TableSource,
  preprocessing: TablePreprocessing,
): Promise<FilePrediction[]> {
  const { features, places, width } = await tableSamples(OWNER, source, preprocessing);
  const layout = layoutOf(preprocessing.columns);
  const inputs = layout
    ? Object.entries(partsOf(features, layout)).map(([name, part]) => [
        name,
        tf.tensor2d(part, [places.length, layout[name][0]]),
      ])
    : undefined;
  const given = inputs
    ? (Object.fromEntries(inputs) as tf.NamedTensorMap)
    : tf.tensor2d(features, [places.length, width]);
  return described(model, given, places, preprocessing.label.classNames);
}

async function predictPictures(
  model: tf.LayersModel,
  source: unknown,
  preprocessing: ImagePreprocessing,
): Promise<FilePrediction[]> {
  const paths: unknown[] = [source].flat();
  if (paths.length === 0 || !paths.every((path) => typeof path === "string")) {
    throw new TypeError(`${OWNER}: the model takes pictures; expected paths of files, received ${show(source)}.`);
  }
  const { size, colorMode, classNames } = preprocessing;
  const pictures = await decodePictures(OWNER, paths as string[], preprocessing);
  const shape: [number, number, number] = [size[0], size[1], CHANNELS[colorMode]];
  const inputs = tf.tidy(() => tf.stack(pictures.map((values) => tf.tensor3d(Float32Array.from(values), shape))));
  return described(model, inputs, paths as string[], classNames);
}

/** Disposes of the inputs. */
async function described(
  model: tf.LayersModel,
  inputs: tf.Tensor | tf.NamedTensorMap,
  sources: readonly (string | number)[],
  classNames: readonly string[] | undefined,
): Promise<FilePrediction[]> {
  const outputs = await predict(model, inputs).finally(() => tf.dispose(inputs));
  const rows = tf.tidy(() => tf.reshape(outputs, [sources.length, -1]).arraySync()) as number[][];
  outputs.dispose();
  return rows.map((row, i) => ({ source: sources[i], ...chosen(row, classNames), outputs: row }));
}

/** One output of two classes is the probability of the second. */
function chosen(row: readonly number[], classNames: readonly string[] | undefined) {
  if (!classNames) return {};
  if (row.length === 1 && classNames.length === 2) {
    const second = row[0] > 0.5;
    return { className: classNames[Number(second)], probability: second ? row[0] : 1 - row[0] };
  }
  const best = row.indexOf(Math.max(...row));
  return { className: classNames[best] ?? String(best), probability: row[best] };
}
