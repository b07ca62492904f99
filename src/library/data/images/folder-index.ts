/** Which pictures a folder holds, of which class, in Keras' order. */
import { list } from "dnn-lab-core/check";
import { existsSync, extname, join, readdirSync, statSync } from "../../platform";

export interface PictureFile {
  readonly path: string;
  /** Number of its class. */
  readonly label: number;
}

export interface FolderIndex {
  readonly classNames: readonly string[];
  /** Class after class, each in the order of the names. */
  readonly files: readonly PictureFile[];
}

/** Those of Keras, and WebP. */
const FORMATS = new Set([".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"]);

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Each folder in `directory` is a class; pictures in folders within them belong to it. Hidden ones are passed over. */
export function indexFolder(owner: string, directory: string, wanted?: readonly string[]): FolderIndex {
  if (typeof directory !== "string" || !existsSync(directory)) {
    throw new Error(`${owner}: there is no folder '${String(directory)}'.`);
  }
  if (!statSync(directory).isDirectory())
    throw new Error(`${owner}: '${directory}' is a file, and no folder of folders.`);
  const found = readdirSync(directory)
    .filter((name) => !name.startsWith(".") && statSync(join(directory, name)).isDirectory())
    .sort(byCode);
  const missing = wanted?.find((name) => !found.includes(name));
  if (missing !== undefined) {
    throw new Error(`${owner}: '${directory}' has no folder '${missing}'; it has ${list(found)}.`);
  }
  const classNames = wanted ?? found;
  if (classNames.length === 0) {
    throw new Error(
      `${owner}: '${directory}' has no folders in it. Put the pictures of each class into a folder of its name.`,
    );
  }
  const files = classNames.flatMap((name, label) => picturesIn(join(directory, name)).map((path) => ({ path, label })));
  if (files.length > 0) return { classNames, files };
  throw new Error(`${owner}: '${directory}' holds no pictures (${list([...FORMATS])}) in ${list([...classNames])}.`);
}

/** A folder's own pictures, then those of the folders within, by path. */
function picturesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = entries.filter((entry) => entry.isFile() && FORMATS.has(extname(entry.name).toLowerCase()));
  const within = entries.filter((entry) => entry.isDirectory());
  const paths = (of: typeof entries) =>
    of
      .map(({ name }) => name)
      .sort(byCode)
      .map((name) => join(folder, name));
  return [...paths(own), ...paths(within).flatMap(picturesIn)];
}
