import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLanguage } from "../../../src/kernel/language";
import { cell, codes, folder, write } from "./cells";

describe("within a cell", () => {
  const cases: [string, string, string[]][] = [
    ["a right cell", "const a: number = 1; a + 1", []],
    ["a wrong type", "\nconst a: number = 'x'", ["TS2322@1:6"]],
    ["an unknown name", "nope + 1", ["TS2304@0:0"]],
    ["an unknown member", "({ a: 1 }).b", ["TS2339@0:11"]],
    ["nothing is unused", "const unused = 1; function f(x: number) {} import * as fs from 'fs'", []],
    ["top-level await", "const x: string = await Promise.resolve(1)", ["TS2322@0:6"]],
    ["top-level for await", "for await (const x of [Promise.resolve(1)]) x.toFixed()", []],
    ["ts-ignore", "// @ts-ignore\nconst a: number = 'x'", []],
    [
      "ts-expect-error",
      "// @ts-expect-error\nconst a: number = 'x'\n// @ts-expect-error\nconst b: number = 1",
      ["TS2578@2:0"],
    ],
    ["ts-nocheck", "// @ts-nocheck\nconst a: number = 'x'", []],
    ["duplicates", "let a = 1; let a = 2", ["TS2451@0:4", "TS2451@0:15"]],
    ["export is no trouble", "export const a = 1; export default a; export { a as b }", []],
    ["using", "using f = { [Symbol.dispose]() {} }; await using g = { async [Symbol.asyncDispose]() {} }", []],
    ["decorators", "function d(v: unknown, c: ClassDecoratorContext) {} @d class A {}", []],
    [
      "node's globals",
      "setTimeout(() => {}, 1); Buffer.from('a').toString('hex'); process.exit; console.log(1); require('fs'); structuredClone(1)",
      [],
    ],
    ["node's modules", "import { readFileSync } from 'node:fs'; const t: string = readFileSync('x', 'utf8')", []],
    [
      "the kernel's globals",
      "const h = display(html`<b>${1}</b>`); h.update(md`# a`); svg('<svg/>'); image('a.png'); clearOutput(true); const s: string = input('?') + prompt('?') + password()",
      [],
    ],
    [
      "tslab's module",
      "import * as tslab from 'tslab'; tslab.display.html('x'); tslab.newDisplay().png(new Uint8Array())",
      [],
    ],
    ["a wrong use of a global", "display()", ["TS2554@0:0"]],
    ["no DOM", "document.title", ["TS2584@0:0"]],
    ["no undefined arithmetic", "const xs = [1]; const m = new Map([[1, 2]]); m.get(1) + 1", ["TS2532@0:45"]],
    ["implicit any is seen by strict", "function f(x) { return x }", ["TS7006@0:11"]],
    ["import.meta", "import.meta.url.length", []],
    ["unreachable code", "function f() { return 1; console.log(2) }", []],
    ["assertions", "let v = <number>(1 as unknown); v satisfies number", []],
  ];
  it.each(cases)("%s", (_name, code, expected) => {
    expect(codes(code)).toEqual(expected);
  });

  it("says why, reason by reason", () => {
    const [{ message }] = cell("const o: { a: { b: number } } = { a: { b: 'x' } } as { a: { b: string } }");
    expect(message.split("\n")).toEqual([
      "Type '{ a: { b: string; }; }' is not assignable to type '{ a: { b: number; }; }'.",
      "  The types of 'a.b' are incompatible between these types.",
      "    Type 'string' is not assignable to type 'number'.",
    ]);
  });

  it("tells ends of ranges too", () => {
    expect(cell("let a = 1\n'x' * 2")[0]).toMatchObject({ line: 1, column: 0, endLine: 1, endColumn: 3 });
  });

  it("without checking there are only syntax errors", () => {
    expect(cell("const a: number = 'x'", "off")).toEqual([]);
    expect(cell("const a: = 'x'", "off")).toMatchObject([{ code: 1110 }]);
  });
});

