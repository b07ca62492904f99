/** The structure of `src`: packages and their folders stand in an order; each imports only those before it, nothing goes in circles. */
import { readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize, sep } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const source = join(__dirname, "..", "..", "src");

/** Package → packages that it may use, by the folders of `src`. */
const packages: Readonly<Record<string, readonly string[]>> = {
  core: [],
  kernel: ["core"],
  notebooks: ["core"],
  library: ["core"],
  grader: ["core", "notebooks"],
};
const npmNames: Readonly<Record<string, string>> = {
  "dnn-lab-core": "core",
  "dnn-lab-kernel": "kernel",
  "dnn-lab-notebooks": "notebooks",
  "dnn-lab": "library",
  "dnn-lab-grader": "grader",
};

/** Folders of a package in the order in which data flow; files beside the folders and folders not named here may use all of them. */
const flow: Readonly<Record<string, readonly string[]>> = {
  library: ["platform", "engine", "data", "models", "techniques", "training", "reports", "cli"],
  grader: [
    ...[
      "assignment",
      "archive",
      "sandbox",
      "grading",
      "feedback",
      "authoring",
      "queue",
      "marking",
      "similarity",
      "student",
      "cli",
    ],
  ],
  notebooks: ["python", "notebook", "check", "inputs", "run", "results", "report", "batch", "cli"],
  kernel: ["language", "protocol", "runtime", "cli"],
};

interface Import {
  readonly name: string;
  readonly typeOnly: boolean;
}

/** What a file names in imports and exports, type imports, `import()` and `require()`, in code as well as in types. */
function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const place = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    const reference = ts.isExternalModuleReference(node) ? node.expression : undefined;
    const type = ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    const call =
      ts.isCallExpression(node) && /^(import|require|require\.resolve)$/.test(node.expression.getText())
        ? node.arguments[0]
        : undefined;
    for (const name of [place, reference, type, call])
      if (name && ts.isStringLiteralLike(name))
        found.push({ name: name.text, typeOnly: name === type || isType(node) });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true));
  return found;
}

function isType(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return ts.isExportDeclaration(node) && node.isTypeOnly;
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter(
    (name) => /\.[cm]?[tj]s$/.test(name) && !name.split(sep).some((part) => part === "dist" || part === "node_modules"),
  )
  .sort();
const textOf = (file: string): string => readFileSync(join(source, file), "utf8");
const known = new Set(files);

/** The file that a relative import names. */
function targetOf(file: string, name: string): string {
  const path = normalize(join(dirname(file), name));
  const candidates = [path, `${path}.ts`, join(path, "index.ts"), path.replace(/\.js$/, ".ts")];
  return candidates.find((each) => known.has(each)) ?? path;
}

/** `dnn-lab-core/check` → `core`; undefined for packages of others. */
function ownPackage(name: string): string | undefined {
  return npmNames[name.split("/")[0]];
}

/** What is wrong with the imports of a file (path relative to `src`). */
function violations(file: string, text: string): string[] {
  const [own, folder] = file.split(sep);
  return importsOf(text).flatMap(({ name }) => {
    if (!name.startsWith(".")) return packageViolation(own, name).map((why) => `${file}: ${why}`);
    const target = targetOf(file, name);
    const [targetPackage, targetFolder] = target.split(sep);
    if (targetPackage !== own) return [`${file} leaves its package by ${name}`];
    const order = flow[own];
    const [from, to] = [order?.indexOf(folder) ?? -1, order?.indexOf(targetFolder) ?? -1];
    return from >= 0 && to > from ? [`${file} imports from ${targetFolder}`] : [];
  });
}

function packageViolation(own: string, name: string): string[] {
  const target = ownPackage(name);
  if (target === undefined || name.endsWith("/package.json")) return [];
  if (!packages[own].includes(target)) return [`uses ${name}, which ${own} may not`];
  return name.includes("/internal/") ? [`passes by the door of ${target}: ${name}`] : [];
}

/** Groups of files that import each other in a circle. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

const graphOf = (texts: readonly (readonly [string, string])[]): Map<string, string[]> =>
  new Map(
    texts.map(([file, text]) => [
      file,
      importsOf(text)
        .filter(({ name }) => name.startsWith("."))
        .map(({ name }) => targetOf(file, name)),
    ]),
  );

describe("the packages", () => {
  it("are those of the list", () => {
    const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(packages).sort());
    expect(files.length).toBeGreaterThan(400);
  });

  it("import only packages before them, through their doors, and folders before theirs", () => {
    expect(files.flatMap((file) => violations(file, textOf(file)))).toEqual([]);
  });

  it("have no file that imports itself by way of others, types included", () => {
    expect(circles(graphOf(files.map((file) => [file, textOf(file)])))).toEqual([]);
  });

  it.each(Object.keys(packages))("%s names in its package.json what it imports", (name) => {
    const manifest = JSON.parse(readFileSync(join(source, name, "package.json"), "utf8")) as Record<
      "dependencies" | "peerDependencies",
      Record<string, string> | undefined
    >;
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    const used = files
      .filter((file) => file.startsWith(name + sep))
      .flatMap((file) => importsOf(textOf(file)).map((each) => ({ ...each, file })))
      .filter(({ name: used, typeOnly }) => !used.startsWith(".") && !used.startsWith("node:") && !typeOnly)
      .map(({ name: used, file }) => ({
        file,
        used: used
          .split("/")
          .slice(0, used.startsWith("@") ? 2 : 1)
          .join("/"),
      }))
      .filter(({ used }) => !builtinModules.includes(used) && used !== "internal");
    expect(used.filter(({ used }) => !(used in declared))).toEqual([]);
  });
});

describe("this check", () => {
  const at = (...parts: string[]): string => join(...parts);

  it.each([
    ["an import", `import { fit } from "../training/fit/fit";`],
    ["a type import", `import type { History } from "../training/history";`],
    ["an export", `export * from "../training/fit/fit";`],
    ["a dynamic import", `const x = await import("../training/fit/fit");`],
    ["a require", `const x = require("../training/fit/fit");`],
    ["a type in passing", `let x: import("../training/history").History;`],
    ["an import assignment", `import x = require("../training/fit/fit");`],
  ])("refuses %s from a later folder", (_, text) => {
    expect(violations(at("library", "techniques", "a.ts"), text)).toEqual([
      `${at("library", "techniques", "a.ts")} imports from training`,
    ]);
    expect(violations(at("library", "reports", "a.ts"), text)).toEqual([]);
  });

  it("refuses packages that come later, ways around a door, and paths out of the package", () => {
    expect(violations(at("kernel", "a.ts"), `import "dnn-lab-core/check"; import "node:fs"; import "zeromq";`)).toEqual(
      [],
    );
    expect(violations(at("kernel", "a.ts"), `import "dnn-lab";`)).toHaveLength(1);
    expect(violations(at("core", "a.ts"), `import "dnn-lab-notebooks";`)).toHaveLength(1);
    expect(violations(at("grader", "a.ts"), `import "dnn-lab-notebooks/internal/batch/run-batch";`)).toHaveLength(1);
    expect(violations(at("grader", "queue", "a.ts"), `import "../../library/index";`)).toHaveLength(1);
  });

  it("finds a circle", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(circles(graph)).toEqual([["b", "c"]]);
    expect(
      circles(
        new Map([
          ["a", ["b"]],
          ["b", []],
        ]),
      ),
    ).toEqual([]);
  });
});
