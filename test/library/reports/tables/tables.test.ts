import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareWithPublished } from "../../../../src/library/reports/compare";
import { publishedRuns } from "../../../../src/library/reports/published";
import { comparisonText, signed } from "../../../../src/library/reports/run-report/comparison-text";
import { comparisonTable } from "../../../../src/library/reports/tables/comparison-table";
import { historyTable } from "../../../../src/library/reports/tables/history-table";
import { textTable } from "../../../../src/library/reports/tables/text-table";
import { historyOf, plainHistory } from "../histories";
import { wholeRecord } from "../records";

const rows = compareWithPublished(wholeRecord({ shift: 0.0123 }), publishedRuns);

describe("historyTable", () => {
  test("has a row for each epoch, numbered from 1, and a column for each metric", () => {
    const table = historyTable(plainHistory);
    expect(table.columns).toEqual(["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]);
    expect(table.values).toEqual([
      [1, 0.9, 0.7, 0.6, 0.78],
      [2, 0.5, 0.8, 0.55, 0.83],
      [3, 0.4, 0.85, 0.52, 0.82],
    ]);
  });

  test("refuses what is no whole history", () => {
    expect(() => historyTable(historyOf({}))).toThrow("no epochs");
    expect(() => historyTable(undefined as never)).toThrow("expected a History as fit returns it, received undefined");
    expect(() => historyTable({ epoch: [0, 1], history: { loss: [1] } })).toThrow("2 epochs but 1 values of loss");
  });
});

describe("comparisonTable", () => {
  test("shows four decimals of each figure and the verdict", () => {
    const table = comparisonTable(rows);
    expect(table.columns).toEqual(["section", "figure", "published", "ours", "difference", "verdict"]);
    expect(table.values[12]).toEqual(["Best model", "test accuracy", 0.8514, 0.8637, 0.0123, "within"]);
    expect(() => comparisonTable([])).toThrow("there are no rows");
  });
});

describe("comparisonText", () => {
  test("is aligned, and without colours has no control characters", () => {
    const lines = comparisonText(rows, { colour: false }).split("\n");
    expect(lines).toHaveLength(15);
    expect(lines[2]).toBe("Power scheduling        final val_accuracy     0.8663  0.8786     +0.0123  within");
    expect(lines.join("")).not.toContain("\u001b");
    const verdicts = lines.slice(2).map((line) => line.indexOf("within"));
    expect(new Set(verdicts).size).toBe(1);
  });

  test("colours verdicts only, good and bad apart", () => {
    const outside = compareWithPublished(wholeRecord({ shift: 0.1 }), publishedRuns);
    expect(comparisonText(rows, { colour: true }).split("\n")[2]).toContain("+0.0123  \u001b[32mwithin\u001b[0m");
    expect(comparisonText(outside, { colour: true }).split("\n")[2]).toContain("  \u001b[31moutside\u001b[0m");
  });

  test("is not coloured where stdout is no terminal", () => {
    if (!process.stdout.isTTY) expect(comparisonText(rows)).toBe(comparisonText(rows, { colour: false }));
  });

  test("signs differences, and zero not at all", () => {
    expect([0.01, -0.01, 0.00001, -0.00001, NaN].map(signed)).toEqual([
      "+0.0100",
      "-0.0100",
      "0.0000",
      "0.0000",
      "NaN",
    ]);
  });
});

describe("textTable", () => {
  test("aligns numbers right and text left, counting characters and not code units", () => {
    expect(
      textTable(
        ["name", "n"],
        [
          ["𝛼β", "1"],
          ["c", "-10.5"],
        ],
      ),
    ).toBe("name      n\n────  ─────\n𝛼β        1\nc     -10.5");
  });

  test("needs no rows", () => expect(textTable(["a"], [])).toBe("a\n─"));
});

test("danfo shares the library's TensorFlow.js and prints nothing when it is loaded", () => {
  const program = `
    require("@tensorflow/tfjs");
    require("danfojs-node");
    const copies = Object.keys(require.cache).filter((path) => /tf-(core|layers)\\.node\\.js$/.test(path));
    if (copies.length !== 2) console.log(copies);
  `;
  const root = join(__dirname, "..", "..", "..", "..");
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
});
