/** docs/coverage.md: up to date, without gaps, and gaps are noticed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { coverage, gaps, type CoverageRow } from "../../scripts/coverage/coverage";
import { coveragePage } from "../../scripts/coverage/coverage-page";

const project = join(__dirname, "../..");
const rows = coverage(project);

describe("the coverage of the slides", () => {
  it("has a notebook cell, a library function and a test for every statement", () => {
    expect(gaps(rows)).toEqual([]);
    expect(rows.filter(({ open }) => !open).length).toBeGreaterThan(35);
  });

  it("stands in docs/coverage.md as it is (npm run slides brings it up to date)", () => {
    expect(readFileSync(join(project, "docs/coverage.md"), "utf8")).toBe(coveragePage(rows));
  });

  it("links to files that are there, and names cells that were executed", () => {
    const links = [...coveragePage(rows).matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path]) => path);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((path) => !existsSync(join(project, path)))).toEqual([]);
    expect(rows.flatMap(({ cells }) => cells).filter(({ count }) => !(count > 0))).toEqual([]);
  });

  it("knows the cells that the slides cite", () => {
    const cited = {
      "eq-1": ["s2_training_deep_neural_networks/code_example.ipynb", 18],
      "eq-3": ["s2_training_deep_neural_networks/code_example.ipynb", 24],
      "performance-scheduling": ["s2_training_deep_neural_networks/code_example.ipynb", 30],
      "batch-normalization": ["s2_training_deep_neural_networks/code_example.ipynb", 33],
      clipvalue: ["s2_training_deep_neural_networks/code_example.ipynb", 39],
      dropout: ["s2_training_deep_neural_networks/code_example.ipynb", 43],
      "early-stopping": ["s1_deep_neural_networks/code_example.ipynb", 41],
    };
    for (const [id, [notebook, count]] of Object.entries(cited)) {
      const { cells } = rows.find((row) => row.id === id)!;
      const found = cells.map((cell) => [cell.notebook.replace(/^.*p3_c2_/, ""), cell.count]);
      expect(found, id).toContainEqual([notebook, count]);
    }
  });
});

describe("gaps", () => {
  const row = (change: Partial<CoverageRow>): CoverageRow => ({
    ...{ id: "x", slide: "S", content: "c", cells: [{ notebook: "n.ipynb", id: "a", count: 1, functions: ["f"] }] },
    ...{ functions: [{ name: "f", file: "src/f.ts" }], tests: ["test/f.test.ts"] },
    ...change,
  });

  it("are named, and a statement that is shown is not open", () => {
    expect(gaps([row({})])).toEqual([]);
    expect(gaps([row({ cells: [] }), row({ id: "y", functions: [], tests: [] })])).toEqual([
      "x has no notebook cell",
      "y has no library function",
      "y has no test",
    ]);
    expect(gaps([row({ open: "later" }), row({ open: "later", cells: [] })])).toEqual([
      "x is shown, but still said to be open (later)",
    ]);
  });
});
