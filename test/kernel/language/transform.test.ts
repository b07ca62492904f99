import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./repl";

let notebook: Notebook;
const modules = {
  m: { default: "the default", a: 1, b: 2 },
  "./data.json": { default: { rows: 3 } },
};

beforeEach(() => {
  notebook = new Notebook(process.cwd(), modules);
});
afterEach(() => notebook.close());

/** Runs cells one after the other and gives the value of the last. */
async function run(...cells: string[]): Promise<unknown> {
  let value: unknown;
  for (const cell of cells) value = await notebook.run(cell);
  return value;
}

describe("types are blanked in place", () => {
  const inPlace: [string, string, unknown][] = [
    ["annotations", "let x: number = 1; const f = (a: string, b?: number): string => a + b; f('p', x)", "p1"],
    ["a return type over two lines", "const f = (a: number): {\n  x: number;\n} => ({ x: a }); f(2).x", 2],
    ["as and satisfies", "(({ a: 1 } as any) satisfies object as { a: number }).a", 1],
    ["as at the end of a line before a bracket", "let a = 1 as any\n(2)", 2],
    [
      "as at the end of a line before an array",
      "let q = 1 as number\n;let p = q as number\n[7].map((x) => x + p)[0]",
      8,
    ],
    ["non-null", "const o: { x?: { y: number } } = { x: { y: 5 } }; o.x!.y!", 5],
    ["legacy assertion", "const v = <number>(<any>3); v", 3],
    ["legacy assertion of an object", "const f = () => <{ a: number }>{ a: 4 }; f().a", 4],
    ["legacy assertion over lines", "function f() { return <\n number>6 }\nf()", 6],
    [
      "type arguments",
      "const m = new Map<string, Array<number>>([['a', [1]]]); m.get<>('a')![0]".replace("get<>", "get"),
      1,
    ],
    ["generics", "function id<T extends { n: number }>(x: T): T { return x }; id<{ n: number }>({ n: 9 }).n", 9],
    ["generic arrow", "const id = <T,>(x: T): T => x; id<number>(3)", 3],
    ["async generic arrow over lines", "const id = async <\n  T,\n>(x: T) => x; await id(3)", 3],
    ["instantiation expression", "const mk = Array.from<number>; typeof mk", "function"],
    ["this parameter", "function f(this: { k: number }, a: number) { return this.k + a }; f.call({ k: 1 }, 2)", 3],
    ["this parameter alone", "function f(this: { k: number }) { return this.k }; f.call({ k: 1 })", 1],
    [
      "overloads",
      "function f(a: string): string\nfunction f(a: number): number\nfunction f(a: any) { return a }\nf(1)",
      1,
    ],
    ["interface and type alias", "interface A { x: number }\ntype B = A | string\nconst b: B = { x: 1 }; b.x", 1],
    ["a type alias after a line without semicolon", "const a = 5\ntype T = number\n;[a][0]", 5],
    ["a removed statement between two lines that would join", "let g = (x: number) => x\ntype U = string\n(8)", 8],
    ["declare", "declare const nothing: string; declare function no(): void; declare module 'z' {}; 1", 1],
    ["an uninstantiated namespace", "namespace T { export type A = number }; let y: T.A = 2; y", 2],
    [
      "abstract classes",
      "abstract class A { abstract f(): number; g(): number { return 1 } }; class B extends A { f() { return 2 } }; new B().f() + new B().g()",
      3,
    ],
    [
      "class members",
      "class C<T> implements Iterable<T> { private readonly a: number = 1; static s?: string = 's'; b!: T; declare d: number; [k: string]: unknown; constructor(x?: number) { this.a += x ?? 0 } get v(): number { return this.a } *[Symbol.iterator](): Iterator<any> {} }; new C<number>(3).v",
      4,
    ],
    [
      "a blanked modifier before a computed name",
      "class C { a = 1\n private ['b'] = 2 }; JSON.stringify(new C())",
      '{"a":1,"b":2}',
    ],
    ["a field called get", "class C { get: number\n foo() { return 1 } }; new C().foo()", 1],
    ["definite assignment", "let z!: number; z = 3; z", 3],
    ["catch clause", "try { throw 1 } catch (e: unknown) { e }\n2", 2],
    ["type predicates", "const isS = (x: unknown): x is string => typeof x === 'string'; isS('')", true],
    ["comments with brackets", "function f(a /* ) : > */ : number // :\n) { return a }\nf(3)", 3],
    ["template types and keyof", "type K = `${keyof { a: 1 } & string}!`; const k: K = 'a!'; k", "a!"],
  ];
  it.each(inPlace)("%s", async (_name, code, value) => {
    expect(await run(code)).toEqual(value);
  });

  it("keeps every line and column", async () => {
    const code =
      "const f = (a: Array<{ b: number }>, c?: string): number => {\n  return (a as any)!.b.c.d;\n};\nf(1 as any)";
    await expect(run(code)).rejects.toMatchObject({ line: 1, column: 23 });
    expect(notebook.compiled.sourceMap).toBeUndefined();
  });

  it("keeps carriage returns, line separators and astral characters", async () => {
    const code = "const s: '😀' = '😀'\r\ntype T = '\u2028'; (null as any).x";
    await expect(run(code)).rejects.toMatchObject({ line: 2, column: 17 });
  });
});

