/** What is known of a variable at the end of a cell is known in the next one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Notebook, notebookIn } from "./folder";

const folder = mkdtempSync(join(tmpdir(), "dnn-narrowing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const notebook = notebookIn(folder, { "tsconfig.json": { compilerOptions: { strict: true } } });

function strict(): Notebook {
  notebook.language.reset();
  return notebook;
}

describe("narrowing", () => {
  const cases: [string, string[], string[]][] = [
    [
      "x-narrow: a constant behind a throw",
      ["const el = [{ n: 1 }].find((x) => x.n === 1)\nif (!el) throw new Error('none')", "el.n.toFixed()"],
      [],
    ],
    ["in a cell of its own", ["const m = new Map([[1, 2]]).get(1)", "if (m === undefined) throw 1", "m.toFixed()"], []],
    [
      "by an assertion",
      [
        "import assert from 'node:assert'",
        "const m = new Map([[1, 2]]).get(1)",
        "assert(m !== undefined)",
        "m.toFixed()",
      ],
      [],
    ],
    [
      "for good",
      ["const a = [1].find(Boolean); if (!a) throw 1", "a.toFixed()", "a.toFixed(); a.nope"],
      ["TS2339@0:15"],
    ],
    ["within functions too", ["const a = [1].find(Boolean); if (!a) throw 1", "const f = () => a + 1"], []],
    ["an assignment", ["let u: string | null = null", "u = 'a'", "u.length"], []],
    ["until the next assignment", ["let u: string | null = null", "u = 'a'", "u = null", "u.length"], ["TS18047@0:0"]],
    [
      "the declared type stays",
      ["let u: string | null = null", "u = 'a'", "u = null; u = 'b'; u = 1"],
      ["TS2322@0:19"],
    ],
    [
      "not when a function assigns",
      ["let u: string | null = null; const reset = () => { u = null }", "u = 'a'; reset()", "u.length"],
      ["TS18047@0:0"],
    ],
    [
      "a callback of the same cell assigns",
      ["let best: number | null = null", "best = 1", "[1].forEach((x) => { best = x })\nbest!.toFixed()"],
      [],
    ],
    [
      "a new declaration begins anew",
      ["const a = [1].find(Boolean); if (!a) throw 1", "const a = [1].find(Boolean)", "a.toFixed()"],
      ["TS18048@0:0"],
    ],
    [
      "where the end is not reached nothing is known",
      ["const a = [1].find(Boolean); if (1 > 0) throw 1", "a.toFixed()"],
      ["TS18048@0:0"],
    ],
    ["let x = null may become anything", ["let x = null", "x = [1]", "x.length; x = 'a'"], []],
    ["let without a value too", ["let x", "x = 5; x.toFixed()"], []],
    [
      "comments keep their meaning",
      ["let u: string | null = null", "u = 'a'", "// @ts-expect-error\nu.nope\nu.length"],
      [],
    ],
    ["places stay", ["let u: string | null = null", "u = 'a'", "// a note\nu.length; u.nope"], ["TS2339@1:12"]],
  ];
  it.each(cases)("%s", (_name, cells, expected) => {
    expect(strict().codes(...cells)).toEqual(expected);
  });

  it("is forgotten when the cell does not come to its end", () => {
    const { language, codes } = strict();
    language.compile({ id: "fails", code: "const a = [1].find(Boolean); if (!a) throw 1", check: "error" });
    language.commit("fails");
    language.failed("fails");
    expect(codes("a.toFixed()")).toEqual(["TS18048@0:0"]);
  });

  it("is forgotten when an unchecked cell mentions the variable", () => {
    const { cell, codes } = strict();
    codes("let u: string | null = null", "u = 'a'");
    cell("u = null", "off");
    expect(codes("u.length")).toEqual(["TS18047@0:0"]);
  });
});
