/** What a project's tsconfig.json says never forbids what the running Node can do. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { notebookIn, notebookWith } from "./folder";

const folder = mkdtempSync(join(tmpdir(), "dnn-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const plain = notebookIn(folder, {});

const tsconfig = (compilerOptions: object, more: object = {}): Record<string, object> => ({
  "tsconfig.json": { compilerOptions, ...more },
});

describe("a project's settings", () => {
  const MODERN = [
    "await Promise.resolve(1)",
    "10n ** 20n",
    "[...new Set([1, 2])]",
    "for await (const x of [1]) console.log(x)",
    "/(?<a>a)/dsv.test('a')",
    "using r = { [Symbol.dispose]() {} }",
    "class A { #x = 1; static { } accessor y = 2 }",
    "[1, 2].toSorted().at(-1)",
    "import { join } from 'path'; join('a', 'b')",
    "import fs from 'fs'; typeof fs.readFileSync",
    "process.version.length; Buffer.from('a').length",
  ];
  it.each<[string, object]>([
    ["t-es2016: an old target, CommonJS", { target: "es2016", module: "commonjs", strict: true }],
    ["target ES5 with its library", { target: "es5", lib: ["es5"], strict: true }],
    [
      "t-types: types of other tools",
      { types: ["vite/client"], moduleResolution: "bundler", verbatimModuleSyntax: true },
    ],
    ["no types", { types: [], module: "nodenext", noEmitOnError: true }],
    ["settings for emitting", { outDir: "out", declaration: true, composite: true, importHelpers: true }],
  ])("%s", (_name, options) => {
    const { codes } = notebookWith(tsconfig(options));
    for (const code of MODERN) expect([code, codes(code)]).toEqual([code, []]);
  });

  it("t-solution: paths of the projects that a solution refers to", () => {
    const { codes } = notebookWith({
      "tsconfig.json": { files: [], references: [{ path: "./tsconfig.app.json" }, { path: "./tools" }] },
      "tsconfig.app.json": { compilerOptions: { paths: { "@/*": ["./src/*"] }, strict: true } },
      "tools/tsconfig.json": { compilerOptions: { paths: { "#tools/*": ["./lib/*"] } } },
      "src/a.ts": "export const a = 1",
      "tools/lib/b.ts": "export const b = 'b'",
    });
    expect(codes("import { a } from '@/a'; a.toFixed()")).toEqual([]);
    expect(codes("import { b } from '#tools/b'; b.trim(); b.toFixed()")).toEqual(["TS2551@0:42"]);
    expect(codes("let x: string = null")).toEqual(["TS2322@0:4"]);
  });

  it("paths may lead to a folder, and values that only a later TypeScript knows are no matter", () => {
    const { codes } = notebookWith({
      ...tsconfig({ target: "es2099", lib: ["es2099"], paths: { "@my/app": ["src"], "@my/app/*": ["src/*"] } }),
      "src/index.ts": "export const x = 1",
      "src/sub.ts": "export const s = 's'",
    });
    expect(codes("import { x } from '@my/app'; import { s } from '@my/app/sub'; x.toFixed(); s.trim()")).toEqual([]);
    expect(codes("[1].toSorted()")).toEqual([]);
  });

  it("says once what is wrong with a tsconfig.json", () => {
    const { cell } = notebookWith({ "tsconfig.json": '{ "compilerOptions": { "strict": "yes" } }' });
    expect(cell("1")).toMatchObject([{ code: 5024, category: "warning" }]);
    expect(cell("2")).toEqual([]);
  });
});

describe("l-groupby: libraries follow the running Node", () => {
  const cases: [string, () => unknown, string][] = [
    ["Object.groupBy", () => (Object as { groupBy?: unknown }).groupBy, "Object.groupBy([1], (x) => x).a"],
    ["Map.groupBy", () => (Map as { groupBy?: unknown }).groupBy, "Map.groupBy([1], (x) => x).size"],
    [
      "Set.prototype.union",
      () => (Set.prototype as { union?: unknown }).union,
      "new Set([1]).union(new Set([2])).size",
    ],
    ["Promise.withResolvers", () => (Promise as { withResolvers?: unknown }).withResolvers, "Promise.withResolvers()"],
    [
      "iterator helpers",
      () => (globalThis as { Iterator?: unknown }).Iterator,
      "[1].values().map((x) => x + 1).toArray()",
    ],
    ["Array.fromAsync", () => (Array as { fromAsync?: unknown }).fromAsync, "await Array.fromAsync([1])"],
    ["Float16Array", () => (globalThis as { Float16Array?: unknown }).Float16Array, "new Float16Array(2).length"],
    ["isWellFormed", () => ("" as { isWellFormed?: unknown }).isWellFormed, "'a'.isWellFormed()"],
    [
      "resizable buffers",
      () => (new ArrayBuffer(1) as { resize?: unknown }).resize,
      "new ArrayBuffer(1, { maxByteLength: 2 }).resize(2)",
    ],
  ];
  it.each(cases)("%s", (_name, has, code) => {
    const found = plain.cell(code);
    expect(found.length === 0).toBe(has() !== undefined);
    // What this Node lacks is said to be lacking, rather than a setting to be wrong.
    if (found[0]?.code === 2550)
      expect(found[0].message).toContain(`Node.js (${process.versions.node}) does not have it`);
  });
});

describe("x-triple: references", () => {
  it("hold for the cell and for later ones", () => {
    const { codes } = notebookWith({ "g.d.ts": "interface Gee { g: number }" });
    expect(codes("/// <reference path='./g.d.ts' />\nconst x: Gee = { g: 1 }\nx")).toEqual([]);
    expect(codes("const y: Gee = { g: 'a' }")).toEqual(["TS2322@0:17"]);
  });

  it("load the types of browsers", () => {
    const { codes } = notebookWith({});
    expect(codes("document.title")).toEqual(["TS2584@0:0"]);
    expect(codes("/// <reference lib='dom' />\nconst e: HTMLElement | null = null\ne")).toEqual([]);
    expect(codes("document.title.trim(); document.nope")).toEqual(["TS2339@0:32"]);
  });
});

describe("x-jsxpragma: JSX", () => {
  const FILES = {
    "node_modules/fake/package.json": '{ "name": "fake" }',
    "node_modules/fake/jsx-runtime.d.ts":
      "export namespace JSX { interface IntrinsicElements { b: { id?: string } } }\nexport const jsx: any; export const jsxs: any; export const Fragment: any",
  };

  it("calls the factory that a comment names", () => {
    const { codes } = notebookWith(FILES);
    expect(
      codes("/** @jsx h */\nfunction h(t: any, p: any, ...c: any[]) { return { t, c } }\nconst el = <div>hi</div>"),
    ).toEqual([]);
  });

  it("imports the runtime that a comment names", () => {
    const { codes } = notebookWith({ ...FILES, "tsconfig.json": { compilerOptions: { strict: true } } });
    expect(codes("/** @jsxImportSource fake */\nconst el = <b id='x'>x</b>\nel")).toEqual([]);
    expect(codes("/** @jsxImportSource fake */\nconst el = <b id={1}>x</b>")).toEqual(["TS2322@1:14"]);
  });
});