describe("code that TypeScript has to make", () => {
  const emitted: [string, string, unknown][] = [
    ["enum", "enum Color { Red, Green = 5, Blue }; Color[6] + Color.Blue", "Blue6"],
    ["string enum", "enum S { A = 'a' }; S.A", "a"],
    ["const enum", "const enum E { A = 1 << 3 }; E.A", 8],
    ["namespace", "namespace N { export const x = 1; export namespace M { export const y = x + 1 } }; N.M.y", 2],
    ["class and namespace merged", "class A { static s = 1 }; namespace A { export const t = 2 }; A.s + A.t", 3],
    [
      "parameter properties",
      "class P { constructor(public x: number, private readonly y = 2) {} sum() { return this.x + this.y } }; new P(1).sum()",
      3,
    ],
    [
      "decorators",
      "const log: string[] = []; function d(v: any, c: ClassDecoratorContext) { log.push(c.name!) }; @d class K {}; log[0]",
      "K",
    ],
    [
      "method decorators",
      "function twice(f: any, _c: any) { return function (this: any, ...a: any[]) { return f.apply(this, a) * 2 } }; class K { @twice f() { return 4 } }; new K().f()",
      8,
    ],
    ["auto-accessors", "class K { accessor x = 3 }; new K().x", 3],
    ["import alias", "namespace N { export const x = 4 }; import y = N.x; y", 4],
    [
      "using",
      "const log: string[] = []; { using r = { [Symbol.dispose]() { log.push('gone') } }; log.push('here') }; log.join()",
      "here,gone",
    ],
    [
      "JSX",
      'const React = { createElement: (t: any, p: any, ...c: any[]) => [t, p, ...c] }; const e = <b id="i">hi {1 + 1}</b>; JSON.stringify(e)',
      '["b",{"id":"i"},"hi ",2]',
    ],
    ["JSX fragments", "const React = { createElement: (t: any) => t, Fragment: 'F' }; <></>", "F"],
  ];
  it.each(emitted)("%s", async (_name, code, value) => {
    if (code.includes("Symbol.dispose")) await run(POLYFILL);
    expect(await run(code)).toEqual(value);
  });

  const POLYFILL =
    "for (const n of ['dispose', 'asyncDispose']) if (!(n in Symbol)) Object.defineProperty(Symbol, n, { value: Symbol(n) })";

  it("disposes of a top-level using at the end of its cell and still gives the value", async () => {
    await run(POLYFILL, "let log: string[] = []");
    expect(await run("using r = { v: 1, [Symbol.dispose]() { log.push('gone') } };\nlog.push('here');\nr.v + 41")).toBe(
      42,
    );
    expect(await run("log.join()")).toBe("here,gone");
    expect(await run("await using s = { async [Symbol.asyncDispose]() { log.push('later') } }; log.length")).toBe(2);
    expect(await run("log.join()")).toBe("here,gone,later");
    expect(await run("r.v")).toBe(1);
  });

  it("maps positions back to the cell", async () => {
    const code = "enum E { A }\n\nfunction f(): never { throw new Error('no') }\nconst x: number = 1; f()";
    await expect(run(code)).rejects.toMatchObject({ text: "Error: no", line: 2, column: 28 });
    expect(JSON.parse(notebook.compiled.sourceMap!)).toMatchObject({ version: 3, sources: ["In[1]"] });
  });

  it("maps positions when imports move too", async () => {
    const code = "import { a } from 'm'; enum E { A }\nconst y = await import('m'); throw new Error('no')";
    await expect(run(code)).rejects.toMatchObject({ line: 1, column: 35 });
  });

  it("an enum that is declared again forgets its old members", async () => {
    expect(await run("enum E { A, B }", "enum E { C }", "Object.keys(E).join()")).toBe("0,C");
    expect(await run("function F() {}", "enum F { C }", "Object.keys(F).join()")).toBe("0,C");
  });
});

