/** The source files that a notebook's cells import, and all that those import in turn. */
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { findUpward } from "dnn-lab-core/files";
import { digestOf } from "../notebook/digest";
import { fileHash } from "./content";
import { codeCells, languageOf, type Notebook } from "../notebook/notebook-file";

export interface Sources {
  /** Absolute paths of files of the project, or of packages that are linked into it. */
  readonly files: readonly string[];
  /** Installed packages: `name@version`. */
  readonly packages: readonly string[];
  /** Why the sources cannot be known beforehand; such a notebook is always executed. */
  readonly unknown: readonly string[];
}

const extensions = [
  "",
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  ".json",
  "/index.ts",
  "/index.js",
  "/index.mjs",
];
/** Of a linked package, what its results do not depend on. */
const apart = new Set([
  "node_modules",
  ".git",
  ".venv",
  ".cache",
  "results",
  "references",
  "test",
  "docs",
  "notebooks",
]);

interface Found {
  readonly files: Set<string>;
  readonly packages: Set<string>;
  readonly unknown: Set<string>;
}

/** Follows the imports of a notebook in `folder`. */
export function sourcesOf(notebook: Notebook, folder: string): Sources {
  const found: Found = { files: new Set(), packages: new Set(), unknown: new Set() };
  const follow = languageOf(notebook) === "python" ? followPython : followScript;
  for (const { source, cell } of codeCells(notebook)) follow(source, folder, `code cell ${cell}`, found);
  const sorted = (values: Set<string>) => [...values].sort();
  return { files: sorted(found.files), packages: sorted(found.packages), unknown: sorted(found.unknown) };
}

function followScript(source: string, folder: string, where: string, found: Found): void {
  if (/^[ \t]*%%(?:sh|bash)\b/m.test(source)) found.unknown.add(`${where} runs a shell script`);
  const code = source.replace(/^[ \t]*%.*$/gm, "");
  const { importedFiles, referencedFiles } = ts.preProcessFile(code, true, true);
  for (const { fileName } of [...importedFiles, ...referencedFiles]) followName(fileName, folder, found);
}

function followName(name: string, folder: string, found: Found): void {
  if (name.startsWith("node:") || builtinModules.includes(name)) return;
  if (name.startsWith(".") || name.startsWith("/"))
    return followFile(name.startsWith("/") ? name : join(folder, name), found);
  const parts = name.split("/");
  const packageName = parts.slice(0, name.startsWith("@") ? 2 : 1).join("/");
  const home = packageFolder(packageName, folder);
  if (home === undefined) found.packages.add(`${packageName}@missing`);
  else if (home.split(sep).includes("node_modules"))
    found.packages.add(`${packageName}@${versionOf(home)} ${declarationsHash(home)}`);
  else for (const file of filesBelow(home)) found.files.add(file);
}

function packageFolder(name: string, folder: string): string | undefined {
  const modules = findUpward(folder, join("node_modules", name, "package.json"));
  return modules && realpathSync(join(modules, "node_modules", name));
}

const declarations = new Map<string, string>();
/** Declarations are read by the compiler alone, which no run shows. */
const MOST_DECLARATIONS = 3_000;

/** Hash of a package's declarations and its package.json. */
function declarationsHash(home: string): string {
  const before = declarations.get(home);
  if (before !== undefined) return before;
  const files = [join(home, "package.json")];
  const walkTypes = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (files.length >= MOST_DECLARATIONS) return;
      if (entry.isDirectory() && entry.name !== "node_modules") walkTypes(join(folder, entry.name));
      else if (/\.d\.[cm]?ts$/.test(entry.name)) files.push(join(folder, entry.name));
    }
  };
  walkTypes(home);
  const hash = digestOf(files.sort().map((file) => [relative(home, file), fileHash(file)])).slice(0, 12);
  declarations.set(home, hash);
  return hash;
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: string }).version ?? "unknown";
}

function followFile(path: string, found: Found): void {
  const stem = path.replace(/\.([cm]?)js(x?)$/, "");
  const candidates = [
    ...extensions.map((end) => path + end),
    ...[".ts", ".tsx", ".mts", ".cts"].map((end) => stem + end),
  ];
  const file = candidates.find((each) => existsSync(each) && statSync(each).isFile());
  if (file === undefined) return; // the run will say so
  if (found.files.has(file)) return;
  found.files.add(file);
  if (/\.json$|\.node$/.test(file)) return;
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  for (const { fileName } of importedFiles) followName(fileName, dirname(file), found);
}

/** The program of a linked package: what its `files` name, else all of it that is no test, document or result. */
function filesBelow(home: string): string[] {
  const { files } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { files?: string[] };
  const places = (files ?? ["."])
    .map((name) => join(home, name.replace(/\/?\*.*$/, "")))
    .filter((place) => existsSync(place));
  return [
    join(home, "package.json"),
    ...places.flatMap((place) => (statSync(place).isDirectory() ? walk(place, home) : [place])),
  ];
}

function walk(folder: string, home: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return apart.has(entry.name) && dirname(relative(home, path)) === "." ? [] : walk(path, home);
    return entry.isFile() && !/\.(map|d\.ts|pyc)$/.test(entry.name) ? [path] : [];
  });
}

/** Local modules of Python: `x.py` or `x/` beside the notebook. */
function followPython(source: string, folder: string, where: string, found: Found): void {
  if (/^[ \t]*(!|%%(bash|sh|script))/m.test(source)) found.unknown.add(`${where} runs a shell script`);
  const names = [
    ...source.matchAll(/^[ \t]*(?:from\s+(\.*[\w.]*)\s+import\s+([\w, ]+)|import\s+([\w., ]+))/gm),
  ].flatMap(([, from, parts, plain]) =>
    plain
      ? plain.split(",").map((each) => each.trim().split(" ")[0])
      : [from, ...parts.split(",").map((part) => `${from}.${part.trim().split(" ")[0]}`)],
  );
  for (const name of names) {
    const path = join(folder, ...name.replace(/^\.+/, "").split("."));
    for (const file of [`${path}.py`, join(path, "__init__.py")]) {
      if (!existsSync(file) || found.files.has(file)) continue;
      found.files.add(file);
      followPython(readFileSync(file, "utf8"), folder, file, found);
    }
  }
}
