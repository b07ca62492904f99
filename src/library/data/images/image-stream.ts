/** Folders of pictures that are decoded while a model trains on them. */
import { checkOptions, show } from "dnn-lab-core/check";
import { messageOf } from "dnn-lab-core/errors";
import { availableParallelism, basename, statSync } from "../../platform";
import { shuffledOrder } from "../shuffle";
import { datasetFromGenerator } from "../stream/from-generator";
import type { StreamDataset } from "../stream/stream-dataset";
import { CHANNELS, pictureDecoder, type PictureForm } from "./decode-picture";
import { indexFolder, type PictureFile } from "./folder-index";
import { checkedOptions, IMAGE_FOLDER_OPTIONS, type ImageFolderOptions, type ImagePreprocessing } from "./image-folder";
import { numpyShuffle } from "./numpy-shuffle";
import { type CachedPass, PictureCache } from "./picture-cache";

/** Options of {@link imageFolderStream}. */
export interface ImageFolderStreamOptions extends Omit<ImageFolderOptions, "badFiles"> {
  /**
   * A folder in which decoded and sized pictures are kept, `height · width · channels` bytes each: the first pass decodes,
   * later passes and runs read. Without it every pass decodes (`stream.cache()` keeps them in memory).
   */
  cache?: string;
}

/** What {@link imageFolderStream} gives. */
export interface ImageFolderStream {
  /** Pictures to train on, `[height, width, channels]`, from 0 to 255, in another order in each pass; labels are class numbers. */
  readonly train: StreamDataset;
  /** The last `validationSplit` of the pictures, in their order; undefined when there are none. */
  readonly validation: StreamDataset | undefined;
  /** Names of the classes by number. */
  readonly classNames: readonly string[];
  /** The files: those of `train` (before they are shuffled), then those of `validation`. */
  readonly files: readonly string[];
  /** How a file becomes a sample: for `saveModel(model, path, { preprocessing })` and `predictFile`. */
  readonly preprocessing: ImagePreprocessing;
}

const OWNER = "imageFolderStream";
const { badFiles: _, ...OTHERS } = IMAGE_FOLDER_OPTIONS;

/**
 * As `imageFolder`, for more pictures than fit into memory: they are decoded in parallel beside the training steps, some
 * batches ahead. Files, labels, split and pixels are those of `imageFolder` for the same `seed`. Each pass over `train`
 * has another order of all its pictures (`shuffle: false` keeps one), drawn from the seed; a `shuffle` of the stream is not needed.
 *
 * @throws Error for a folder without pictures; a file that cannot be decoded ends `fit` with its name.
 * @example
 * const pets = imageFolderStream("pets", { size: 32, validationSplit: 0.5, seed: 1 });
 * const batches = pets.train.batch(2);
 */
export function imageFolderStream(directory: string, options: ImageFolderStreamOptions = {}): ImageFolderStream {
  checkOptions(OWNER, options, { ...OTHERS, cache: true });
  const { cache, ...rest } = options;
  if (cache !== undefined && typeof cache !== "string") {
    throw new TypeError(`${OWNER}: cache must be the path of a folder, received ${show(cache)}.`);
  }
  const { form, validationSplit, shuffle, seed } = checkedOptions(OWNER, rest);
  const { classNames, files } = indexFolder(OWNER, directory, options.classNames);
  const ordered = shuffle ? numpyShuffle(files, seed) : files;
  const first = ordered.length - Math.trunc(validationSplit * ordered.length);
  const decode = pictureDecoder(OWNER);
  const stream = (part: readonly PictureFile[], mixes: boolean): StreamDataset => {
    const pictures = new Pictures(part, form, decode, cache);
    return datasetFromGenerator({
      generator: ({ pass }) =>
        pictures.pass(mixes ? shuffledOrder(part.length, rule(part.length, seed), pass) : undefined),
      ...{ shape: [...form.size, CHANNELS[form.colorMode]], dtype: "uint8", size: part.length, classNames },
      name: basename(directory),
    });
  };
  return {
    train: stream(ordered.slice(0, first), shuffle),
    validation: first < ordered.length ? stream(ordered.slice(first), false) : undefined,
    classNames,
    files: ordered.map(({ path }) => path),
    preprocessing: { kind: "image", ...form, classNames },
  };
}

const rule = (bufferSize: number, seed: number) => ({ bufferSize, seed, reshuffleEachIteration: true });

/** Pictures that are decoded ahead at most, so that all processors have work while a step runs. */
const MOST_AHEAD = Math.max(64, 4 * availableParallelism());
/** Of pictures as they are in their files, before they are sized, about; large photographs are decoded fewer at a time. */
const MOST_BYTES = 256 * 2 ** 20;
/** A JPEG takes about this part of its pixels' bytes. */
const SHRUNK = 12;

interface Begun {
  readonly picture: Promise<Uint8Array>;
  readonly bytes: number;
}

class Pictures {
  private readonly cache: PictureCache | undefined;

  constructor(
    private readonly files: readonly PictureFile[],
    private readonly form: PictureForm,
    private readonly decode: (path: string, form: PictureForm) => Promise<Uint8Array>,
    folder: string | undefined,
  ) {
    const [height, width] = form.size;
    const paths = files.map(({ path }) => path);
    this.cache =
      folder === undefined
        ? undefined
        : PictureCache.of(folder, paths, form, height * width * CHANNELS[form.colorMode]);
  }

  async *pass(order?: Int32Array): AsyncGenerator<readonly [Uint8Array, number], void, undefined> {
    const { files } = this;
    const ahead: Begun[] = [];
    const kept = this.cache?.begin();
    const place = (i: number) => (order ? order[i] : i);
    let [next, bytes] = [0, 0];
    const hasRoom = () => ahead.length === 0 || (ahead.length < MOST_AHEAD && bytes < MOST_BYTES);
    try {
      for (let i = 0; i < files.length; i++) {
        for (; next < files.length && hasRoom(); next++) {
          ahead.push(this.begun(place(next), kept));
          bytes += ahead.at(-1)!.bytes;
        }
        const [first] = ahead;
        yield [await first.picture, files[place(i)].label];
        bytes -= first.bytes;
        ahead.shift();
      }
    } finally {
      await Promise.allSettled(ahead.map(({ picture }) => picture));
      await kept?.close();
    }
  }

  /** A failure is met when its picture has its turn, and by nobody when the rest is not wanted. */
  private begun(index: number, kept: CachedPass | undefined): Begun {
    const picture = this.picture(index, kept);
    picture.catch(() => undefined);
    return { picture, bytes: SHRUNK * (statSync(this.files[index].path, { throwIfNoEntry: false })?.size ?? 0) };
  }

  private async picture(index: number, kept: CachedPass | undefined): Promise<Uint8Array> {
    const { path } = this.files[index];
    try {
      const decode = () => this.decode(path, this.form);
      return await (kept ? kept.get(index, decode) : decode());
    } catch (error) {
      throw new Error(`'${path}' cannot be decoded: ${messageOf(error).split("\n")[0]}`, { cause: error });
    }
  }
}
