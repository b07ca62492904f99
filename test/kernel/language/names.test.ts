import { describe, expect, it } from "vitest";
import { cell, codes, language } from "./cells";

describe("names of earlier cells", () => {
  const cases: [string, string[], string[]][] = [
    ["const", ["const a = 1", "const b: string = a"], ["TS2322@0:6"]],
    ["let stays assignable", ["let a = 1", "a = 2; a++; a += 1"], []],
    ["let keeps its type", ["let a = 1", "a = 'x'"], ["TS2322@0:0"]],
    ["var", ["var a = [1]", "a = [2]; a.push('x')"], ["TS2345@0:16"]],
    ["const cannot be assigned", ["const a = 1", "a = 2"], ["TS2588@0:0"]],
    ["functions cannot be assigned", ["function f() {}", "f = () => {}"], ["TS2630@0:0"]],
    ["imports cannot be assigned", ["import { help } from './lib/helper'", "help = 1 as any"], ["TS2632@0:0"]],
    ["function", ["function f(x: number) { return [x] }", "f(1)[0].toFixed(); f('x')"], ["TS2345@0:21"]],
    [
      "overloads",
      [
        "function f(a: string): string; function f(a: number): number; function f(a: any) { return a }",
        "f(1).toFixed(); f('x').trim(); f(true)",
      ],
      ["TS2769@0:33"],
    ],
    [
      "generics",
      ["function id<T extends object>(x: T): T { return x }", "id({ a: 1 }).a.toFixed(); id(1)"],
      ["TS2345@0:29"],
    ],
    [
      "class as value and type",
      ["class A<T> { constructor(public v: T) {} private p = 1 }", "const a: A<number> = new A(1); a.v.toFixed(); a.p"],
      ["TS2341@0:48"],
    ],
    ["subclass", ["abstract class A { abstract f(): number }", "class B extends A {}"], ["TS2515@0:6"]],
    ["interface", ["interface I { x: number }", "const i: I = { x: 'a' }"], ["TS2322@0:15"]],
    ["type alias", ["type P<T> = { v: T }", "const p: P<string> = { v: 1 }"], ["TS2322@0:23"]],
    ["enum", ["enum E { A, B }", "const e: E = E.A; const f: E.B = E.A"], ["TS2322@0:24"]],
    [
      "namespace",
      ["namespace N { export const x = 1; export interface I { y: number } }", "const i: N.I = { y: N.x }; N.z"],
      ["TS2339@0:29"],
    ],
    ["destructured", ["const { a, b: [c] } = { a: 1, b: ['x'] }", "a.toFixed(); c.toFixed()"], ["TS2551@0:15"]],
    [
      "imports",
      ["import { help, type Helper } from './lib/helper'", "const h: Helper = { n: 1 }; help(h)"],
      ["TS2345@0:33"],
    ],
    ["namespace imports", ["import * as fs from 'node:fs'", "fs.existsSync('x'); const s: fs.Stats | 1 = 1"], []],
    ["default imports", ["import sub from 'esm-only/sub'", "const d: false = sub.deep"], ["TS2322@0:6"]],
    ["type imports", ["import type { Helper } from './lib/helper'", "const h: Helper = {}"], ["TS2741@0:6"]],
    [
      "inferred package types",
      ["import { Box } from 'esm-only'; const boxes = [new Box(1)]", "boxes[0].value.trim()"],
      ["TS2339@0:15"],
    ],
    [
      "a class of a package",
      [
        "import { Box } from 'esm-only'; const box = new Box('a')",
        "import { Box } from 'esm-only'; const b: Box<string> = box",
      ],
      [],
    ],
    [
      "inferred types of a local file",
      ["import { help } from './lib/helper'; const make = () => ({ help })", "make().help(1).trim(); make().help('x')"],
      ["TS2345@0:35"],
    ],
    ["awaited", ["import { esm } from 'esm-only'; const s = await esm(1)", "s.toFixed()"], ["TS2551@0:2"]],
    [
      "narrowing",
      ["const v = Math.random() > 1 ? 1 : 'x'", "if (typeof v === 'string') v.trim(); else v.toFixed()"],
      [],
    ],
    ["typeof", ["const o = { a: 1 }", "const p: typeof o = { a: 'x' }"], ["TS2322@0:22"]],
    ["unique symbols", ["const key = Symbol('key'); interface K { [key]: number }", "const k: K = { [key]: 1 }"], []],
    ["three cells on", ["const a = 1", "const b = [a]", "const c = { b }", "c.b[0].trim()"], ["TS2339@0:7"]],
    ["vars in loops", ["for (var i = 0; i < 3; i++);", "i.toFixed(); i.trim()"], ["TS2339@0:15"]],
    ["using", ["using r = { v: 1, [Symbol.dispose]() {} }", "r.v.trim()"], ["TS2339@0:4"]],
    [
      "declared globals",
      ["declare global { interface Array<T> { sum(): number } }", "[1].sum().toFixed(); [1].nope()"],
      ["TS2339@0:25"],
    ],
    [
      "augmented modules",
      [
        "import 'esm-only'; declare module 'esm-only' { interface Box<T> { more: number } }",
        "import { Box } from 'esm-only'; new Box(1).more.toFixed()",
      ],
      [],
    ],
    [
      "local classes cannot be written down, and work",
      ["function f() { class L { private x = 1; y = 2 } return new L() }", "f().y.toFixed(); f().x"],
      ["TS2341@0:21"],
    ],
    [
      "recursive types",
      ["type Tree = { kids: Tree[] }; const t: Tree = { kids: [] }", "t.kids[0].kids[0].nope"],
      ["TS2339@0:18"],
    ],
    ["a name that is a member too", ["const a = 1", "const o = { a: 'x' }; o.a.trim()"], []],
    [
      "merged class and namespace",
      ["class A { static s = 1 }; namespace A { export type T = number }", "const t: A.T = A.s"],
      [],
    ],
    [
      "namespaces over several cells",
      [
        "namespace N { export const a = 1; export namespace M { export const x = 1; export const y = 's' } }",
        "namespace N { export const b = a + 1; export namespace M { export const x = 'x' } }",
        "namespace N { export const b = 'again' }",
        "N.a.toFixed(); N.b.trim(); N.M.x.trim(); N.M.y; N.c",
      ],
      ["TS2339@0:50"],
    ],
    [
      "a namespace that adds to a class or a function",
      [
        "class K { m() { return 1 } }; function f(n: number) { return n }; const base = 2",
        "namespace K { export const s = 's'; export type T = number }",
        "namespace f { export const twice = base * 2 }",
        "const t: K.T = new K().m() + f(f.twice); K.s.trim(); f('x')",
      ],
      ["TS2345@0:55"],
    ],
    [
      "a namespace after a constant replaces it",
      ["const c = 1", "namespace c { export const d = 1 }", "c.toFixed()"],
      ["TS2339@0:2"],
    ],
    [
      "dollars and unicode",
      ["const $ = 1, größe = 2, _$x$ = 'a'", "$.toFixed(); größe.toFixed(); _$x$.toFixed()"],
      ["TS2551@0:35"],
    ],
  ];
  it.each(cases)("%s", (_name, cells, expected) => {
    expect(codes(...cells)).toEqual(expected);
  });

  it("names of cells that were not run are unknown", () => {
    language.compile({ id: "never", code: "const ghost = 1", check: "error" });
    expect(codes("ghost")).toEqual(["TS2304@0:0"]);
  });

  it("cells that ran unchecked are known", () => {
    cell("import { help } from './lib/helper'; let a: number = 'x' as any; class C { m() { return help(a) } }", "off");
    cell("const c = new C(), z = [a]", "off");
    expect(codes("a = 2; c.m().toFixed(); z[0].trim()")).toEqual(["TS2551@0:13", "TS2339@0:29"]);
  });

  it("reset forgets them", () => {
    cell("const a = 1");
    language.reset();
    expect(codes("a")).toEqual(["TS2304@0:0"]);
  });
});

