/** The way back from a data set to picture files. */
import { makeFolder, writeAtomically } from "dnn-lab-core/files";
import { requireOptional } from "dnn-lab-core/optional-package";
import { startProgress } from "dnn-lab-core/progress";
import { existsSync, join, readdirSync } from "../../platform";
import type { Dataset } from "../dataset";

/** What is used of sharp. */
type MakeSharp = (
  pixels: Uint8Array,
  options: { raw: { width: number; height: number; channels: number } },
) => { toColourspace(name: "srgb" | "b-w"): { png(): { toFile(path: string): Promise<unknown> } } };

interface Pictures {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** One picture after another, from 0 to 255. */
  readonly pixels: Uint8Array;
  readonly labels: ArrayLike<number>;
}

const OWNER = "saveImageFolder";

/**
 * Writes pictures as PNG files, one folder for each class, numbered in the order of the samples (`cats/00007.png`): what
 * {@link imageFolder} reads, to the same pixels. Needs the package sharp.
 *
 * @param dataset pictures `[height, width]` or `[height, width, channels]` (1, 3 or 4) of whole numbers from 0 to 255, with one
 *   class number each and class names
 * @param directory a folder that is new or empty
 * @returns the files, in the order of the samples
 * @throws TypeError, RangeError for other data; Error for a folder that holds something already
 * @example await saveImageFolder(await cifar10.load({ split: "train[:100]" }), "pictures");
 */
export async function saveImageFolder(dataset: Dataset, directory: string): Promise<string[]> {
  const { classNames } = dataset.info;
  const pictures = checkedPictures(dataset);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new Error(`${OWNER}: ${directory} holds something already. Name a folder that is new or empty.`);
  const sharp = requireOptional<MakeSharp>("sharp", OWNER, "images");
  const { height, width, channels, pixels, labels } = pictures;
  const digits = Math.max(5, String(labels.length).length);
  const files = Array.from(labels, (label, i) =>
    join(directory, classNames[label], `${String(i).padStart(digits, "0")}.png`),
  );
  for (const name of classNames) makeFolder(join(directory, name));
  const progress = startProgress({ title: "Writing pictures", total: files.length });
  try {
    for (const [i, file] of files.entries()) {
      const own = pixels.subarray(i * height * width * channels, (i + 1) * height * width * channels);
      const picture = sharp(own, { raw: { width, height, channels } }).toColourspace(channels === 1 ? "b-w" : "srgb");
      await writeAtomically(file, async (temporary) => void (await picture.png().toFile(temporary)));
      progress.update(i + 1);
    }
  } finally {
    progress.finish();
  }
  return files;
}

function checkedPictures(dataset: Dataset): Pictures {
  const { classNames } = dataset.info;
  const { features, labels } = dataset.elementShapes;
  const [height, width, channels = 1] = features;
  const isPicture = (features.length === 2 || features.length === 3) && [1, 3, 4].includes(channels);
  if (!isPicture || dataset.featureLayout !== undefined)
    throw new TypeError(
      `${OWNER}: expected pictures [height, width] or [height, width, 1, 3 or 4], received samples [${features.join(", ")}].`,
    );
  if (labels.length > 0 || classNames.length === 0)
    throw new TypeError(
      `${OWNER}: expected one class number a picture, and classNames; received labels [${labels.join(", ")}] and ${classNames.length} names.`,
    );
  const bad = classNames.find((name) => /[/\\\0]/.test(name) || name === "" || name === "." || name === "..");
  if (bad !== undefined)
    throw new RangeError(
      `${OWNER}: the class '${bad}' cannot be a folder's name. Make the data set with other classNames (datasetFromTensors).`,
    );
  const tensors = dataset.tensors();
  try {
    const values = tensors.features.dataSync();
    const wrong = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value <= 255));
    if (wrong >= 0)
      throw new RangeError(
        `${OWNER}: pixels must be whole numbers from 0 to 255, received ${values[wrong]}. Leave rescale and other changes out.`,
      );
    return { height, width, channels, pixels: Uint8Array.from(values), labels: tensors.labels.dataSync() };
  } finally {
    tensors.features.dispose();
    tensors.labels.dispose();
  }
}
