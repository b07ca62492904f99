/** Data sets from folders of pictures, as Keras' `image_dataset_from_directory` makes them. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { startProgress } from "dnn-lab-core/progress";
import { nextSeed } from "dnn-lab-core/random";
import { availableParallelism, basename, totalmem } from "../../platform";
import type { Dataset } from "../dataset";
import { datasetFromArrays } from "../from-arrays";
import { CHANNELS, type ColorMode, pictureDecoder, type PictureForm } from "./decode-picture";
import { indexFolder, type PictureFile } from "./folder-index";
import { numpyShuffle } from "./numpy-shuffle";

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions {
  /** Height and width of all pictures, in pixels, or one number for both; Keras' `image_size` (default 256). */
  size?: number | readonly [height: number, width: number];
  /** `"rgb"` (default), `"grayscale"` or `"rgba"`. */
  colorMode?: ColorMode;
  /** `"bilinear"` (default) or `"nearest"`. */
  interpolation?: "bilinear" | "nearest";
  /** Whether pictures are cut to the proportions of `size` instead of being stretched (default false). */
  cropToAspectRatio?: boolean;
  /** The classes in the order of their numbers, each a folder's name (default: all folders, sorted). */
  classNames?: readonly string[];
  /** Share of the pictures for validation; at least 0, less than 1 (default 0). */
  validationSplit?: number;
  /** Whether the pictures are shuffled before they are split (default true). */
  shuffle?: boolean;
  /** Of that shuffle, from 0, below 2³²; the same seed gives Keras' order. Default: from the library's global stream. */
  seed?: number;
  /** What to do about files that cannot be decoded: `"error"` (default) that names them, or `"skip"`. */
  badFiles?: "error" | "skip";
}

/** How a picture file becomes a sample: plain data, as it is saved with a model. */
export interface ImagePreprocessing extends PictureForm {
  /** What kind of preprocessing it is. */
  readonly kind: "image";
  /** Names of the classes by number. */
  readonly classNames: readonly string[];
  /** Further plain data. */
  readonly [other: string]: unknown;
}

/** What {@link imageFolder} gives. */
export interface ImageFolder {
  /** Pictures to train on, `[height, width, channels]`, from 0 to 255; labels are class numbers. */
  readonly train: Dataset;
  /** The last `validationSplit` of the pictures; undefined when there are none. */
  readonly validation: Dataset | undefined;
  /** Names of the classes by number. */
  readonly classNames: readonly string[];
  /** The files, in the order of the samples: those of `train`, then those of `validation`. */
  readonly files: readonly string[];
  /** Files that could not be decoded, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** How a file becomes a sample: for `saveModel(model, path, { preprocessing })` and `predictFile`. */
  readonly preprocessing: ImagePreprocessing;
}

export const IMAGE_FOLDER_OPTIONS: OptionNames<ImageFolderOptions> = {
  size: true,
  colorMode: true,
  interpolation: true,
  cropToAspectRatio: true,
  classNames: true,
  validationSplit: true,
  shuffle: true,
  seed: true,
  badFiles: true,
};
const OWNER = "imageFolder";

/**
 * The pictures of a folder with one folder for each class, as `keras.utils.image_dataset_from_directory`: the same labels,
 * order and split for the same seed, the same sizes. JPEG, PNG, WebP and GIF (the first picture), gray or coloured, with
 * alpha or 16 bits; turned upright as the camera noted it (Keras does not). Pixels are whole numbers from 0 to 255.
 *
 * They are decoded in parallel and held in memory, `height · width · channels` bytes each. Needs the package sharp.
 *
 * @throws Error for a folder without pictures, for files that cannot be decoded (named), and when memory would not do.
 * @example const { train, validation, classNames } = await imageFolder("pets", { size: 32, validationSplit: 0.5, seed: 1 });
 */
export async function imageFolder(directory: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  checkOptions(OWNER, options, IMAGE_FOLDER_OPTIONS);
  const { form, validationSplit, shuffle, seed, badFiles } = checkedOptions(OWNER, options);
  const { classNames, files } = indexFolder(OWNER, directory, options.classNames);
  const ordered = shuffle ? numpyShuffle(files, seed) : files;
  const length = form.size[0] * form.size[1] * CHANNELS[form.colorMode];
  checkMemory(files.length * length);
  const decoded = await decodeAll(ordered, form, length);
  const bad = ordered.flatMap(({ path }, i) => (decoded.reasons[i] ? [{ path, reason: decoded.reasons[i] }] : []));
  if (bad.length > 0 && (badFiles === "error" || bad.length === files.length))
    throw new Error(refusal(bad, files.length));
  const validation = Math.trunc(validationSplit * ordered.length);
  const good = [...ordered.keys()].filter((i) => !decoded.reasons[i]);
  const all = datasetFromArrays({
    features: decoded.values,
    shape: [...form.size, CHANNELS[form.colorMode]],
    labels: Int32Array.from(ordered, ({ label }) => label),
    classNames,
    name: basename(directory),
  });
  const part = (isWanted: (place: number) => boolean) => all.subset(good.filter(isWanted));
  const first = ordered.length - validation;
  const held = part((place) => place >= first);
  return {
    train: part((place) => place < first),
    validation: held.size > 0 ? held : undefined,
    classNames,
    files: good.map((i) => ordered[i].path),
    skipped: bad,
    preprocessing: { kind: "image", ...form, classNames },
  };
}

