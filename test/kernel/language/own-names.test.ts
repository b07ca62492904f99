import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./repl";

let notebook: Notebook;
beforeEach(() => {
  notebook = new Notebook(process.cwd(), { m: { default: "the default", a: 1, b: 2, f: () => "called" } });
});
afterEach(() => notebook.close());

async function run(...cells: string[]): Promise<unknown> {
  let value: unknown;
  for (const cell of cells) value = await notebook.run(cell);
  return value;
}

describe("a name of a global", () => {
  it("is the cell's own, and the global stays", async () => {
    expect(await run("const Map = 'mine'", "Map + typeof globalThis.Map")).toBe("minefunction");
    expect(
      await run("var Array = 1", "function Set() { return 2 }", "[Array, Set(), typeof globalThis.Set].join()"),
    ).toBe("1,2,function");
  });

  it("is what functions and classes are called", async () => {
    const code =
      "class Promise {}; const URL = () => 1; function fetch() {}\n[Promise, URL, fetch].map((x) => x.name).join()";
    expect(await run(code)).toBe("Promise,URL,fetch");
    expect(await run("class Event { static name = 'given' }\nEvent.name")).toBe("given");
  });

  const forms: [string, string, unknown][] = [
    ["shorthand", "JSON.stringify({ Map })", '{"Map":"own"}'],
    ["in a pattern", "const { Map: a = 1, ...Set } = { Map, b: 2 }; `${a}${JSON.stringify(Set)}`", 'own{"b":2}'],
    ["assigned in a pattern", "let Set = 0; ({ Set = 5 } = {} as any); [Set] = [Set + 1]; Set", 6],
    ["typeof", "typeof Map", "string"],
    ["a member", "({ Map: { Map: 3 } }).Map.Map", 3],
    ["a parameter", "((Map: number) => Map)(4)", 4],
    ["a local variable", "{ let Map = 1; Map++; { const Map = 9; void Map } }; Map", "own"],
    ["a loop's variable", "for (const Map of [1]) void Map; Map", "own"],
    ["a catch's variable", "try { throw 1 } catch (Map) { void Map }; Map", "own"],
    [
      "a named function expression",
      "(function Map(n: number): any { return n ? Map(n - 1) : typeof Map })(2)",
      "function",
    ],
    ["a class expression", "new (class Map { is() { return typeof Map } })().is()", "function"],
    ["a class member", "class C { Map = Map; static Set() { return 1 } }; new C().Map + C.Set()", "own1"],
    ["an enum member", "enum E { Map = 5, B = Map }; E.B", 5],
    ["a name within a namespace", "namespace N { export const Map = 7; export const twice = Map * 2 }; N.twice", 14],
    ["a label", "Map: for (;;) { break Map }; Map", "own"],
    ["a type alone", "interface Set { n: number }; const s: Set = { n: 1 }; s.n + typeof globalThis.Set", "1function"],
    ["a template", "`${Map}`", "own"],
    ["a hoisted var", "if (Map) { var Date = 1 }; Date", 1],
  ];
  it.each(forms)("%s", async (_name, code, value) => {
    expect(await run("const Map = 'own'", code)).toBe(value);
  });

  it("positions stay those of the cell", async () => {
    await expect(run("const Map = 1", "let a = Map;\n  null!.x + Map")).rejects.toMatchObject({ line: 1, column: 8 });
    await expect(run("let b = Map; (null as any).x")).rejects.toMatchObject({ line: 0, column: 27 });
  });

  it("helpers of the emitted code use the real ones", async () => {
    const code =
      "enum E { A }\nfunction d(f: any, c: any) { return f }\nclass K { @d m() { return E.A } }\nnew K().m()";
    expect(await run("const Object = 1, Symbol = 2, TypeError = 3, Array = 4", code)).toBe(0);
  });

  it("comes back after a reset", async () => {
    expect(await run("const Map = 'own'", "Map")).toBe("own");
    notebook.language.reset();
    expect(await run("typeof Map")).toBe("function");
  });
});

describe("what was reset", () => {
  it("is unknown, and may be declared in any way", async () => {
    await run("let x = 1; class C {}; function f() {}; var v = 2; import { a } from 'm'");
    notebook.language.reset();
    expect(await run("[typeof x, typeof C, typeof f, typeof v, typeof a].join()")).toBe(
      "undefined,undefined,undefined,undefined,undefined",
    );
    await expect(run("x")).rejects.toMatchObject({ text: expect.stringMatching(/^ReferenceError/) });
    expect(await run("function x() { return 'f' }", "class f {}", "let v = 3", "var C = 4", "x() + v + C")).toBe("f34");
  });
});

