import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sourceHash } from "../../src/notebooks/notebook/notebook-file";
import {
  circumstancesOf,
  pairCells,
  readReference,
  referenceCell,
  writeReference,
  type ReferenceCell,
} from "../../src/notebooks/results/references";
import { codeCell, figure, shown } from "./notebooks";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "references "));
  path = join(folder, "n.ipynb");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = (source: string, fingerprint: string) => [{ name: "fashion_mnist", source, fingerprint }];
const facts = (source: string, fingerprint: string, engine = "native") => ({
  data: data(source, fingerprint),
  inputs: [],
  engine,
});

describe("references", () => {
  it("are kept by data and engine and parameters, and say which", () => {
    const [real, standIn] = [facts("folder", "aa"), facts("generated", "bb")].map((each) => circumstancesOf(each, {}));
    const content = { notebook: "n.ipynb", accepted: "now", commit: "c", cells: [referenceCell(codeCell("1"))] };
    const stored = writeReference(path, { ...standIn, ...content });
    expect(stored).toContain("fashion_mnist-stand-in-");
    expect(readReference(path, standIn).reference.cells).toHaveLength(1);
    expect(() => readReference(path, real)).toThrow(
      /no reference for fashion_mnist \w+, engine native .*There are references for fashion_mnist \(stand-in\)/,
    );
    expect(() => readReference(path, circumstancesOf(facts("generated", "bb", "wasm"), {}))).toThrow("engine wasm");
    expect(() => readReference(path, circumstancesOf(facts("generated", "bb"), { epochs: "2" }))).toThrow("epochs = 2");
    // The place that the same bytes come from is no matter.
    expect(circumstancesOf(facts("cache", "aa"), {})).toEqual(real);
  });

  it("are refused when they were edited or damaged", () => {
    const none = circumstancesOf(undefined, {});
    const stored = writeReference(path, {
      ...none,
      notebook: "n.ipynb",
      accepted: "",
      commit: "",
      cells: [referenceCell(codeCell("0.5"))],
    });
    const good = readFileSync(stored, "utf8");
    writeFileSync(stored, good.replace('"line": "0.5"', '"line": "0.6"'));
    expect(() => readReference(path, none)).toThrow(expect.objectContaining({ kind: "edited-reference" }));
    writeFileSync(stored, good.slice(0, 50));
    expect(() => readReference(path, none)).toThrow("cannot be read as a reference");
    // Another layout of the same content is none.
    writeFileSync(stored, JSON.stringify(JSON.parse(good)));
    expect(readReference(path, none).path).toBe(stored);
  });

  it("keep a figure's data, not its picture", () => {
    const [output] = figure([{ y: [1] }]) && [figure([{ y: [1] }])];
    const both = shown({ ...output.data, "image/png": "iVBO", "text/plain": "f" });
    expect(Object.keys(referenceCell(codeCell("x", { outputs: [both] })).outputs[0].data!)).toEqual([
      "application/vnd.plotly.v1+json",
      "text/plain",
    ]);
  });
});

describe("pairCells", () => {
  const stored = (line: string, id?: string): ReferenceCell => ({
    id,
    section: null,
    hash: sourceHash(line),
    line,
    executionCount: 1,
    outputs: [],
  });
  const lines = (cells: [string, string?][], reference: [string, string?][]) => {
    const { pairs, removed } = pairCells(
      cells.map(([source, id]) => codeCell(source, { id })),
      reference.map(([line, id]) => stored(line, id)),
    );
    return [pairs.map((pair) => pair?.line), removed.map(({ line }) => line)];
  };
  it("goes by id, by source, and by place where a cell was edited", () => {
    expect(lines([["a2", "1"], ["b"]], [["b"], ["a", "1"]])).toEqual([["a", "b"], []]);
    expect(lines([["a"], ["x"], ["c"]], [["a"], ["b"], ["c"]])).toEqual([["a", "b", "c"], []]);
  });
  it("tells added and removed cells", () => {
    expect(lines([["a"], ["new"], ["b"]], [["a"], ["b"]])).toEqual([["a", undefined, "b"], []]);
    expect(lines([["b"]], [["a"], ["b"]])).toEqual([["b"], ["a"]]);
  });
});
