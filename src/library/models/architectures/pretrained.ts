/** Published weights: from the user's folder, the cache, or the official place when their checksum is known. */
import { hashOf } from "dnn-lab-core/hash";
import { noteInput } from "dnn-lab-core/run-facts";
import { existsSync, join, readFileSync, resolve, statSync, process } from "../../platform";
import { download, DownloadError } from "../../data/download";
import { cacheFolder } from "dnn-lab-core/folders";
import { notifyOnce } from "../../data/notice";
import type { tf } from "../../engine/tf";
import { loadWeights } from "../weights/weights-file";

/** Where Keras publishes the weights of its applications. */
const OFFICIAL = "https://storage.googleapis.com/tensorflow/keras-applications";

export interface PublishedFile {
  readonly name: string;
  /** Folder at the official place. */
  readonly folder: string;
  /** MD5 when it is known; without it the file is taken from the user's folder only. */
  readonly md5: string | undefined;
}

/** Published weights that are not available on this machine. */
export class WeightsUnavailableError extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "WeightsUnavailableError";
}

/** Loads what the option `weights` names: nothing for null, a file by path, one of `files` for `"imagenet"`. */
export async function loadPretrained(
  owner: string,
  model: tf.LayersModel,
  weights: string | null,
  files: () => readonly PublishedFile[],
): Promise<void> {
  if (weights === null) return;
  await loadWeights(model, weights === "imagenet" ? await publishedPath(owner, files()) : weights);
}

/** The first file that is at hand, else the first that can be downloaded. */
async function publishedPath(owner: string, files: readonly PublishedFile[]): Promise<string> {
  const folder = modelsFolder();
  const cache = join(cacheFolder(), "models");
  for (const place of [folder, cache]) for (const { name } of files) if (place) noteInput(join(place, name));
  for (const file of files) {
    const path = [folder, cache]
      .map((place) => place && join(place, file.name))
      .find((path) => path && existsSync(path));
    if (path) return checkPublished(path, file);
  }
  const reasons: string[] = [];
  for (const file of files) {
    const problem = await downloadPublished(file, cache);
    if (!problem) return join(cache, file.name);
    reasons.push(problem);
  }
  throw new WeightsUnavailableError(
    `${owner}: the ImageNet weights are not at hand (${reasons.join("; ")}). Put ` +
      `${files.map(({ name }) => name).join(" or ")} into a folder and set DNN_LAB_MODELS to it, or pass weights: null for random ones.`,
  );
}

function modelsFolder(): string | undefined {
  const value = process.env.DNN_LAB_MODELS;
  if (!value) return undefined;
  const folder = resolve(value);
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw new Error(`The environment variable DNN_LAB_MODELS is set to ${folder}, which is no folder. Mend or unset it.`);
}

function checkPublished(path: string, { md5 }: PublishedFile): string {
  if (!md5) return path;
  const found = hashOf("md5", readFileSync(path));
  if (found === md5) return path;
  throw new Error(
    `${path}: expected the published weights with MD5 ${md5}, found MD5 ${found}. Replace the file, or pass its path as ` +
      "weights if it is meant to differ.",
  );
}

/** What went wrong, or undefined. */
async function downloadPublished({ name, folder, md5 }: PublishedFile, cache: string): Promise<string | undefined> {
  if (!md5) return `${name} is not in DNN_LAB_MODELS, and is not downloaded since no checksum of it is known`;
  notifyOnce(`${name} is not on this machine; asking ${new URL(OFFICIAL).host} for it.`);
  try {
    await download({ urls: [`${OFFICIAL}/${folder}/${name}`], path: join(cache, name), md5 });
    return undefined;
  } catch (error) {
    if (error instanceof DownloadError) return `the download failed: ${error.message}`;
    if (error instanceof Error && "syscall" in error) return `it cannot be kept in ${cache}: ${error.message}`;
    throw error;
  }
}
