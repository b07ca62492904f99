/**
 * Packages that are used where they are there, and not installed with ours: each is looked for beside our packages, then in the
 * project of the working folder, each time also in the folder `.dnn-lab` that `npx dnn-lab setup` fills.
 */
import { join } from "node:path";
import { findUpward } from "./files";

/** The folder in a project for what `npx dnn-lab setup` adds. */
export const EXTRAS_FOLDER = ".dnn-lab";

function places(): string[] {
  return [__dirname, process.cwd()].flatMap((start) => {
    const root = findUpward(start, EXTRAS_FOLDER);
    return root === undefined ? [start] : [start, join(root, EXTRAS_FOLDER)];
  });
}

/** Path of a module (`puppeteer-core`, `x/package.json`) of an optional package; undefined when it is not installed. */
export function findOptional(name: string): string | undefined {
  try {
    return require.resolve(name, { paths: places() });
  } catch {
    return undefined;
  }
}

/** Folder of an optional package, also of one that only ES modules may import; undefined when it is not installed. */
export function findOptionalFolder(name: string): string | undefined {
  const roots = places().map((start) => findUpward(start, join("node_modules", name)));
  const root = roots.find((each) => each !== undefined);
  return root && join(root, "node_modules", name);
}

/**
 * Loads an optional package.
 * @param purpose begins the message: "dataFrame"
 * @param part of `npx dnn-lab setup` that adds the package
 * @throws Error that names the package and the one command that adds it
 */
export function requireOptional<T>(name: string, purpose: string, part: string): T {
  return require(requiredPath(name, purpose, part)) as T;
}

/** The path of an optional package's module; throws as {@link requireOptional} does. */
export function requiredPath(name: string, purpose: string, part: string): string {
  const path = findOptional(name);
  if (path !== undefined) return path;
  throw new Error(
    `${purpose} needs the npm package ${name}, which is not installed. Add it: npx dnn-lab setup ${part}`,
  );
}
