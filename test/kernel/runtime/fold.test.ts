import { expect, test } from "vitest";
import { foldedLines } from "../../../src/kernel/runtime/stack/fold";
import { frameText, ownFrames, parseFrame } from "../../../src/kernel/runtime/stack/frames";

const frames = (...lines: string[]): ReturnType<typeof parseFrame>[] => lines.map((line) => parseFrame(line));
const inPackage = (line: number): string => `call${line} (/p/node_modules/@scope/pack/index.js:${line}:1)`;

test("frames of packages are folded, those of the notebook stay", () => {
  const lines = foldedLines(frames(...[1, 2, 3, 4, 5, 6].map(inPackage), "f (In[1]:1:1)", inPackage(7), "In[2]:1:1"));
  expect(lines).toEqual([
    `at ${inPackage(1)}`,
    `at ${inPackage(2)}`,
    "… 3 more frames in @scope/pack (%traceback full shows them)",
    `at ${inPackage(6)}`,
    "at f (In[1]:1:1)",
    `at ${inPackage(7)}`,
    "at In[2]:1:1",
  ]);
});

test("equal lines are counted", () => {
  expect(foldedLines(frames("f (In[1]:1:1)", "f (In[1]:1:9)", "f (In[1]:1:9)", "f (In[1]:1:9)", "In[1]:2:1"))).toEqual([
    "at f (In[1]:1:1)",
    "at f (In[1]:1:9)",
    "… the same 2 more times",
    "at In[1]:2:1",
  ]);
});

test("V8's own functions belong to their caller, and what lies outside of the notebook is left out", () => {
  const own = ownFrames(
    frames("JSON.parse (<anonymous>)", "async f (In[3]:2:3)", "new Promise (<anonymous>)", "node:internal/x:1:1"),
  );
  expect(own.map(frameText)).toEqual(["JSON.parse (<anonymous>)", "async f (In[3]:2:3)"]);
  expect(ownFrames(frames("open (node:fs:1:2)")).map(frameText)).toEqual(["open (node:fs:1:2)"]);
});
