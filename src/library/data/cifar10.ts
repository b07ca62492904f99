/** CIFAR-10: 60,000 small colour photographs, 32×32×3, in ten classes. */
import { checkOptions } from "dnn-lab-core/check";
import { noteInput } from "dnn-lab-core/run-facts";
import { join } from "../platform";
import {
  downloadArchive,
  HOMEPAGE,
  OFFICIAL_URLS,
  readCache,
  readFolder,
  SIZES,
  type Part,
  type PartName,
  type Parts,
} from "./cifar10-files";
import { CHANNELS, SIDE } from "./cifar10-records";
import type { Dataset } from "./dataset";
import { cacheFolder, dataFolder } from "dnn-lab-core/folders";
import { requestSplits, type Description } from "./load-splits";
import { informOnce } from "./notice";
import { Absent, chosenSource, walkSources, type Source, type SourceChoice, type SourceName } from "./source-chain";
import { TEXTURE_CLASS_NAMES } from "./textures/classes";
import { standInPart } from "./textures/stand-in";

const OWNER = "cifar10.load";
const NAME = "cifar10";
const CLASS_NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

const STAND_IN_SEEDS: Readonly<Record<PartName, number>> = { train: 11, test: 12 };
const STAND_IN_NOTICE =
  `${OWNER}: using the generated stand-in, pictures of textured objects drawn by the library: not comparable with published figures. ` +
  "For the real data set DNN_LAB_DATA (`npx dnn-lab doctor` says how).";

const NOTES: Readonly<Record<Part["origin"], readonly string[]>> = {
  official: [],
  "jpeg-copy": ["JPEG copy (quality 75), not the official bytes"],
  unknown: ["bytes of unknown origin, neither the official ones nor the known JPEG copy"],
  generated: ["generated stand-in, not CIFAR-10"],
};

/** Options of {@link cifar10}'s `load`. */
export interface Cifar10LoadOptions<Split> {
  /** One split (gives a data set) or several (gives as many): `"train"`, `"train[:70%]"`, `"test"`; see `parseSplit`. */
  split: Split;
  /** Where the data must come from (default: `DNN_LAB_SOURCE`, else `"auto"`: the first that has it). */
  source?: SourceChoice;
}

/**
 * Loads CIFAR-10 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009); images [32, 32, 3] of
 * bytes from 0 to 255, red, green and blue; 50,000 to train and 10,000 to test.
 *
 * Looked for in `DNN_LAB_DATA` and its folder `cifar-10`: the folder `cifar-10-batches-bin`, the official archive
 * `cifar-10-binary.tar.gz`, or a copy of the images as JPEG with its `unpack.py` (needs Python with Pillow); else the
 * archive in the cache folder, or from the official place. Without any, a stand-in is drawn by the library itself.
 * `info.notes` says what the bytes are; `info.comparable` is true for the official bytes and for the JPEG copy, whose
 * notes belong beside every result. A damaged file is an error, never passed over.
 *
 * @example
 * const [train, valid, test] = await cifar10.load({ split: ["train[:70%]", "train[70%:]", "test"] });
 */
async function load(options: Cifar10LoadOptions<string>): Promise<Dataset>;
async function load<const Splits extends readonly string[]>(
  options: Cifar10LoadOptions<Splits>,
): Promise<{ -readonly [Index in keyof Splits]: Dataset }>;
async function load(options: Cifar10LoadOptions<string | readonly string[]>): Promise<Dataset | Dataset[]> {
  return loadFrom(options, OFFICIAL_URLS);
}

/** @internal `load` with other download addresses. */
export async function loadFrom(
  options: Cifar10LoadOptions<string | readonly string[]>,
  urls: readonly string[],
): Promise<Dataset | Dataset[]> {
  const { split, source } = checkOptions(OWNER, options, { split: true, source: true });
  const request = requestSplits(OWNER, split, SIZES);
  const found = await walkSources(OWNER, sources(request.parts, urls), chosenSource(OWNER, source));
  const part = (name: PartName) => found.data[name] as Part;
  return request.datasets(
    (name) => part(name).storage,
    (_, names) => describe(found.source, names.map(part)),
  );
}

function sources(parts: readonly PartName[], urls: readonly string[]): Record<SourceName, Source<Parts>> {
  const cache = join(cacheFolder(), "cifar-10");
  noteInput(cache);
  return {
    folder() {
      const folder = dataFolder();
      if (folder) for (const name of ["cifar-10", "cifar-10-batches-bin"]) noteInput(join(folder, name));
      return folder ? readFolder(folder, parts, cache) : new Absent("DNN_LAB_DATA is not set", false);
    },
    cache: () => readCache(cache, parts),
    download: async () => (await downloadArchive(cache, urls)) ?? readCache(cache, parts),
    generated: () => drawParts(parts),
  };
}

async function drawParts(parts: readonly PartName[]): Promise<Parts> {
  informOnce(STAND_IN_NOTICE);
  const drawn: Parts = {};
  for (const name of parts) {
    const options = { name, count: SIZES[name], side: SIDE, seed: STAND_IN_SEEDS[name] };
    const storage = await standInPart(join(cacheFolder(), "cifar-10-stand-in"), options);
    drawn[name] = { storage, origin: "generated" };
  }
  return drawn;
}

function describe(source: SourceName, parts: readonly Part[]): Description {
  const origins = new Set(parts.map(({ origin }) => origin));
  return {
    name: NAME,
    source,
    classNames: origins.has("generated") ? TEXTURE_CLASS_NAMES : CLASS_NAMES,
    comparable: !origins.has("generated") && !origins.has("unknown"),
    notes: [...origins].flatMap((origin) => NOTES[origin]),
  };
}

/**
 * The data set CIFAR-10; see its `load`.
 *
 * Slides' statements: data-cifar.
 * @example const [train, valid, test] = await cifar10.load({ split: ["train[:70%]", "train[70%:]", "test"] });
 */
export const cifar10 = {
  /** Loads one split, or several at once: see {@link Cifar10LoadOptions}. */
  load,
  /** Name of each class, by label (0 to 9). The stand-in has classes of its own: `dataset.info.classNames`. */
  classNames: CLASS_NAMES as readonly string[],
  /** What it is, and who made it. */
  info: {
    name: NAME,
    title: "CIFAR-10",
    homepage: HOMEPAGE,
    citation: "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
    shape: [SIDE, SIDE, CHANNELS] as readonly number[],
    splits: SIZES as Readonly<Record<string, number>>,
    classNames: CLASS_NAMES as readonly string[],
  },
} as const;