describe("modules", () => {
  const cases: [string, string, string[]][] = [
    ["ESM-only packages", "import { esm } from 'esm-only'; (await esm(1)).toFixed()", ["TS2551@0:47"]],
    ["subpaths", "import sub from 'esm-only/sub'; sub.deep satisfies true", []],
    ["subpaths that are not exported", "import x from 'esm-only/hidden'", ["TS2307@0:14"]],
    ["packages that are not there", "import x from 'not-there'", ["TS2307@0:14"]],
    ["packages without types only warn", "import x from 'untyped'; x.anything", ["warning 7016@0:14"]],
    ["local files", "import { help } from './lib/helper'; help('x')", ["TS2345@0:42"]],
    ["local files by extension", "import { help } from './lib/helper.ts'; help(1).trim()", []],
    ["local files by emitted extension", "import { help } from './lib/helper.js'; help(1).trim()", []],
    ["dynamic imports", "const { help } = await import('./lib/helper'); help('x')", ["TS2345@0:52"]],
    ["JSON", "import data from './data.json'; data.rows[0].trim()", ["TS2339@0:45"]],
    ["JSON with attributes", "import data from './data.json' with { type: 'json' }; data.rows[0].toFixed()", []],
    ["paths of the tsconfig.json", "import { help } from 'alias'; help(1).trim()", []],
    ["require", "import fs = require('fs'); fs.existsSync('x'); const p = require('path')", []],
    ["a missing export", "import { nope } from './lib/helper'", ["TS2305@0:9"]],
  ];
  it.each(cases)("%s", (_name, code, expected) => {
    expect(codes(code)).toEqual(expected);
  });

  it("reads local files again when they change, also those they import", () => {
    write("a.ts", "export { b as a } from './b'");
    write("b.ts", "export const b = 1");
    expect(codes("import { a } from './a'; a.toFixed()")).toEqual([]);
    write("b.ts", "export const b = 'text'");
    utimesSync(join(folder, "b.ts"), new Date(), new Date(Date.now() + 5000));
    expect(codes("import { a } from './a'; a.toFixed()")).toEqual(["TS2551@0:27"]);
  });

  it("sees files and packages that came later", () => {
    expect(codes("import { later } from './later'")).toEqual(["TS2307@0:22"]);
    write("later.ts", "export const later = 1");
    expect(codes("import { later } from './later'; later.toFixed()")).toEqual([]);
    expect(codes("import { fresh } from 'fresh'")).toEqual(["TS2307@0:22"]);
    write("node_modules/fresh/package.json", '{ "name": "fresh", "types": "index.d.ts" }');
    write("node_modules/fresh/index.d.ts", "export const fresh: 1;");
    expect(codes("import { fresh } from 'fresh'; fresh satisfies 1")).toEqual([]);
  });
});

describe("without a tsconfig.json", () => {
  it("TypeScript's own defaults hold, as in tslab", () => {
    const plain = createLanguage({ cwd: mkdtempSync(join(tmpdir(), "dnn-plain-")) });
    const found = plain.compile({
      id: "1",
      code: "function f(x) { return x }; let n: number = null; console.log(n); n = 'x'",
      check: "error",
    });
    expect(found.diagnostics.map(({ code }) => code)).toEqual([2322]);
  });
});

describe("a broken tsconfig.json", () => {
  it("is said once, and does not stop cells", () => {
    const broken = mkdtempSync(join(tmpdir(), "dnn-broken-"));
    writeFileSync(join(broken, "tsconfig.json"), '{ "compilerOptions": { "strict": "yes" } }');
    const strange = createLanguage({ cwd: broken });
    const [first] = strange.compile({ id: "1", code: "1", check: "error" }).diagnostics;
    expect(first).toMatchObject({ category: "warning", message: expect.stringMatching(/tsconfig\.json: .*'strict'/) });
    expect(strange.compile({ id: "2", code: "1", check: "error" }).diagnostics).toEqual([]);
    rmSync(broken, { recursive: true });
  });
});

describe("JSX", () => {
  it("is checked when a type for it is declared", () => {
    cell(
      "const React = { createElement(...args: any[]): any { return args } }; declare global { namespace JSX { interface IntrinsicElements { b: { id?: string } } } }",
    );
    expect(codes("<b id='x'>hi</b>")).toEqual([]);
    expect(codes("<b id={1}>hi</b>")).toEqual(["TS2322@0:3"]);
    expect(codes("const el = <b/>", "el")).toEqual([]);
  });
});
