/** The folders of `src` stand in the order in which data flows: each imports only from those before it. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const source = join(__dirname, "..", "..", "src");
const flow = ["core", "engine", "data", "models", "techniques", "training", "reports"];
/** They know nothing about training. */
const beside = ["kernel", "notebooks"];
/** At the end: what is built on all of it. */
const last = ["submissions"];

/** Folders that files of `folder` may import from. */
function allowed(folder: string): string[] {
  if (last.includes(folder)) return [...flow, "notebooks", ...last];
  return beside.includes(folder) ? ["core", folder] : flow.slice(0, flow.indexOf(folder) + 1);
}

/** What a file names in imports and exports, type imports, `import()` and `require()`, in code as well as in types. */
function importsOf(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const place = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    const reference = ts.isExternalModuleReference(node) ? node.expression : undefined;
    const type = ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    const call =
      ts.isCallExpression(node) && /^(import|require|require\.resolve)$/.test(node.expression.getText())
        ? node.arguments[0]
        : undefined;
    for (const name of [place, reference, type, call]) if (name && ts.isStringLiteralLike(name)) found.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true));
  return found;
}

/** Imports of a file (path relative to `src`) that go against the order. */
function violations(file: string, text: string): string[] {
  const folder = file.split(sep)[0];
  return importsOf(text)
    .filter((name) => name.startsWith(".") || name.startsWith("dnn-lab"))
    .map((name) =>
      name.startsWith(".") ? relative(source, join(source, dirname(file), name)).split(sep)[0] : "(the package itself)",
    )
    .filter((target) => !allowed(folder).includes(target))
    .map((target) => `${file} imports from ${target}`);
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.[cm]?[tj]s$/.test(name) && name.includes(sep),
);

describe("the order of the folders", () => {
  it("covers every folder of src", () => {
    const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => ![...flow, ...beside, ...last].includes(name))).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  it("is kept by every import", () => {
    expect(files.flatMap((file) => violations(file, readFileSync(join(source, file), "utf8")))).toEqual([]);
  });

  it.each([
    ["an import", `import { fit } from "../training/fit";`],
    ["a type import", `import type { History } from "../training/history";`],
    ["an export", `export * from "../training/fit";`],
    ["a dynamic import", `const x = await import("../training/fit");`],
    ["a require", `const x = require("../training/fit");`],
    ["a type in passing", `let x: import("../training/history").History;`],
    ["an import assignment", `import x = require("../training/fit");`],
  ])("refuses %s from a later folder", (_, text) => {
    expect(violations(join("techniques", "a.ts"), text)).toEqual([
      `${join("techniques", "a.ts")} imports from training`,
    ]);
    expect(violations(join("reports", "a.ts"), text)).toEqual([]);
    expect(violations(join("kernel", "a.ts"), text)).toHaveLength(1);
  });

  it("sees deeper paths, the package's own name and src/index", () => {
    expect(violations(join("core", "deep", "a.ts"), `import "../../engine/tf"; import "../b"; import "./c";`)).toEqual([
      `${join("core", "deep", "a.ts")} imports from engine`,
    ]);
    expect(
      violations(join("core", "a.ts"), `import "dnn-lab"; import "../index"; import "node:fs"; import "plotly.js";`),
    ).toHaveLength(2);
  });
});