describe("strict mode", () => {
  it.each([
    ["undeclared names", "undeclared = 1"],
    ["frozen objects", "Object.freeze({ a: 1 }).a = 2"],
  ])("%s are not assigned to", async (_name, code) => {
    await expect(run(code)).rejects.toBeDefined();
  });

  it("functions in blocks stay there", async () => {
    expect(await run("{ function square() {} }", "const square = 9; square")).toBe(9);
  });

  it("`this` is undefined at the top level, and only there", async () => {
    expect(await run("[typeof this, typeof (() => this)(), typeof (function () { return this })()].join()")).toBe(
      "undefined,undefined,undefined",
    );
    expect(
      await run(
        "class A { v = this; static s = this; [String(this)] = 1; m() { return this } }\nnew A().m() instanceof A && A.s === A && 'undefined' in new A()",
      ),
    ).toBe(true);
    expect(await run("({ n: 1, f() { return this.n } }).f()")).toBe(1);
  });
});

describe("enums over several cells", () => {
  it("count on from members of other enums", async () => {
    await run("enum A { x = 1, y = 'text' }; const base = 10; const enum K { one = 1 }");
    expect(await run("enum B { p = A.x, q, r, s = 7, t }; [B.p, B.q, B.r, B.s, B.t].join()")).toBe("1,2,3,7,8");
    expect(await run("enum C { 'a-b' = K.one, c, d = base, e, f = base << 1 }; [C.c, C.e, C.f, C[2]].join()")).toBe(
      "2,11,20,c",
    );
    expect(await run("enum D { p = A.y, q = 'q' }; Object.keys(D).join()")).toBe("p,q");
    expect(await run("namespace N { export enum E { p = A.y } }; Object.keys(N.E).join()")).toBe("p");
  });
});

describe("namespaces over several cells", () => {
  it("add to what is there", async () => {
    expect(await run("namespace N { export const a = 1 }", "namespace N { export const b = 2 }", "N.a + N.b")).toBe(3);
    expect(await run("class K { v = 1 }", "namespace K { export const s = 2 }", "new K().v + K.s")).toBe(3);
    expect(await run("function f() { return 1 }", "namespace f { export const s = 2 }", "f() + f.s")).toBe(3);
    expect(
      await run("namespace Map { export const a = 1 }", "namespace Map { export const b = 2 }", "Map.a + Map.b"),
    ).toBe(3);
    expect(await run("const c = 1", "namespace c { export const d = 2 }", "c.d")).toBe(2);
  });
});

describe("imported names", () => {
  it("leave variables alone, and give way to them", async () => {
    expect(await run("import { a, f } from 'm'", "f()\nf()\n;[a].length")).toBe(1);
    expect(await run("let b = 'mine'; { const a = 5; void a }", "import { b } from 'm'", "b", "let b = 7; b")).toBe(7);
    expect(await run("import { a as x } from 'm'; ((x: number) => x)(3) + x")).toBe(4);
    expect(await run("import { f } from 'm'\nif (1) f()\nelse f()\nconst r = f\nf()")).toBe("called");
  });

  it("are not assigned to", async () => {
    await expect(run("import { a } from 'm'; a++")).rejects.toMatchObject({
      text: expect.stringMatching(/^TypeError/),
    });
    await expect(run("[a] = [2]")).rejects.toMatchObject({ text: expect.stringMatching(/^TypeError/) });
    expect(await run("const { a: other = a, ...rest } = {} as any; other")).toBe(1);
  });

  it("come first, in their order", async () => {
    expect(await run("let s = a + d; import { a } from 'm'\nimport d from 'm'; s")).toBe("1the default");
  });

  it("are not loaded for types", async () => {
    await run("import { Shape, type Other } from 'nowhere'; let p: Shape | Other | null = null");
    expect(notebook.imports).toEqual([]);
  });
});

describe("an object literal as a cell", () => {
  const objects: [string, unknown][] = [
    ["{ a: 1 }", { a: 1 }],
    ["{ a: 1, b: 2 }", { a: 1, b: 2 }],
    ["{ ...{ a: 1 } }", { a: 1 }],
    ["// what it is\n{ a: { b: [1] },\n  c() { return 1 } } // and more", { a: { b: [1] }, c: {} }],
    ["{}", {}],
  ];
  it.each(objects)("%s", async (code, value) => {
    expect(await run(code)).toEqual(value);
  });

  it.each([
    ["{ let x = 1; x }", undefined],
    ["{ if (1) { globalThis.keep = 2 } }", undefined],
    ["{ a: 1 };", undefined],
    ["{ a: 1 }\n5", 5],
  ])("%s stays a block", async (code, value) => {
    expect(await run(code)).toEqual(value);
  });

  it("keeps places", async () => {
    await expect(run("{ a: 1, b: (null as any).x }")).rejects.toMatchObject({ line: 0, column: 25 });
    const { diagnostics } = notebook.language.compile({ id: "1", code: " { a: 1,\n b: nope }", check: "error" });
    expect(diagnostics).toMatchObject([{ code: 2304, line: 1, column: 4, endColumn: 8 }]);
    const again = notebook.language.compile({ id: "2", code: "{ a: 1, b: nope }", check: "error" });
    expect(again.diagnostics).toMatchObject([{ line: 0, column: 11, endColumn: 15 }]);
  });
});
