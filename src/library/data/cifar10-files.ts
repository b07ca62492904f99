/** CIFAR-10 as published: files, checksum, address, and the reading of its two parts. */
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { existsSync, join, readFileSync, setImmediate } from "../platform";
import { ARCHIVE_NAME, readArchive } from "./cifar10-archive";
import { COPY_NAME, unpackCopy } from "./cifar10-copy";
import { originOf, type Cifar10Origin } from "./cifar10-origin";
import { decodeRecords, RECORDS_PER_FILE, type RecordFile } from "./cifar10-records";
import { download, DownloadError, type DownloadOptions } from "./download";
import { informOnce } from "./notice";
import { Absent } from "./source-chain";
import type { Storage } from "./storage";

export const HOMEPAGE = "https://www.cs.toronto.edu/~kriz/cifar.html";
export const OFFICIAL_URLS: readonly string[] = [`https://www.cs.toronto.edu/~kriz/${ARCHIVE_NAME}`];
export const ARCHIVE_MD5 = "c32a1d4ab5d03f1284b67883e8d87530";
/** Folder of the record files, in the archive and beside it. */
export const FOLDER = "cifar-10-batches-bin";

const BATCHES = {
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
  test: ["test_batch.bin"],
} as const;
/** All record files. */
export const BATCH_FILES: readonly string[] = [...BATCHES.train, ...BATCHES.test];
export type PartName = keyof typeof BATCHES;
export const SIZES = {
  train: BATCHES.train.length * RECORDS_PER_FILE,
  test: BATCHES.test.length * RECORDS_PER_FILE,
} as const;

export interface Part {
  readonly storage: Storage;
  readonly origin: Cifar10Origin | "generated";
}
export type Parts = Partial<Record<PartName, Part>>;

/**
 * The parts from `folder` or the folder `cifar-10` in it: from record files, else from the official archive, else from
 * the JPEG copy, which is unpacked into `cache`. `Absent` when none is there, or the copy cannot be unpacked.
 */
export async function readFolder(folder: string, parts: readonly PartName[], cache: string): Promise<Parts | Absent> {
  const places = [folder, join(folder, "cifar-10")];
  const records = places.map((place) => join(place, FOLDER)).find((place) => existsSync(place));
  if (records) return readRecords(records, parts);
  const archive = places.map((place) => join(place, ARCHIVE_NAME)).find((path) => existsSync(path));
  if (archive) return readOfficialArchive(archive, parts);
  const copy = places.map((place) => join(place, COPY_NAME)).find((path) => existsSync(path));
  if (!copy) return new Absent(`there is no CIFAR-10 (${ARCHIVE_NAME} or ${FOLDER}) in ${folder}`);
  const unpacked = await unpackCopy(copy, cache);
  return unpacked instanceof Absent ? unpacked : readRecords(join(unpacked, FOLDER), parts, "jpeg-copy");
}

/** The parts from the archive in the cache, else `Absent`. */
export async function readCache(cache: string, parts: readonly PartName[]): Promise<Parts | Absent> {
  const archive = join(cache, ARCHIVE_NAME);
  return existsSync(archive) ? readOfficialArchive(archive, parts) : new Absent(`${archive} is not there`, false);
}

/** @param origin what the files are known to be (default: told by their bytes) */
async function readRecords(folder: string, parts: readonly PartName[], origin?: Cifar10Origin): Promise<Parts> {
  const files = (part: PartName) => BATCHES[part].map((name) => presentRecords(join(folder, name)));
  return readParts(parts, files, origin);
}

function presentRecords(path: string): RecordFile {
  if (existsSync(path)) return { name: path, bytes: readFileSync(path) };
  throw new Error(`${path}: expected this file beside the others of CIFAR-10, found none. Get it from ${HOMEPAGE}.`);
}

async function readOfficialArchive(path: string, parts: readonly PartName[]): Promise<Parts> {
  const progress = startProgress({ title: "Unpacking CIFAR-10" });
  const content = await readArchive(path, ARCHIVE_MD5, (megabytes) => progress.update(megabytes));
  progress.finish();
  const files = (part: PartName) =>
    BATCHES[part].map((name) => {
      const bytes = content.get(`${FOLDER}/${name}`);
      if (!bytes) throw new Error(`${path}: expected ${FOLDER}/${name} in the archive, found none.`);
      return { name: `${path}/${name}`, bytes };
    });
  return readParts(parts, files, "official");
}

async function readParts(
  parts: readonly PartName[],
  files: (part: PartName) => readonly RecordFile[],
  known?: Cifar10Origin,
): Promise<Parts> {
  const read: Parts = {};
  for (const part of parts) {
    checkInterrupt("Loading CIFAR-10");
    const records = files(part);
    const storage = decodeRecords(records);
    read[part] = { storage, origin: known ?? originOf(part, records, storage) };
    await setImmediate();
  }
  return read;
}

/** Downloads the archive to the cache; `Absent` when the network does not give it. */
export async function downloadArchive(
  cache: string,
  urls: readonly string[] = OFFICIAL_URLS,
  options: Pick<DownloadOptions, "connectTimeoutMs" | "stallTimeoutMs"> & { md5?: string } = {},
): Promise<Absent | undefined> {
  const hosts = urls.map((url) => new URL(url).host).join(" or ");
  if (urls.length > 0) informOnce(`CIFAR-10 is not on this machine; asking ${hosts} for it (170 MB).`);
  try {
    await download({ urls, path: join(cache, ARCHIVE_NAME), md5: ARCHIVE_MD5, ...options });
    return undefined;
  } catch (error) {
    if (error instanceof DownloadError)
      return Absent.offline(`the download of ${ARCHIVE_NAME} failed`, urls, error.message);
    if (error instanceof Error && "syscall" in error) {
      return new Absent(`the download cannot be kept in ${cache}: ${error.message}`);
    }
    throw error;
  }
}
