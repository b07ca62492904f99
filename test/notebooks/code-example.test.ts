/** The slides' code example as it is stored; it and the course's other notebooks executed headlessly for one epoch. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExecutionCounts } from "../../src/notebooks/notebook/execution-counts";
import { venvPython } from "../../src/notebooks/python/project";
import { publishedFor, publishedRuns } from "../../src/library/reports/published";
import { reproducedNotebooks, resultsFolder } from "../../scripts/reproduce-notebooks";

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
  text?: string | string[];
}
interface Cell {
  cell_type: string;
  source: string | string[];
  outputs?: Output[];
}

const root = join(__dirname, "../..");
const path = join(root, "notebooks/p3_c2_s2_training_deep_neural_networks/code_example.ipynb");
const numbered = Array.from({ length: 49 }, (_, i) => i + 1);
const codeCells = (file: string) =>
  (JSON.parse(readFileSync(file, "utf8")).cells as Cell[]).filter((cell) => cell.cell_type === "code");
const text = (source: string | string[]) => (Array.isArray(source) ? source.join("") : source);

describe("the stored notebook", () => {
  const cells = codeCells(path);

  it("has the course's cells, In[1] to In[49], executed in order and without an error", () => {
    expect(readExecutionCounts(path)).toEqual(numbered);
    expect(cells.flatMap(({ outputs }) => outputs ?? []).filter(({ output_type }) => output_type === "error")).toEqual(
      [],
    );
  });

  it("holds under each number what the slides cite", () => {
    const cited: Record<number, RegExp> = {
      18: /powerSchedule\(/,
      24: /exponential\(publishedDecaySteps\)/,
      30: /reduceLROnPlateau\(\{ factor: 0\.1, patience: 5 \}\)/,
      31: /await fit\(/,
      33: /model\.add\(batchNormalization\(\)\)/,
      39: /clipvalue: 1/,
      43: /dropout\(\{ rate: 0\.2 \}\)/,
    };
    for (const [number, content] of Object.entries(cited)) {
      expect(text(cells[Number(number) - 1].source), `In[${number}]`).toMatch(content);
    }
  });

  it("shows each learning curve interactively and as an image, and ran on the real data", () => {
    for (const {
      fitCell,
      cells: [, plotCell],
    } of publishedRuns.sections) {
      expect(text(cells[fitCell - 1].source)).toMatch(/fit\(/);
      const kinds = (cells[plotCell - 1].outputs ?? []).map(({ data }) => Object.keys(data ?? {}).sort());
      expect(kinds[0]).toEqual(["application/vnd.plotly.v1+json", "image/png", "text/plain"]);
    }
    expect(text(cells[7].outputs?.[0].text ?? "")).not.toContain("generated");
  });
});

/** Those that train networks of seconds; the others' quick profile takes minutes. */
const small = reproducedNotebooks.filter(({ name }) => /^s[12]-/.test(name));

describe.runIf(existsSync(venvPython()))("the course's notebooks executed for one epoch", () => {
  it.each(small)("end well, with all cells, sections and files: $name", { timeout: 600_000 }, (notebook) => {
    const out = mkdtempSync(join(tmpdir(), "dnn lab "));
    try {
      const args = [
        join(root, "dist/scripts/reproduce.js"),
        "--notebook",
        notebook.name,
        "--epochs",
        "1",
        "--out",
        out,
      ];
      const env = { ...process.env, DNN_LAB_SOURCE: process.env.DNN_LAB_DATA ? "auto" : "generated" };
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
      expect(status, stderr).toBe(0);
      const folder = resultsFolder(out, notebook);
      expect(stdout).toContain(`execution counts are exactly 1–${notebook.lastCell}`);
      const { sections, test } = JSON.parse(readFileSync(join(folder, "record.json"), "utf8"));
      expect(sections.map(({ name }: { name: string }) => name)).toEqual(
        publishedFor(notebook.path).sections.map(({ name }) => name),
      );
      expect(test.accuracy).toBeGreaterThan(0.5);
      for (const file of ["model/model.weights.h5", `figure/${sections.at(-1).name}.png`, basename(notebook.path)])
        expect(existsSync(join(folder, file)), file).toBe(true);
      const { runs } = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
      expect(runs).toHaveLength(1);
      expect(existsSync(join(out, "report.html"))).toBe(true);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});
