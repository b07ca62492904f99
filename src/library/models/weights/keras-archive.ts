/** Keras 3's `.keras` files: a zip archive of the model's configuration and its weights. */
import { existsSync, join, mkdtempSync, rmSync, tmpdir, writeFileSync } from "../../platform";
import { parseConfig, type SavedConfig } from "./keras-config";

interface ZipFile {
  getEntry(name: string): { getData(): Buffer } | null;
}

const WEIGHTS = "model.weights.h5";
const CONFIG = "config.json";
const METADATA = "metadata.json";

/** Calls `body` with the path of the weights inside, as a `.weights.h5` file that is there until it returns. */
export async function withArchivedWeights<T>(path: string, body: (weights: string) => Promise<T>): Promise<T> {
  const content = await entryOf(path, WEIGHTS);
  if (!content) throw new Error(`'${path}' holds no ${WEIGHTS}, so it is no model that Keras 3 has saved.`);
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-keras-"));
  try {
    const weights = join(folder, WEIGHTS);
    writeFileSync(weights, content);
    return await body(weights);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The configuration inside; undefined when there is none. */
export async function archivedConfig(path: string): Promise<SavedConfig | undefined> {
  const config = await entryOf(path, CONFIG);
  const metadata = JSON.parse((await entryOf(path, METADATA))?.toString() ?? "{}") as { keras_version?: string };
  return config && parseConfig(config.toString(), metadata.keras_version ?? "");
}

async function entryOf(path: string, name: string): Promise<Buffer | undefined> {
  if (!existsSync(path)) throw new Error(`There is no file '${path}'.`);
  // The package comes without types.
  const { default: Zip } = (await import("adm-zip" as string)) as { default: new (path: string) => ZipFile };
  try {
    return new Zip(path).getEntry(name)?.getData();
  } catch (error) {
    throw new Error(`'${path}' cannot be read as a .keras file: ${(error as Error).message}.`, { cause: error });
  }
}