describe("imports", () => {
  const imports: [string, string, unknown][] = [
    ["default", "import d from 'm'; d", "the default"],
    ["named and renamed", "import { a, b as c } from 'm'; a + c", 3],
    ["default and named", "import d, { a } from 'm'; d + a", "the default1"],
    ["namespace", "import * as ns from 'm'; ns.b", 2],
    ["default and namespace", "import d, * as ns from 'm'; d + ns.b", "the default2"],
    ["string names", "import { 'a' as x } from 'm'; x", 1],
    ["attributes", "import data from './data.json' with { type: 'json' }; data.rows", 3],
    ["side effects show no value", "import 'm'", undefined],
    ["an import shows no value", "import { a } from 'm'", undefined],
    ["dynamic", "(await import('m')).a", 1],
    ["dynamic with attributes", "(await import('./data.json', { with: { type: 'json' } })).default.rows", 3],
    ["dynamic inside a function", "const f = async () => (await import('m')).b; await f()", 2],
    ["import.meta", "import.meta.url", "file:///nb/"],
    ["import equals require", "import x = require('m'); x.a", 1],
    ["export star loads", "export * from 'm'; 1", 1],
    ["types with values", "import { type T, a } from 'm'; a", 1],
    ["node built-ins", "import { basename } from 'node:path'; basename('/x/y')", "y"],
  ];
  it.each(imports)("%s", async (_name, code, value) => {
    expect(await run(code)).toEqual(value);
  });

  it("hands attributes on", async () => {
    await run("import data from './data.json' with { type: 'json' }");
    expect(notebook.imports).toEqual([["./data.json", { type: "json" }]]);
  });

  it("leaves type imports out", async () => {
    await run("import type { A } from 'nowhere'; import { type B } from 'nowhere'; import type C from 'nowhere'");
    expect(notebook.imports).toEqual([]);
  });

  it("keeps the lines below a long import", async () => {
    await expect(run("import {\n  a,\n  b,\n} from 'm'\nnull!.x")).rejects.toMatchObject({ line: 4, column: 6 });
  });

  it("maps columns behind a rewritten import on the same line", async () => {
    const code = "const n = (await import('m')).a; (null as any).x";
    await expect(run(code)).rejects.toMatchObject({ line: 0, column: code.indexOf(".x") + 1 });
  });

  it("may be run again, and names may change hands", async () => {
    expect(await run("import { a } from 'm'", "import { a } from 'm'", "let a = 7", "a")).toBe(7);
    expect(await run("function f() {}", "import { b as f } from 'm'", "f")).toBe(2);
    expect(await run("function h() {}", "import { b as h, a as i } from 'm'; h + i")).toBe(3);
  });
});

describe("export is tolerated", () => {
  const exported: [string, string, unknown][] = [
    ["const", "export const x = 1; x", 1],
    ["function", "export default function f() { return 2 }\nf()", 2],
    ["anonymous class", "export default class {}\n3", 3],
    ["value", "export default 4", 4],
    ["object", "export default { a: 1 }", { a: 1 }],
    ["function expression", "export default (function () { return 9 })()", 9],
    ["anonymous class after a line without semicolon", "const q0 = 1\nexport default class { static v = 4 }\nq0", 1],
    [
      "anonymous function after a line without semicolon",
      "const q1 = [1]\nexport default function () { return 1 }\nq1.length",
      1,
    ],
    ["assignment", "export = 5", 5],
    ["list", "const q = 6; export { q }; q", 6],
    ["types", "export interface A {}\nexport type B = A\nexport type { A as C }\n7", 7],
    ["enum", "export enum E { A = 8 }\nE.A", 8],
  ];
  it.each(exported)("%s", async (_name, code, value) => {
    expect(await run(code)).toEqual(value);
  });
});

describe("the value of a cell", () => {
  const values: [string, string, unknown][] = [
    ["last expression", "const a = 1; a + 1", 2],
    ["with a semicolon", "1 + 1;", 2],
    ["awaited", "await Promise.resolve(3)", 3],
    ["an object in brackets", "({ a: 1 })", { a: 1 }],
    ["an array", "[1, 2]", [1, 2]],
    ["with a comment behind", "5 // five", 5],
    ["none after a declaration", "5; let x = 3", undefined],
    ["none after a loop", "let s = 0; for (let i = 0; i < 3; i++) s += i", undefined],
    ["none after if", "if (true) 5", undefined],
    ["none after a class", "5\nclass A {}", undefined],
    ["none of nothing", "", undefined],
    ["none of a comment", "// nothing", undefined],
    ["none of an enum", "enum E { A }", undefined],
    ["a template over lines", "`a\n${1}\nb`", "a\n1\nb"],
    ["for await", "let t = 0; for await (const x of [1, Promise.resolve(2)]) t += x; t", 3],
  ];
  it.each(values)("%s", async (_name, code, value) => {
    expect(await run(code)).toEqual(value);
  });
});

