import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countsProblem, readExecutionCounts } from "../../src/notebooks/notebook/execution-counts";

describe("countsProblem", () => {
  it.each([
    [[1, 2, 3], 3, undefined],
    [[1, null, 3], 3, "code cell 2 is In[ ], expected In[2]"],
    [[1, 2, 4], 3, "code cell 3 is In[4], expected In[3]"],
    [[1, 2], 3, "code cell 3 is missing, expected In[3]"],
    [[1, 2, 3], 2, "code cell 3 is In[3], expected nothing after In[2]"],
    [[], 1, "code cell 1 is missing, expected In[1]"],
  ])("%j up to %i: %s", (counts, last, problem) => {
    expect(countsProblem(counts, last)).toBe(problem);
  });
});

describe("readExecutionCounts", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "counts-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (content: string): string => {
    const path = join(folder, "n.ipynb");
    writeFileSync(path, content);
    return path;
  };

  it("takes code cells with a source, also one given as lines", () => {
    const cells = [
      { cell_type: "markdown", source: "x" },
      { cell_type: "code", source: ["a\n", "b"], execution_count: 1 },
      { cell_type: "code", source: [" "], execution_count: 7 },
      { cell_type: "code", source: "c", execution_count: null },
    ];
    expect(readExecutionCounts(write(JSON.stringify({ cells })))).toEqual([1, null]);
  });

  it("refuses what is no notebook, naming the file", () => {
    expect(() => readExecutionCounts(write("{"))).toThrow(/n\.ipynb cannot be read as a notebook/);
    expect(() => readExecutionCounts(write("[]"))).toThrow(/n\.ipynb is not a notebook/);
  });
});
