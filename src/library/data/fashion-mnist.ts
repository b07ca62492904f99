/** Fashion-MNIST: 70,000 grey pictures of garments, 28×28, in ten classes. */
import { checkOptions } from "dnn-lab-core/check";
import { noteInput } from "dnn-lab-core/run-facts";
import { join } from "../platform";
import type { Dataset } from "./dataset";
import {
  downloadMissing,
  HOMEPAGE,
  isComplete,
  OFFICIAL_URLS,
  readFolder,
  SIDE,
  SIZES,
  type PartName,
  type Parts,
} from "./fashion-mnist-files";
import { cacheFolder, dataFolder } from "dnn-lab-core/folders";
import { standInPart } from "./garments/stand-in";
import { requestSplits, type Description } from "./load-splits";
import { informOnce } from "./notice";
import { Absent, chosenSource, walkSources, type Source, type SourceChoice, type SourceName } from "./source-chain";
import type { Storage } from "./storage";

const OWNER = "fashionMnist.load";
const NAME = "fashion_mnist";
const CLASS_NAMES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
] as const;

const STAND_IN_SEEDS: Readonly<Record<PartName, number>> = { train: 1, test: 2 };
const STAND_IN_NOTICE =
  `${OWNER}: using the generated stand-in, pictures drawn by the library: not comparable with published figures. ` +
  "For the real data set DNN_LAB_DATA (`npx dnn-lab doctor` says how).";

/** Options of {@link fashionMnist}'s `load`. */
export interface LoadOptions<Split> {
  /** One split (gives a data set) or several (gives as many): `"train"`, `"train[:70%]"`, `"test"`; see `parseSplit`. */
  split: Split;
  /** Where the data must come from (default: `DNN_LAB_SOURCE`, else `"auto"`: the first that has it). */
  source?: SourceChoice;
}

/**
 * Loads Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747); pixels are bytes from 0 to 255.
 *
 * The files come from `DNN_LAB_DATA` (`fashion-mnist/*.gz` in it, or unpacked), else from the cache folder
 * (`DNN_LAB_CACHE`), else from the official place. Where there is no network, a stand-in is drawn by the library
 * itself; it says so, and `info.comparable` is then false. A damaged or foreign file is an error, never passed over.
 *
 * @example
 * const [train, valid, test] = await fashionMnist.load({ split: ["train[:70%]", "train[70%:]", "test"] });
 */
async function load(options: LoadOptions<string>): Promise<Dataset>;
async function load<const Splits extends readonly string[]>(
  options: LoadOptions<Splits>,
): Promise<{ -readonly [Index in keyof Splits]: Dataset }>;
async function load(options: LoadOptions<string | readonly string[]>): Promise<Dataset | Dataset[]> {
  return loadFrom(options, OFFICIAL_URLS);
}

/** @internal `load` with other download addresses. */
export async function loadFrom(
  options: LoadOptions<string | readonly string[]>,
  urls: readonly string[],
): Promise<Dataset | Dataset[]> {
  const { split, source } = checkOptions(OWNER, options, { split: true, source: true });
  const request = requestSplits(OWNER, split, SIZES);
  const found = await walkSources(OWNER, sources(request.parts, urls), chosenSource(OWNER, source));
  return request.datasets(
    (name) => found.data[name] as Storage,
    () => describe(found.source),
  );
}

function sources(parts: readonly PartName[], urls: readonly string[]): Record<SourceName, Source<Parts>> {
  const cache = join(cacheFolder(), "fashion-mnist");
  noteInput(cache);
  return {
    folder() {
      const folder = dataFolder();
      if (folder) noteInput(join(folder, "fashion-mnist"));
      return folder ? readFolder(join(folder, "fashion-mnist"), parts) : new Absent("DNN_LAB_DATA is not set", false);
    },
    cache: () => (isComplete(cache, parts) ? readFolder(cache, parts) : new Absent(`${cache} lacks the files`, false)),
    download: async () => (await downloadMissing(cache, parts, urls)) ?? readFolder(cache, parts),
    generated: () => drawParts(parts),
  };
}

async function drawParts(parts: readonly PartName[]): Promise<Parts> {
  informOnce(STAND_IN_NOTICE);
  const drawn: Parts = {};
  for (const name of parts) {
    const options = { name, count: SIZES[name], side: SIDE, seed: STAND_IN_SEEDS[name] };
    drawn[name] = await standInPart(join(cacheFolder(), "fashion-mnist-stand-in"), options);
  }
  return drawn;
}

function describe(source: SourceName): Description {
  const generated = source === "generated";
  const notes = generated ? ["generated stand-in, not Fashion-MNIST"] : [];
  return { name: NAME, source, classNames: CLASS_NAMES, comparable: !generated, notes };
}

/**
 * The data set Fashion-MNIST; see its `load`.
 *
 * Slides' statements: data-fashion.
 * @example const [train, valid, test] = await fashionMnist.load({ split: ["train[:70%]", "train[70%:]", "test"] });
 */
export const fashionMnist = {
  /** Loads one split, or several at once: see {@link LoadOptions}. */
  load,
  /** Name of each class, by label (0 to 9). */
  classNames: CLASS_NAMES as readonly string[],
  /** What it is, and who made it. */
  info: {
    name: NAME,
    title: "Fashion-MNIST",
    homepage: HOMEPAGE,
    citation: "Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747",
    shape: [SIDE, SIDE] as readonly number[],
    splits: SIZES as Readonly<Record<string, number>>,
    classNames: CLASS_NAMES as readonly string[],
  },
} as const;