describe("anything may be declared again", () => {
  const ways: Record<string, (name: string) => string> = {
    let: (name) => `let ${name}: any = 'let'`,
    const: (name) => `const ${name} = 'const'`,
    var: (name) => `var ${name}: any = 'var'`,
    function: (name) => `function ${name}() { return 'function' }`,
    class: (name) => `class ${name} { static v = 'class' }`,
    enum: (name) => `enum ${name} { v = 'enum' }`,
    namespace: (name) => `namespace ${name} { export const v = 'namespace' }`,
    import: (name) => `import { a as ${name} } from 'm'`,
    pattern: (name) => `const { v: ${name} } = { v: 'pattern' }`,
    loop: (name) => `for (var ${name}: any = 0; ${name} < 3; ${name}++);`,
    loopOf: (name) => `for (var { v: ${name} } of [{ v: 'of' }]);`,
    mixed: (name) => `let other${name} = 1, ${name} = 'mixed', { c } = { c: 1 }`,
  };
  const results: Record<string, unknown> = { import: 1, loop: 3, loopOf: "of" };
  // A namespace adds to a function of the same name, as in TypeScript.
  const read = "(x: any) => x.v ?? (typeof x === 'function' && !/^class/.test(x) ? x() : x)";
  for (const first of Object.keys(ways)) {
    it(`${first}, then everything else, and back`, async () => {
      for (const second of Object.keys(ways)) {
        const name = `${first}_${second}`;
        for (const kind of [first, second, first]) {
          await run(ways[kind](name));
          expect(await run(`(${read})(${name})`), `${first} then ${second}: ${kind}`).toBe(results[kind] ?? kind);
        }
      }
    });
  }

  it("functions are there before the cell's first line, whatever the name was", async () => {
    expect(await run("let f = 1", "let r = f(2)\nfunction f(n: number): number { return n && f(n - 1) + 1 }\nr")).toBe(
      2,
    );
    await expect(run("\nfunction f() {\n  (null as any).x }\nf()")).rejects.toMatchObject({ line: 2, column: 16 });
  });

  it("a function that moves up keeps its dynamic imports", async () => {
    expect(await run("let f = 1", "async function f() { return (await import('m')).b }\nawait f()")).toBe(2);
  });

  it("closures see later writes and later declarations", async () => {
    expect(await run("let n = 0; function getN() { return n }", "n = 5", "getN()")).toBe(5);
    expect(await run("let n = 6", "getN()")).toBe(6);
  });

  it("names before a throw stay", async () => {
    await expect(run("let kept = 1; throw new Error('x')")).rejects.toMatchObject({ text: "Error: x" });
    expect(await run("kept")).toBe(1);
  });

  it("a name whose first cell threw can be declared again", async () => {
    await expect(run("let late = (() => { throw new Error('x') })()")).rejects.toBeDefined();
    expect(await run("var late = 2; late")).toBe(2);
    await expect(run("const soon = (() => { throw new Error('x') })()")).rejects.toBeDefined();
    expect(await run("function soon() { return 3 }; soon()")).toBe(3);
  });
});

describe("what a cell declares", () => {
  it("names every kind once", () => {
    const code = `import d, * as ns from "m"; import { a as b, type T } from "m"; import r = require("m");
let x = 1, { y, z: [w] } = {} as any; var v; if (x) { var u = 1 } for (const no of []) { var t; let nope }
function f(): void; function f() { var inner } class C {} enum E {} namespace N {} interface I {} type A = 1; declare const dc: 1;`;
    const { declared } = notebook.language.compile({ id: "1", code, check: "off" });
    expect(declared).toEqual([
      "d",
      "ns",
      "b",
      "T",
      "r",
      "x",
      "y",
      "w",
      "v",
      "u",
      "t",
      "f",
      "C",
      "E",
      "N",
      "I",
      "A",
      "dc",
    ]);
  });
});

describe("syntax errors", () => {
  it("are placed and stop the cell", () => {
    const cell = notebook.language.compile({ id: "1", code: "let a = 1\nlet b = = 2", check: "off" });
    expect(cell).toMatchObject({
      code: "",
      syntaxError: true,
      diagnostics: [{ code: 1109, line: 1, column: 8, category: "error" }],
    });
  });
});
