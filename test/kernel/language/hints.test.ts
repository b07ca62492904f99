/** What is said below a message of TypeScript where many stumble. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { notebookIn } from "./folder";

const folder = mkdtempSync(join(tmpdir(), "dnn-hints-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { cell, language } = notebookIn(folder, {});
beforeEach(() => language.reset());

describe("hints", () => {
  const cases: [string, string, string][] = [
    ["a missing await", "async function f() { return { history: 1 } }\nf().history", "put await before it"],
    ["a promise as an argument", "const p = Promise.resolve(1); Math.cos(p)", "put await before it"],
    ["values of a union", "type Loss = 'mse' | 'mae'\nlet l: Loss = 'mse'; l = 'x'", 'Allowed: "mse", "mae".'],
    [
      "values of an option",
      "interface O { loss?: Loss } type Loss = 'mse' | 'mae'\nfunction c(o: O) {}; c({ loss: 'msee' })",
      'Allowed: "mse", "mae".',
    ],
    ["values of a parameter", "type Loss = 'mse' | 'mae'\nfunction c(o: Loss) {}; c('msee')", 'Allowed: "mse", "mae".'],
    ["print", "print('a')", "console.log"],
    ["None", "let a = None", "null, or undefined"],
    ["len", "len([1])", "xs.length"],
    ["the page", "document.title", "reference lib"],
    ["a package that is not there", "import x from '@scope/pack/sub'", "%npm install @scope/pack installs it"],
    ["def", "def f(x):\n  return x", "function name(parameters)"],
    ["a comment of Python", "# note\n1", "Comments begin with //"],
    ["a loop of Python", "for x in xs:\n  x", "braces"],
    ["an import of Python", "import numpy as np", 'import * as name from "module"'],
    ["a command among code", "const a = 1\n!ls -la", "%%sh"],
    ["a magic below code", "let a = 1\n%time a", "before all code"],
  ];
  it.each(cases)("%s", (_name, code, hint) => {
    const messages = cell(code).map(({ message }) => message);
    expect(messages.join("\n")).toContain(hint);
  });

  it.each([
    ["an ordinary mismatch", "const a: number = 'x'"],
    ["a union whose values are in the message", "const q: 'a' | 'b' = 'c'"],
    ["an unknown name", "nope"],
  ])("none for %s", (_name, code) => {
    const [{ message } = { message: "" }] = cell(code);
    expect(message).not.toContain("\n");
  });
});