/** The options checked, and defaults in the place of those that are missing. */
export function checkedOptions(owner: string, options: ImageFolderOptions) {
  const {
    size = 256,
    colorMode = "rgb",
    interpolation = "bilinear",
    cropToAspectRatio = false,
    validationSplit = 0,
    shuffle = true,
    seed = nextSeed(),
    badFiles = "error",
  } = options;
  const sides = typeof size === "number" ? [size, size] : size;
  if (!Array.isArray(sides) || sides.length !== 2) {
    throw new TypeError(`${owner}: size must be a number or [height, width], received ${show(size)}.`);
  }
  for (const side of sides as number[]) checkNumber(owner, "size", side, { integer: true, min: 1, max: 65_536 });
  checkOneOf(owner, "colorMode", colorMode, ["rgb", "grayscale", "rgba"]);
  checkOneOf(owner, "interpolation", interpolation, ["bilinear", "nearest"]);
  checkBoolean(owner, "cropToAspectRatio", cropToAspectRatio);
  checkBoolean(owner, "shuffle", shuffle);
  checkNumber(owner, "validationSplit", validationSplit, { min: 0, below: 1 });
  checkNumber(owner, "seed", seed, { integer: true, min: 0, below: 2 ** 32 });
  checkOneOf(owner, "badFiles", badFiles, ["error", "skip"]);
  const form = { size: [sides[0], sides[1]] as const, colorMode, interpolation, cropToAspectRatio };
  return { form, validationSplit, shuffle, seed, badFiles };
}

/** Of the machine's memory; the rest is for the model and everything else. */
const MOST_MEMORY = 0.6;

function checkMemory(bytes: number): void {
  if (bytes <= MOST_MEMORY * totalmem()) return;
  const gb = (value: number) => (value / 2 ** 30).toFixed(1);
  throw new RangeError(
    `${OWNER}: the pictures would take ${gb(bytes)} GB, and the machine has ${gb(totalmem())}. Choose a smaller size, or fewer classes.`,
  );
}

/** All pictures one after another; a reason for each that could not be decoded. */
async function decodeAll(files: readonly PictureFile[], form: PictureForm, length: number) {
  const decode = pictureDecoder(OWNER);
  const values = new Uint8Array(files.length * length);
  const reasons: (string | undefined)[] = files.map(() => undefined);
  const progress = startProgress({ title: "Decoding pictures", total: files.length });
  let [next, done] = [0, 0];
  const worker = async () => {
    for (let i = next++; i < files.length; i = next++) {
      try {
        values.set(await decode(files[i].path, form), i * length);
      } catch (error) {
        reasons[i] = (error as Error).message.split("\n")[0];
      }
      progress.update(++done);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, worker));
  progress.finish();
  return { values, reasons };
}

function refusal(bad: readonly { path: string; reason: string }[], all: number): string {
  const shown = bad.slice(0, 5).map(({ path, reason }) => `\n  - ${path}: ${reason}`);
  const more = bad.length > 5 ? `\n  - … and ${bad.length - 5} more` : "";
  return (
    `${OWNER}: ${bad.length} of ${all} files cannot be decoded:${shown.join("")}${more}\n` +
    'Mend or remove them, or pass badFiles: "skip".'
  );
}

/** A picture file as a sample `[height, width, channels]`, prepared as the training's. */
export async function decodePictures(
  owner: string,
  paths: readonly string[],
  { classNames: _, kind: __, ...form }: ImagePreprocessing,
): Promise<Uint8Array[]> {
  const decode = pictureDecoder(owner);
  const made: Uint8Array[] = [];
  for (const path of paths) {
    try {
      made.push(await decode(path, form as unknown as PictureForm));
    } catch (error) {
      throw new Error(`${owner}: '${path}' cannot be decoded: ${(error as Error).message.split("\n")[0]}.`, {
        cause: error,
      });
    }
  }
  return made;
}
