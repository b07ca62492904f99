/** Cells are added to a program that stays; another one is built only for what it does not know. */
import type ts from "typescript";
import { describe, expect, it } from "vitest";
import { notebookWith, type Notebook } from "./folder";

function programOf({ language }: Notebook): ts.Program | undefined {
  return (language as unknown as { checker: { service: ts.LanguageService } }).checker.service.getProgram();
}

const PACKAGE = {
  "node_modules/pack/package.json": '{ "name": "pack", "types": "index.d.ts" }',
  "node_modules/pack/index.d.ts": "export declare class Box<T> { constructor(value: T); readonly value: T }",
};

describe("the program", () => {
  it("stays while cells declare, use and complete names", () => {
    const notebook = notebookWith(PACKAGE);
    notebook.codes("import { Box } from 'pack'; const b0 = new Box(0)");
    const before = programOf(notebook);
    for (let i = 1; i <= 30; i++) {
      expect(notebook.codes(`import { Box } from 'pack'; const b${i} = new Box(b${i - 1}.value + 1)`)).toEqual([]);
      notebook.language.complete(`b${i}.`, 4);
      notebook.language.inspect(`b${i}`, 1, 0);
    }
    expect(notebook.codes("b30.value.trim()")).toEqual(["TS2339@0:10"]);
    expect(programOf(notebook)).toBe(before);
  });

  it("is built anew for a package that nothing has named so far", () => {
    const notebook = notebookWith(PACKAGE);
    notebook.codes("const a = 1");
    const before = programOf(notebook);
    expect(notebook.codes("import { Box } from 'pack'; new Box(a).value.toFixed()")).toEqual([]);
    expect(programOf(notebook)).not.toBe(before);
  });

  it.each([
    ["a package", { "node_modules/inner/package.json": '{ "name": "inner", "types": "index.d.ts" }' }, "inner"],
    ["a file", {}, "../inner"],
  ])("types that a cell has from %s that no cell imports stay what they are", (_, manifest, specifier) => {
    const notebook = notebookWith({
      ...manifest,
      "node_modules/inner/index.d.ts": "export declare class Inner { readonly n: number }",
      "node_modules/pack/package.json": '{ "name": "pack", "types": "index.d.ts" }',
      "node_modules/pack/index.d.ts": `import { Inner } from "${specifier}"; export declare function make(): Promise<Inner[]>`,
    });
    notebook.codes("import { make } from 'pack'", "const made = await make(); const late = () => make()");
    expect(notebook.codes("const x: string = made")).toEqual(["TS2322@0:6"]);
    expect(notebook.codes("(await late()).map((each) => each.n.trim())")).toEqual(["TS2339@0:36"]);
  });

  it("sees packages and files that appear, change and vanish", () => {
    const { codes, write } = notebookWith({});
    expect(codes("import { n } from './late'")).toEqual(["TS2307@0:18"]);
    write("late.ts", "export const n = 1");
    expect(codes("import { n } from './late'; n.toFixed()")).toEqual([]);
    write("late.d.ts", "export declare const n: string");
    write("late.ts", "export const n = 'a'  ");
    expect(codes("import { n } from './late'; n.trim()")).toEqual([]);
    expect(codes("import { Box } from 'pack'")).toEqual(["TS2307@0:20"]);
    for (const [path, text] of Object.entries(PACKAGE)) write(path, text);
    expect(codes("import { Box } from 'pack'; new Box(1).value.toFixed()")).toEqual([]);
  });

  it("knows the names of all cells after it was built anew", () => {
    const { codes } = notebookWith(PACKAGE);
    codes("const a = 1; type T = { x: number }", "class C { private p = a; t: T = { x: 1 } }", "let l = new C()");
    expect(codes("declare global { interface Array<T> { sum(): number } }")).toEqual([]);
    expect(codes("import { Box } from 'pack'; const b = new Box(l)")).toEqual([]);
    expect(codes("[1].sum().toFixed(); b.value.t.x.toFixed(); l = new C(); a.toFixed(); l.p")).toEqual(["TS2341@0:72"]);
  });

  it("a cell that adds to others and was refused leaves nothing behind", () => {
    const { codes } = notebookWith({});
    expect(codes("declare global { interface Array<T> { sum(): number } }\nconst x: string = 1")).toEqual([
      "TS2322@1:6",
    ]);
    expect(codes("[1].sum()")).toEqual(["TS2339@0:4"]);
  });
});

describe("w-broken-local: errors in imported files", () => {
  it("are warnings with their place", () => {
    const { cell } = notebookWith({
      "f.ts": "import { g } from './sub/g'\nexport function f(x: number): string { return x }\nexport { g }",
      "sub/g.ts": "export const g: number = 'g'",
    });
    expect(cell("import { f } from './f'\nf(1)")).toMatchObject([
      { category: "warning", code: 2322, line: 1, column: 39, source: { name: "f.ts" } },
      { category: "warning", code: 2322, line: 0, column: 13, source: { name: "sub/g.ts" } },
    ]);
    expect(cell("1 + 1")).toEqual([]);
  });
});