describe("declaring again", () => {
  const cases: [string, string[], string[]][] = [
    ["with another type", ["const a = 1", "const a = 'x'", "a.trim()"], []],
    ["from its own old value is refused, as at run time", ["let a = 1", "let a = a + 1"], ["TS7022@0:4", "TS2448@0:8"]],
    ["a function as a constant", ["function f() { return 1 }", "const f = 'x'", "f.trim()"], []],
    ["an interface", ["interface I { x: number }", "interface I { y: number }", "const i: I = { y: 1 }"], []],
    [
      "a class, old objects keep theirs",
      ["class A { x = 1 }; const old = new A()", "class A { y = 2 }", "const a: A = old"],
      ["TS2741@0:6"],
    ],
    [
      "a type beside a value",
      [
        "const Schema = { parse: (): { n: number } => ({ n: 1 }) }",
        "type Schema = ReturnType<typeof Schema.parse>",
        "const s: Schema = Schema.parse(); s.n.toFixed(); const t: Schema = {}",
      ],
      ["TS2741@0:55"],
    ],
    [
      "a value beside a type",
      ["interface V { x: number }", "const V: V = { x: 1 }", "const w: V = V; V.x.trim()"],
      ["TS2339@0:20"],
    ],
    ["an assignable value beside a type", ["let v = 1", "type v = string", "v = 2; const s: v = 'x'"], []],
    ["a class by a constant takes its type away", ["class A {}", "const A = 1", "let a: A"], ["TS2749@0:7"]],
    ["an enum", ["enum E { A }", "enum E { B }", "E.B; E.A"], ["TS2339@0:7"]],
    ["an import", ["import { help } from './lib/helper'", "const help = 1", "help.toFixed()"], []],
    [
      "functions keep the types they were checked with",
      ["let n = 1", "const getN = () => n", "let n = 'x'", "getN().toFixed()"],
      [],
    ],
    [
      "an interface beside a class",
      ["class A { x = 1 }", "interface A { y: number }", "new A().x; const a: A = { y: 1 }"],
      [],
    ],
  ];
  it.each(cases)("%s", (_name, cells, expected) => {
    expect(codes(...cells)).toEqual(expected);
  });

  it("tells old and new classes of one name apart", () => {
    cell("class A { private x = 1 }; const old = new A()");
    cell("class A { private x = 2 }");
    const [{ message }] = cell("const a: A = old");
    expect(message).toMatch(/^Type 'A \(of In\[\d+\]\)' is not assignable to type 'A'\.\n/);
    expect(message).not.toMatch(/dnn/);
  });
});

