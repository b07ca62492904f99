/** Which notebooks are meant by paths. */
import { readdirSync, statSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { saysThatItIsNotebook } from "./text-notebook";

/** Folders that hold no sources of people: packages, and what is hidden. */
const foreign = /^(node_modules|__pycache__|\..*)$/;
/** Folders of what programs write; they are named when there are notebooks in them. */
const written = /^(references|results|dist|build)$/;

/** A folder that was not searched although there are notebooks in it. */
export interface PassedOver {
  readonly path: string;
  readonly why: string;
}

/**
 * The notebooks among and below `paths`, sorted within each folder; text files where jupytext's header says so, or by name.
 *
 * @param onPassedOver told of folders that have notebooks in them and are not searched: name them to have them searched.
 * @throws TypeError when a path is not there.
 */
export function findNotebooks(
  paths: readonly string[],
  onPassedOver: (passed: PassedOver) => void = () => undefined,
): string[] {
  const found = paths.flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (!kind) throw new TypeError(`there is no notebook or folder ${path}`);
    return kind.isDirectory() ? below(path, onPassedOver) : [path];
  });
  return [...new Set(found)];
}

function below(folder: string, onPassedOver: (passed: PassedOver) => void): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = folder === "." ? entry.name : join(folder, entry.name);
    if (foreign.test(entry.name)) return [];
    if (entry.isDirectory() && !written.test(entry.name)) return below(path, onPassedOver);
    if (isNotebook(entry) || (entry.isFile() && saysThatItIsNotebook(path))) return [path];
    const why = passedOver(entry, path);
    if (why !== undefined && hasNotebook(path)) onPassedOver({ path, why });
    return [];
  });
}

const isNotebook = ({ name }: Dirent): boolean => name.endsWith(".ipynb") && !/\.(failed|prepared)\.ipynb$/.test(name);

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Why a folder is not searched; undefined for what is no folder. */
function passedOver(entry: Dirent, path: string): string | undefined {
  if (entry.isDirectory()) return "a folder of what programs write";
  const linked = entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return linked ? "a symbolic link to a folder" : undefined;
}

/** So many folders deep it is looked whether there are notebooks in what is passed over. */
const DEEPEST = 4;

function hasNotebook(folder: string, depth = 0): boolean {
  try {
    return entriesOf(folder).some(
      (entry) =>
        isNotebook(entry) ||
        (depth < DEEPEST &&
          entry.isDirectory() &&
          !foreign.test(entry.name) &&
          hasNotebook(join(folder, entry.name), depth + 1)),
    );
  } catch {
    return false; // a folder that cannot be read is passed over for that
  }
}
