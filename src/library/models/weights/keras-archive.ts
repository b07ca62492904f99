/** Keras 3's `.keras` files: a zip archive of the model's configuration and its weights. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface ZipFile {
  getEntry(name: string): { getData(): Buffer } | null;
}

const WEIGHTS = "model.weights.h5";

/** Calls `body` with the path of the weights inside, as a `.weights.h5` file that is there until it returns. */
export async function withArchivedWeights<T>(path: string, body: (weights: string) => Promise<T>): Promise<T> {
  const content = await weightsIn(path);
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-keras-"));
  try {
    const weights = join(folder, WEIGHTS);
    writeFileSync(weights, content);
    return await body(weights);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function weightsIn(path: string): Promise<Buffer> {
  if (!existsSync(path)) throw new Error(`There is no file '${path}'.`);
  // The package comes without types.
  const { default: Zip } = (await import("adm-zip" as string)) as { default: new (path: string) => ZipFile };
  try {
    const entry = new Zip(path).getEntry(WEIGHTS);
    if (entry) return entry.getData();
  } catch (error) {
    throw new Error(`'${path}' cannot be read as a .keras file: ${(error as Error).message}.`, { cause: error });
  }
  throw new Error(`'${path}' holds no ${WEIGHTS}, so it is no model that Keras 3 has saved.`);
}
