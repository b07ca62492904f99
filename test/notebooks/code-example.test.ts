/** The slides' code example: as it is stored, and executed headlessly through the kernel for one epoch. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExecutionCounts } from "../../src/notebooks/execution-counts";
import { venvPython } from "../../src/notebooks/project";
import { publishedRuns } from "../../src/reports/published";

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

describe.runIf(existsSync(venvPython()))("executed for one epoch", () => {
  it("ends well, with all cells, sections and files", { timeout: 300_000 }, () => {
    const out = mkdtempSync(join(tmpdir(), "dnn lab "));
    try {
      const args = [join(root, "dist/scripts/reproduce.js"), "--epochs", "1", "--out", out];
      const env = { ...process.env, DNN_LAB_SOURCE: process.env.DNN_LAB_DATA ? "auto" : "generated" };
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
      expect(status, stderr).toBe(0);
      expect(stdout).toContain("execution counts are exactly 1–49");
      expect(readExecutionCounts(join(out, "code_example.ipynb"))).toEqual(numbered);
      const { sections, test } = JSON.parse(readFileSync(join(out, "record.json"), "utf8"));
      expect(sections.map(({ name }: { name: string }) => name)).toEqual(
        publishedRuns.sections.map(({ name }) => name),
      );
      expect(test.accuracy).toBeGreaterThan(0.5);
      for (const file of ["report.html", "results.json", "model/model.weights.h5", "figure/dropout.png"]) {
        expect(existsSync(join(out, file)), file).toBe(true);
      }
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});
