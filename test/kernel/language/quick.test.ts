/** The check of the first second: with JavaScript's own library alone, and sure of what it says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { notebookWith } from "./folder";

let cache: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), "dnn-cache-"));
  vi.stubEnv("DNN_LAB_CACHE", cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

describe("a quick check", () => {
  it("is sure of nothing before an earlier session has written the library", () => {
    const { language } = notebookWith({}, { quick: true });
    expect(language.compile({ id: "1", code: "1 + 1", check: "error" })).toMatchObject({
      unsure: true,
      diagnostics: [],
    });
  });

  it("is sure of right cells, and of errors that no other types can mend", () => {
    const full = notebookWith({}).language;
    full.warmUp();
    full.keepForNextStart();
    const { language } = notebookWith({}, { quick: true });
    const compile = (code: string): (string | number)[] => {
      const { unsure, diagnostics } = language.compile({ id: code, code, check: "error" });
      language.commit(code);
      return [unsure ? "unsure" : "sure", ...diagnostics.map((one) => one.code)];
    };
    expect(compile("const a = [1, 2].map((x) => x + 1); console.log(a)")).toEqual(["sure"]);
    expect(compile("a.at(-1)")).toEqual(["sure"]);
    expect(compile("const b: number = 'x'")).toEqual(["sure", 2322]);
    expect(compile("process.version")).toEqual(["unsure", expect.any(Number)]);
  });

  it.each([
    ["imports", "import fs from 'node:fs'"],
    ["types of modules", "let f: import('node:fs').Stats"],
    ["references", "/// <reference types='node' />\n1"],
    ["augmentations", "declare global { var g: number }"],
    ["members that only other types may have", "'a'.nope"],
  ])("is not sure of %s", (_name, code) => {
    const { language } = notebookWith({}, { quick: true });
    expect(language.compile({ id: "1", code, check: "error" }).unsure).toBe(true);
  });

  it("is not sure of what uses names of cells that it could not check", () => {
    const { language } = notebookWith({}, { quick: true });
    language.compile({ id: "1", code: "import { x } from 'anything'", check: "off" });
    language.commit("1");
    expect(language.compile({ id: "2", code: "x.y.z", check: "error" }).unsure).toBe(true);
  });

  it("stays sure after unchecked cells that declare nothing", () => {
    const { language } = notebookWith({}, { quick: true });
    const afterUnchecked = (code: string): boolean | undefined => {
      language.compile({ id: code, code, check: "off" });
      language.commit(code);
      return language.compile({ id: "next", code: "1 + 1", check: "error" }).unsure;
    };
    expect(afterUnchecked("1 + 1")).toBeUndefined();
    expect(afterUnchecked("let x")).toBe(true);
  });
});
