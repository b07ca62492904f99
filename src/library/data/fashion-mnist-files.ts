/** Fashion-MNIST as published: files, checksums, addresses, and the reading of its two parts. */
import { join } from "../platform";
import { Absent } from "./source-chain";
import { download, DownloadError, type DownloadOptions } from "./download";
import type { IdxArray } from "./idx";
import { informOnce } from "./notice";
import { findOfficial, readOfficial, type OfficialFile } from "./official-files";
import type { Storage } from "./storage";

export const HOMEPAGE = "https://github.com/zalandoresearch/fashion-mnist";
export const SIDE = 28;
export const SIZES = { train: 60_000, test: 10_000 } as const;
export type PartName = keyof typeof SIZES;
export type Parts = Partial<Record<PartName, Storage>>;

/** The official place and its mirror. */
export const OFFICIAL_URLS: readonly string[] = [
  `${HOMEPAGE}/raw/master/data/fashion/`,
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
];

function images(name: string, count: number, md5: string, contentMd5: string): OfficialFile {
  return { name, md5, contentMd5, content: { what: "images", dimensions: 3, shape: [count, SIDE, SIDE] } };
}

function labels(name: string, count: number, md5: string, contentMd5: string): OfficialFile {
  return { name, md5, contentMd5, content: { what: "labels", dimensions: 1, shape: [count] } };
}

export const FILES: Readonly<Record<PartName, { readonly images: OfficialFile; readonly labels: OfficialFile }>> = {
  train: {
    images: images(
      "train-images-idx3-ubyte",
      SIZES.train,
      "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
      "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    ),
    labels: labels(
      "train-labels-idx1-ubyte",
      SIZES.train,
      "25c81989df183df01b3e8a0aad5dffbe",
      "9018921c3c673c538a1fc5bad174d6f9",
    ),
  },
  test: {
    images: images(
      "t10k-images-idx3-ubyte",
      SIZES.test,
      "bef4ecab320f06d8554ea6380940ec79",
      "8181f5470baa50b63fa0f6fddb340f0a",
    ),
    labels: labels(
      "t10k-labels-idx1-ubyte",
      SIZES.test,
      "bb300cfdad3c16e7a12a480ee83cd310",
      "15d484375f8d13e6eb1aabb0c3f46965",
    ),
  },
};

const ALL_FILES = Object.values(FILES).flatMap((part) => [part.images, part.labels]);

/** Whether `folder` has every file of the parts. */
export function isComplete(folder: string, parts: readonly PartName[]): boolean {
  return parts.every((part) => Object.values(FILES[part]).every((file) => findOfficial(folder, file)));
}

/**
 * The parts from the files in `folder`, or `Absent` when it holds none of them. A folder that holds some files but not
 * all that are needed is an error: half a data set is a mistake and must not be taken for no data set.
 */
export function readFolder(folder: string, parts: readonly PartName[]): Parts | Absent {
  if (!ALL_FILES.some((file) => findOfficial(folder, file))) {
    return new Absent(`there are no Fashion-MNIST files (${ALL_FILES[0].name}.gz, …) in ${folder}`);
  }
  return Object.fromEntries(parts.map((part) => [part, readPart(folder, part)]));
}

function readPart(folder: string, part: PartName): Storage {
  const read = (file: OfficialFile) => readOfficial(present(folder, file), file, HOMEPAGE);
  // The small file first: a fault in it is found before a second is spent on the large one.
  const labels = read(FILES[part].labels);
  return toStorage(read(FILES[part].images), labels);
}

function present(folder: string, file: OfficialFile): string {
  const path = findOfficial(folder, file);
  if (path) return path;
  throw new Error(
    `${join(folder, `${file.name}.gz`)}: expected this file beside the other Fashion-MNIST files, found none. ` +
      `Get it from ${HOMEPAGE}.`,
  );
}

function toStorage(images: IdxArray, labels: IdxArray): Storage {
  return {
    rows: labels.shape[0],
    features: { values: images.values, shape: images.shape.slice(1) },
    labels: { values: labels.values, shape: [] },
  };
}

/** Downloads to `folder` what is needed and not there yet; `Absent` when the network does not give it. */
export async function downloadMissing(
  folder: string,
  parts: readonly PartName[],
  urls: readonly string[] = OFFICIAL_URLS,
  timeouts: Pick<DownloadOptions, "connectTimeoutMs" | "stallTimeoutMs"> = {},
): Promise<Absent | undefined> {
  const files = parts.flatMap((part) => [FILES[part].labels, FILES[part].images]);
  for (const file of files.filter((file) => !findOfficial(folder, file))) {
    const name = `${file.name}.gz`;
    informOnce(`Fashion-MNIST is not on this machine; asking ${hosts(urls)} for it.`);
    try {
      await download({ urls: urls.map((url) => url + name), path: join(folder, name), md5: file.md5, ...timeouts });
    } catch (error) {
      if (error instanceof DownloadError) return Absent.offline(`the download of ${name} failed`, urls, error.message);
      if (isFileSystemError(error)) return new Absent(`the download cannot be kept in ${folder}: ${error.message}`);
      throw error;
    }
  }
  return undefined;
}

function hosts(urls: readonly string[]): string {
  return urls.map((url) => new URL(url).host).join(" or ");
}

function isFileSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
