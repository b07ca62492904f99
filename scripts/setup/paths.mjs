/** Where things lie. Everything that the set-up makes is inside the project folder. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const windows = process.platform === "win32";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cacheFolder = join(root, ".cache");
export const setupFolder = join(cacheFolder, "setup");
export const modulesFolder = join(root, "node_modules");
export const venvFolder = join(root, ".venv");
export const venvPython = windows ? join(venvFolder, "Scripts", "python.exe") : join(venvFolder, "bin", "python");
export const distFolder = join(root, "dist");
export const packagesFolder = join(root, "src");
/** The packages of this repository, by folder, in the order in which they use each other. */
export const packageFolders = ["core", "kernel", "notebooks", "library", "grader"];

/** Where what is compiled from a source, or copied beside it, goes: a package's own `dist/`, else the project's. */
export function outputOf(source) {
  const [top, name, ...rest] = relative(root, source).split(sep);
  return top === "src" ? join(packagesFolder, name, "dist", ...rest) : join(distFolder, top, name, ...rest);
}
export const bindingPackage = join(modulesFolder, "@tensorflow", "tfjs-node-gpu");
export const kernelsFolder = join(venvFolder, "share", "jupyter", "kernels");

/** The site-packages folder of the virtual environment; undefined when there is none. */
export function sitePackages() {
  if (windows) return existsSync(venvFolder) ? join(venvFolder, "Lib", "site-packages") : undefined;
  const lib = join(venvFolder, "lib");
  const python = existsSync(lib) && readdirSync(lib).find((name) => /^python3\.\d+t?$/.test(name));
  return python ? join(lib, python, "site-packages") : undefined;
}

/** Version of a package that pip installed, read from its metadata folder; undefined when it is not there. */
export function pythonPackageVersion(name) {
  const folder = sitePackages();
  if (!folder || !existsSync(folder)) return undefined;
  const start = `${name.replaceAll("-", "_").toLowerCase()}-`;
  const info = readdirSync(folder).find(
    (entry) => entry.toLowerCase().startsWith(start) && entry.endsWith(".dist-info"),
  );
  return info?.slice(start.length, -".dist-info".length);
}

/** Version of an installed npm package; undefined when it is not there. */
export function nodePackageVersion(name) {
  const file = join(modulesFolder, name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}
