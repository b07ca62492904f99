/** What of this installation a submission's kernel must see: packages, and the Python environment with TensorFlow's library. */
import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { findUpward, packageFolder } from "dnn-lab-core/files";
import { EXTRAS_FOLDER } from "dnn-lab-core/optional-package";

/** The folder of packages in which notebooks find `dnn-lab`: of a clone its own, else the one that the grader is installed in. */
export function packagesFolder(): string {
  const own = packageFolder(__dirname);
  const root = findUpward(own, join("node_modules", "dnn-lab-core"));
  if (root !== undefined) return join(root, "node_modules");
  throw new Error(
    `dnn-lab-core was not found in a node_modules folder at or above ${own}: install dnn-lab-grader again.`,
  );
}

/** The project's virtual environment; undefined when there is none. */
export function environmentFolder(): string | undefined {
  const root = findUpward(packagesFolder(), ".venv");
  return root && join(root, ".venv");
}

/** What ships of a linked package: nothing that holds solutions, results or other people's work. */
const shipped = ["dist", "package.json"];

/** In a clone our packages are links into `src/`: the part of them that a kernel needs. */
function linkedPackages(modules: string): string[] {
  const links = readdirSync(modules).filter((name) => lstatSync(join(modules, name)).isSymbolicLink());
  return links.flatMap((name) => shipped.map((part) => join(realpathSync(join(modules, name)), part)));
}

/** Folders and files that are mounted, read-only, where they are. */
export function installedFolders(): string[] {
  const modules = packagesFolder();
  const environment = environmentFolder();
  const extras = findUpward(modules, EXTRAS_FOLDER);
  const added = [environment, extras && join(extras, EXTRAS_FOLDER)].flatMap((path) => path ?? []);
  return [modules, ...linkedPackages(modules), ...added].filter((path) => existsSync(path));
}
