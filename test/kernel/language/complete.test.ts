import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLanguage } from "../../../src/kernel/language";
import type { Completion, LanguageApi } from "../../../src/kernel/language/language-api";
import { notebookWith } from "./folder";

let folder: string;
let language: LanguageApi;

const CELLS = [
  "import * as path from 'node:path'; import { box } from './local'",
  `/** Adds two numbers.
 * @param a the first
 * @returns the sum
 * @example
 * add(1, 2)
 */
function add(a: number, b = 1): number {
  return a + b;
}`,
  "let counter = 0; const model = { predict(x: number) { return x }, \"odd-name\": 1, '😀': 2 }; interface Options { units: number; activation?: 'relu' | 'tanh' }",
  "function dense(options: Options): void {} class Layer<T> { constructor(readonly value: T) {} grow(): this { return this } }",
  "let maybe: { inner: number } | undefined = Math.random() > 2 ? { inner: 1 } : undefined; type Pair = [number, string]; enum Color { Red, Green }",
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-complete-"));
  writeFileSync(join(folder, "tsconfig.json"), '{ "compilerOptions": { "strict": true } }');
  writeFileSync(
    join(folder, "local.ts"),
    "/** A box. */\nexport function box(side: number): number {\n  return side ** 3;\n}\nexport const boxes = 1;",
  );
  mkdirSync(join(folder, "node_modules/some-package"), { recursive: true });
  writeFileSync(
    join(folder, "node_modules/some-package/package.json"),
    '{ "name": "some-package", "types": "i.d.ts" }',
  );
  writeFileSync(join(folder, "node_modules/some-package/i.d.ts"), "export const someExport: number;");
  writeFileSync(join(folder, "package.json"), '{ "dependencies": { "some-package": "1" } }');
  language = createLanguage({ cwd: folder });
  CELLS.forEach((code, index) => {
    const { diagnostics } = language.compile({ id: `In[${index + 1}]`, code, check: "error" });
    expect(diagnostics).toEqual([]);
    language.commit(`In[${index + 1}]`);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("names that an import would make known", () => {
  const files = {
    "package.json": { dependencies: { training: "1", broken: "1", absent: "1" }, devDependencies: { "@types/x": "1" } },
    "node_modules/training/package.json": { name: "training", types: "i.d.ts" },
    "node_modules/training/i.d.ts":
      "export * from './more'; export { hidden as earlyBird } from './more'; export default function earlyDefault(): void;",
    "node_modules/training/more.d.ts":
      "export * from './i';\n/** Stops early. */\nexport function earlyStopping(patience: number): void; export interface EarlyOptions { n: number } declare const hidden: number; export { hidden }",
    "node_modules/broken/package.json": "{",
    "node_modules/other/package.json": { name: "other", types: "i.d.ts" },
    "node_modules/other/i.d.ts": "export const earlyOther: number;",
    "helper.ts": "export const earlyHelper = 1;",
  };

  it("are proposed with their import, and documented", () => {
    const { cell, language: own } = notebookWith(files);
    const found = (code: string) => {
      const { types, matches } = own.complete(code, code.length);
      expect(matches).toEqual(types.map(({ text }) => text));
      return types.filter((one) => one.import !== undefined);
    };
    expect(found("const s = earlyS")).toEqual([
      {
        text: "earlyStopping",
        type: "import",
        start: 10,
        end: 16,
        import: 'import { earlyStopping } from "training";',
      },
    ]);
    expect(found("early").map(({ text }) => text)).toEqual(["earlyBird", "earlyStopping"]);
    expect(found("let o: EarlyO").map((one) => one.import)).toEqual(['import { type EarlyOptions } from "training";']);
    expect(found("readFileSy")[0]?.import).toBe('import { readFileSync } from "node:fs";');
    for (const code of ["ea", "x.early", "'early", "// early", "({}).early"]) expect(found(code), code).toEqual([]);
    const text = own.inspect("earlyStopping", 5, 0)!.text;
    expect(text).toMatch(/^import { earlyStopping } from "training";\n\n.*earlyStopping\(patience: number\): void\n/);
    expect(text).toContain("Stops early.");
    expect(own.inspect("earlyStopping(", 14, 0)!.text).toContain('import { earlyStopping } from "training";');
    expect(own.inspect("x.earlyStopping", 15, 0)).toBeNull();
    const [unknown] = cell("earlyStopping(3)");
    expect(unknown?.message).toBe(
      "Cannot find name 'earlyStopping'.\nimport { earlyStopping } from \"training\" makes it known.",
    );
    // What the notebook has imported from is looked through too; what it has imported is there already.
    expect(cell("import { earlyStopping } from 'training'; import {} from 'other'; import {} from './helper'")).toEqual(
      [],
    );
    expect(found("early").map(({ text: name }) => name)).toEqual(["earlyBird", "earlyOther", "earlyHelper"]);
  });
});

/** Completes at the bar. */
function at(marked: string): Completion & { replaced: string[] } {
  const before = marked.slice(0, marked.indexOf("|"));
  const code = before + marked.slice(before.length + 1);
  const completion = language.complete(code, [...before].length);
  const points = [...code];
  const apply = (match: string): string =>
    [...points.slice(0, completion.cursorStart), match, ...points.slice(completion.cursorEnd)].join("");
  return { ...completion, replaced: completion.matches.map(apply) };
}

describe("complete", () => {
  const cases: [string, string, string][] = [
    ["members", "model.|", "model.predict"],
    ["members by prefix", "model.pre|", "model.predict"],
    ["in the middle of a line", "const y = model.pre|; y", "const y = model.predict; y"],
    ["names of earlier cells", "coun|", "counter"],
    ["earlier functions", "ad|", "add"],
    ["earlier types", "let o: Opt|", "let o: Options"],
    ["names of this cell", "const inThisCell = 1\ninThis|", "const inThisCell = 1\ninThisCell"],
    ["globals", "structuredCl|", "structuredClone"],
    ["kernel globals", "clearOut|", "clearOutput"],
    ["imported modules' members", "path.base|", "path.basename"],
    ["module names", "import * as x from 'node:pa|'", "import * as x from 'node:path'"],
    ["packages", "import * as x from 'some-|'", "import * as x from 'some-package'"],
    ["relative modules", "import * as x from './lo|'", "import * as x from './local'"],
    ["named exports", "import { bo| } from './local'", "import { box } from './local'"],
    ["literal unions", "const a: Options['activation'] = 're|'", "const a: Options['activation'] = 'relu'"],
    ["keys of options", "dense({ un| })", "dense({ units })"],
    ["values of options", "dense({ units: 1, activation: 'ta|' })", "dense({ units: 1, activation: 'tanh' })"],
    ["inside unfinished calls", "add(model.pre|", "add(model.predict"],
    ["inside unfinished blocks", "if (counter) {\n  coun|", "if (counter) {\n  counter"],
    ["behind a possibly undefined value", "maybe.in|", "maybe?.inner"],
    ["class members", "new Layer(1).gr|", "new Layer(1).grow"],
    ["enum members", "Color.Gr|", "Color.Green"],
    ["keywords", "funct|", "function"],
    ["whatever the case", "COUNT|", "counter"],
    ["behind astral characters", "const s = '😀😀'; model.pre|", "const s = '😀😀'; model.predict"],
    ["names that are no identifiers", "model.odd|", 'model["odd-name"]'],
    ["behind %time", "%time model.pre|", "%time model.predict"],
    ["in a cell with a syntax error elsewhere", "let = ;\nmodel.pre|", "let = ;\nmodel.predict"],
    ["awaited values", "(await Promise.resolve(model)).pre|", "(await Promise.resolve(model)).predict"],
  ];
  it.each(cases)("%s", (_name, marked, expected) => {
    expect(at(marked).replaced).toContain(expected);
  });

  it("only proposes what fits what is typed", () => {
    expect(at("model.pre|").matches).toEqual(["predict"]);
    expect(at("coun|")).toMatchObject({ cursorStart: 0, cursorEnd: 4 });
  });

  it("says what kind of thing each is", () => {
    expect(at("ad|").types).toContainEqual({ text: "add", type: "function", start: 0, end: 2 });
    expect(at("model.pre|").types[0]).toMatchObject({ type: "method" });
    expect(at("Lay|").types[0]).toMatchObject({ text: "Layer", type: "class" });
  });

  it("counts code points", () => {
    expect(at("'😀'; coun|")).toMatchObject({ cursorStart: 5, cursorEnd: 9 });
  });

  it("keeps its own names to itself", () => {
    for (const text of ["|", "dnn|", "__|"]) expect(at(text).matches.filter((name) => /dnn/.test(name))).toEqual([]);
  });

  it("has nothing to say in comments, strings and other languages", () => {
    for (const text of ["// coun|", "'coun|'", "%%sh\ncoun|", "1.|"]) expect(at(text).matches).toEqual([]);
  });

  it("survives every position of any text", () => {
    const code = "const s = `a${1}😀`; if (x) { foo(<T>y";
    for (let cursor = 0; cursor <= [...code].length; cursor++) {
      const { cursorStart, cursorEnd } = language.complete(code, cursor);
      expect(cursorStart).toBeLessThanOrEqual(cursor);
      expect(cursorEnd).toBe(cursor);
    }
    expect(language.complete("", 0).matches).toContain("counter");
    expect(language.complete("a", 99).cursorEnd).toBeLessThanOrEqual(99);
  });
});

describe("inspect", () => {
  function inspect(marked: string, level: 0 | 1 = 0): { text: string; markdown: string } | null {
    const before = marked.slice(0, marked.indexOf("|"));
    return language.inspect(before + marked.slice(before.length + 1), [...before].length, level);
  }

  const cases: [string, string, string][] = [
    ["a function", "ad|d", "function add(a: number, b?: number): number"],
    ["at its end", "add|", "function add(a: number, b?: number): number"],
    ["inside its brackets", "add(|", "add(a: number, b?: number): number"],
    ["inside its arguments", "add(1, |)", "add(a: number, b?: number): number"],
    ["an assignable variable", "counter|", "let counter: number"],
    ["a constant", "const q = [1]; q|", "const q: number[]"],
    ["a member", "model.predict|", "(method) predict(x: number): number"],
    ["a type", "let x: Options|", "interface Options"],
    ["an alias", "let x: Pair|", "type Pair = [number, string]"],
    ["a class", "Layer|", "class Layer<T>"],
    ["an enum", "Color|", "enum Color"],
    ["a global", "parseInt|", "function parseInt(string: string, radix?: number): number"],
    ["a kernel global", "display|", "function display(value: unknown, options?: DisplayOptions): DisplayHandle"],
    ["an imported function", "box|", "function box(side: number): number"],
    ["behind astral characters", "'😀'; add|", "function add(a: number, b?: number): number"],
  ];
  it.each(cases)("%s", (_name, marked, expected) => {
    expect(inspect(marked)?.text.split("\n")[0]).toBe(expected);
  });

  it("gives documentation and tags, as text and as Markdown", () => {
    expect(inspect("add|")).toEqual({
      text: "function add(a: number, b?: number): number\n\nAdds two numbers.\n\n@param a the first\n@returns the sum\n@example add(1, 2)",
      markdown:
        "```typescript\nfunction add(a: number, b?: number): number\n```\n\nAdds two numbers.\n\n- *@param* a the first\n- *@returns* the sum\n- *@example* add(1, 2)",
    });
  });

  it("level 1 adds the source of own definitions, of cells and of local files", () => {
    expect(inspect("add|", 1)!.text).toContain("Source:\n");
    expect(inspect("add|", 1)!.text).toContain("return a + b;");
    expect(inspect("box|", 1)!.text).toContain("return side ** 3;");
    expect(inspect("const own = 5; own|", 1)!.text).toContain("Source:\nconst own = 5");
    expect(inspect("parseInt|", 1)!.text).not.toContain("Source:");
    expect(inspect("display|", 1)!.text).not.toContain("Source:");
  });

  it("knows nothing of nothing", () => {
    for (const text of ["|", "  |  ", "1 + |", "// add|", "%%html\nadd|", "nowhere|"]) expect(inspect(text)).toBeNull();
  });

  it("points from a method to the function of an imported package for such objects", () => {
    const { cell, language: own } = notebookWith({
      "node_modules/engine/package.json": { name: "engine", types: "i.d.ts" },
      "node_modules/engine/i.d.ts":
        "export class Model { layers: number; /** Fits. */ fit(x: number): void; save(): void; stop(): void }\nexport function stop(model: Model): void; export function model(): Model",
      "node_modules/training/package.json": { name: "training", types: "i.d.ts" },
      "node_modules/training/i.d.ts":
        "import { Model } from 'engine'; export class Data {}\n/** Trains a model. In epochs. */\nexport function fit(model: Model, data: Data, options?: { epochs?: number }): void; export function save(data: number): void; export function stop(): void; export function map(list: string[]): void",
    });
    expect(cell("import { model as make } from 'engine'; const model = make(); class Mine { fit() {} }")).toEqual([]);
    const markdown = (code: string): string => own.inspect(code, code.length, 0)!.markdown;
    expect(markdown("model.fit(")).not.toContain("See also");
    expect(cell("import { Data } from 'training'; const data = new Data(); const list = ['a']")).toEqual([]);
    const pointer = "See also `fit(model, data, options?)` of training: Trains a model.";
    expect(markdown("model.fit(").split("\n\n")).toContain(pointer);
    expect(markdown("model.fit").split("\n\n")).toContain(pointer);
    expect(own.inspect("model.fit", 9, 0)!.text).toContain(pointer.replace(/`/g, ""));
    for (const other of ["model.save", "model.stop", "list.map", "model.layers", "new Mine().fit"])
      expect(markdown(other), other).not.toContain("See also");
  });

  it("lists the options of a function with their first sentences and defaults", () => {
    const code = `interface TrainOptions {
  /** How many passes over the data. Each shuffles it anew. Default 10. */
  epochs?: number;
  /** @default "mse" */
  loss?: "mse" | "mae";
  quiet?: boolean;
}
/** Trains. */
function train(model: object, options: TrainOptions = {}): void {}
class Trainer { constructor(options?: { rate?: number }) {} }
function plain(date: Date, list: number[], point: { x: number; y: number }): void {}`;
    language.compile({ id: "options", code, check: "off" });
    language.commit("options");
    const expected = [
      "Options:",
      "  epochs?: number  How many passes over the data. Default 10.",
      '  loss?: "mse" | "mae"  Default "mse".',
      "  quiet?: boolean",
    ].join("\n");
    expect(inspect("train|")!.text).toContain(expected);
    expect(inspect("train({}, {|")!.text).toContain(expected);
    expect(inspect("train({}, |")!.text).toContain(expected);
    expect(inspect("train|")!.markdown).toContain("- `epochs?: number` How many passes over the data. Default 10.");
    expect(inspect("new Trainer|()")!.text).toContain("Options:\n  rate?: number");
    expect(inspect("plain|")!.text).not.toContain("Options");
    expect(inspect("parseInt|")!.text).not.toContain("Options");
  });
});
