/** Keras 3's `.keras` files: a zip archive of the model's configuration and its weights. */
import { writeFileAtomic } from "dnn-lab-core/files";
import { existsSync, join, mkdtempSync, readFileSync, rmSync, statSync, tmpdir, writeFileSync } from "../../platform";
import { parseConfig, type SavedConfig } from "./keras-config";

interface ZipEntry {
  readonly header: { readonly size: number; readonly compressedSize: number; method: number };
  getData(): Buffer;
}
interface ZipFile {
  getEntry(name: string): ZipEntry | null;
  getEntries(): readonly unknown[];
  addFile(name: string, content: Buffer): ZipEntry;
  toBuffer(): Buffer;
}

/** Names within the archive; the last is this library's own, which Keras passes over. */
export const KERAS_FILES = {
  weights: "model.weights.h5",
  config: "config.json",
  metadata: "metadata.json",
  own: "dnn_lab.json",
} as const;

/** Weights hardly shrink: what grows more than this, beyond a size that no machine minds, is made to fill the memory. */
const MOST_EXPANSION = 200;
const ALWAYS_FINE = 64 * 2 ** 20;
/** JSON of a model: the largest of Keras' applications takes half a megabyte. */
const MOST_JSON = 32 * 2 ** 20;
/** Models within models, and lists within their settings. */
const MOST_DEPTH = 200;
/** A model's file holds a handful of entries. */
const MOST_ENTRIES = 10_000;

/** Calls `body` with the path of the weights inside, as a `.weights.h5` file that is there until it returns. */
export async function withArchivedWeights<T>(path: string, body: (weights: string) => Promise<T>): Promise<T> {
  const content = await entryOf(path, KERAS_FILES.weights);
  if (!content) throw new Error(`'${path}' holds no ${KERAS_FILES.weights}, so it is no model that Keras 3 has saved.`);
  return inFolder(async (weights) => {
    writeFileSync(weights, content);
    return body(weights);
  });
}

/** Calls `body` with a path for a weights file in a folder that goes afterwards. */
async function inFolder<T>(body: (weights: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-keras-"));
  try {
    return await body(join(folder, KERAS_FILES.weights));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The configuration inside; undefined when there is none. */
export async function archivedConfig(path: string): Promise<SavedConfig | undefined> {
  const config = await archivedJson(path, "config");
  const metadata = (await archivedJson(path, "metadata")) as { keras_version?: string } | undefined;
  return config === undefined ? undefined : parseConfig(JSON.stringify(config), metadata?.keras_version ?? "");
}

/** One of the archive's JSON files; undefined when it has none. Throws when it is damaged. */
export async function archivedJson(path: string, name: "config" | "metadata" | "own"): Promise<unknown> {
  const size = await archivedSize(path, name);
  if (size > MOST_JSON)
    throw new Error(`'${path}' is refused: its ${KERAS_FILES[name]} has ${size} bytes; no model's has.`);
  const text = (await entryOf(path, KERAS_FILES[name]))?.toString();
  if (text === undefined) return undefined;
  if (depthOf(text) > MOST_DEPTH) {
    throw new Error(
      `'${path}' is refused: its ${KERAS_FILES[name]} is nested more than ${MOST_DEPTH} deep; no model's is.`,
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`'${path}' is damaged: its ${KERAS_FILES[name]} is no JSON.`, { cause: error });
  }
}

/** How deep brackets stand within brackets; those in texts are few. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text[i];
    if (code === "{" || code === "[") most = Math.max(most, ++depth);
    else if (code === "}" || code === "]") depth--;
  }
  return most;
}

/** Bytes of one of the archive's files, as it says; 0 when it has none. */
export async function archivedSize(path: string, name: keyof typeof KERAS_FILES): Promise<number> {
  return (await foundEntry(path, KERAS_FILES[name]))?.header.size ?? 0;
}

/** Writes an archive of JSON texts in one piece; `writeWeights` gets a path at which to put the weights. */
export async function writeArchive(
  path: string,
  texts: Readonly<Partial<Record<"config" | "metadata" | "own", string>>>,
  writeWeights: (path: string) => Promise<void>,
): Promise<void> {
  const zip = await newZip();
  for (const [name, text] of Object.entries(texts)) zip.addFile(KERAS_FILES[name as "own"], Buffer.from(text));
  await inFolder(async (weights) => {
    await writeWeights(weights);
    // As Keras does: weights are not worth the time to compress them.
    zip.addFile(KERAS_FILES.weights, readFileSync(weights)).header.method = 0;
  });
  writeFileAtomic(path, zip.toBuffer());
}

async function newZip(path?: string): Promise<ZipFile> {
  // The package comes without types.
  const { default: Zip } = (await import("adm-zip" as string)) as { default: new (path?: string) => ZipFile };
  return new Zip(path);
}

async function entryOf(path: string, name: string): Promise<Buffer | undefined> {
  return reading(path, async () => (await foundEntry(path, name))?.getData());
}

/** One of the archive's files, not unpacked yet. Throws for what is made to fill the memory. */
async function foundEntry(path: string, name: string): Promise<ZipEntry | undefined> {
  if (!existsSync(path)) throw new Error(`There is no file '${path}'.`);
  if (statSync(path).isDirectory()) throw new Error(`'${path}' is a folder; a .keras file is expected.`);
  return reading(path, async () => {
    const zip = await newZip(path);
    const count = zip.getEntries().length;
    if (count > MOST_ENTRIES) throw new Error(`it has ${count} entries, a model has a handful`);
    const entry = zip.getEntry(name);
    if (!entry) return undefined;
    const { size, compressedSize } = entry.header;
    if (size > ALWAYS_FINE && size > MOST_EXPANSION * compressedSize) {
      throw new Error(`${name} would grow from ${compressedSize} to ${size} bytes; no model does`);
    }
    return entry;
  });
}

/** What is wrong inside is told once, with the path. */
class UnreadableArchive extends Error {}

async function reading<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof UnreadableArchive || !existsSync(path) || statSync(path).isDirectory()) throw error;
    throw new UnreadableArchive(`'${path}' cannot be read as a .keras file: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
