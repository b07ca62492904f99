/** The source files that a notebook's cells import, and all that those import in turn. */
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { findUpward } from "dnn-lab-core/files";
import { codeCells, languageOf, type Notebook } from "../notebook-file";

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
  if (/^\s*%%sh\b/m.test(source)) found.unknown.add(`${where} runs a shell script`);
  const code = source.replace(/^[ \t]*%.*$/gm, "");
  const { importedFiles, referencedFiles } = ts.preProcessFile(code, true, true);
  for (const { fileName } of [...importedFiles, ...referencedFiles]) followName(fileName, folder, where, found);
  if (importsAtRunTime(code)) found.unknown.add(`${where} imports a name that is known only when it runs`);
}

/** `import(x)`, `require(x)` with anything but a text. */
function importsAtRunTime(code: string): boolean {
  if (!/\b(import|require)\s*\(/.test(code)) return false;
  let open = false;
  const visit = (node: ts.Node): void => {
    const called =
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === "require"));
    if (called && node.arguments[0] && !ts.isStringLiteralLike(node.arguments[0])) open = true;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest));
  return open;
}

function followName(name: string, folder: string, where: string, found: Found): void {
  if (name.startsWith("node:") || builtinModules.includes(name)) return;
  if (name.startsWith(".") || name.startsWith("/"))
    return followFile(name.startsWith("/") ? name : join(folder, name), where, found);
  const parts = name.split("/");
  const packageName = parts.slice(0, name.startsWith("@") ? 2 : 1).join("/");
  const home = packageFolder(packageName, folder);
  if (home === undefined) found.packages.add(`${packageName}@missing`);
  else if (home.split(sep).includes("node_modules")) found.packages.add(`${packageName}@${versionOf(home)}`);
  else for (const file of filesBelow(home)) found.files.add(file);
}

function packageFolder(name: string, folder: string): string | undefined {
  const modules = findUpward(folder, join("node_modules", name, "package.json"));
  return modules && realpathSync(join(modules, "node_modules", name));
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: string }).version ?? "unknown";
}

function followFile(path: string, where: string, found: Found): void {
  const stem = path.replace(/\.([cm]?)js(x?)$/, "");
  const candidates = [
    ...extensions.map((end) => path + end),
    ...[".ts", ".tsx", ".mts", ".cts"].map((end) => stem + end),
  ];
  const file = candidates.find((each) => existsSync(each) && statSync(each).isFile());
  if (file === undefined) {
    found.unknown.add(`${where} imports ${path}, which is not there`);
    return;
  }
  if (found.files.has(file)) return;
  found.files.add(file);
  if (/\.json$|\.node$/.test(file)) return;
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  for (const { fileName } of importedFiles) followName(fileName, dirname(file), file, found);
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
  if (/^\s*(!|%%(bash|sh|script))/m.test(source)) found.unknown.add(`${where} runs a shell script`);
  if (/\b(importlib|__import__)\b|^\s*%run\b/m.test(source))
    found.unknown.add(`${where} imports a name that is known only when it runs`);
  const names = [...source.matchAll(/^\s*(?:from\s+(\.*[\w.]*)\s+import\s+([\w, ]+)|import\s+([\w., ]+))/gm)].flatMap(
    ([, from, parts, plain]) =>
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