describe("many cells", () => {
  /** The language looks for what is no longer needed after each hundred cells. */
  const UNTIL_LOOKED = 100;
  const earlier = (): { modules: ReadonlyMap<number, unknown> } => (language as unknown as { earlier: never }).earlier;

  it("only what can still be named is kept", () => {
    cell("let a = 0; let b = 0; class K { k = 1 }");
    const keep = earlier().modules.size;
    for (let i = 0; i < 80; i++) codes("let a = [b].length", "let b = [a].length", "class K { k = 1 }", "a + b");
    expect(earlier().modules.size).toBeLessThanOrEqual(keep + 2 + UNTIL_LOOKED);
    expect(codes("a.toFixed(); b.toFixed(); new K().k.toFixed(); a.nope")).toEqual(["TS2339@0:49"]);
  });

  it("also when they run unchecked", () => {
    cell("let a = 0, b = 0", "off");
    for (let i = 0; i < 200; i++) {
      cell("let a = b + 1", "off");
      cell("let b = a + 1", "off");
    }
    expect(earlier().modules.size).toBeLessThanOrEqual(55 + UNTIL_LOOKED);
    expect(codes("a.toFixed(); b.toFixed()")).toEqual([]);
  });

  it("a type that is still in use outlives its name", () => {
    expect(codes("class A { x = 1 }; const old = new A()", "class A { y = 1 }", "old.x.toFixed(); old.y")).toEqual([
      "TS2339@0:21",
    ]);
  });
});

describe("cells compiled out of order", () => {
  it("are committed by their own id", () => {
    language.compile({ id: "first", code: "const one = 1", check: "error" });
    language.compile({ id: "second", code: "'x'", check: "error" });
    language.commit("first");
    language.commit("second");
    language.commit("unheard of");
    expect(codes("one.trim()")).toEqual(["TS2339@0:4"]);
  });
});
