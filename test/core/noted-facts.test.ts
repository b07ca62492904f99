import { afterEach, beforeEach, expect, it } from "vitest";
import { noteData, noteEngine, noteInput, noteSeed, type RunFacts } from "../../src/core/run-facts";

const holder = globalThis as unknown as Record<symbol, RunFacts | undefined>;
const KEY = Symbol.for("dnn-lab.facts");
let before: RunFacts | undefined;

beforeEach(() => {
  before = holder[KEY];
  holder[KEY] = undefined;
});
afterEach(() => void (holder[KEY] = before));

it("notes what differs in name, source or contents, and the same thing once", () => {
  const first = { name: "a", source: "folder", fingerprint: "1" };
  noteData(first);
  noteData({ ...first });
  expect(holder[KEY]).toEqual({ data: [first], inputs: [] });
  const others = [
    { ...first, name: "b" },
    { ...first, source: "drawn" },
    { ...first, fingerprint: "2" },
  ];
  for (const other of [...others, ...others]) noteData(other);
  expect(holder[KEY]!.data).toEqual([first, ...others]);
});

it("notes nothing of a data set but its name, source and contents", () => {
  noteData({ name: "a", source: "b", fingerprint: "c", rows: 7 } as never);
  expect(holder[KEY]!.data).toEqual([{ name: "a", source: "b", fingerprint: "c" }]);
});

it("notes a folder once, and the last engine and seed", () => {
  for (const path of ["x", "y", "x"]) noteInput(path);
  for (const name of ["wasm", "tensorflow"]) noteEngine(name);
  for (const seed of [1, 0]) noteSeed(seed);
  expect(holder[KEY]).toEqual({ data: [], inputs: ["x", "y"], engine: "tensorflow", seed: 0 });
});
