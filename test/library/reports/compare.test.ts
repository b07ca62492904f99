import { describe, expect, test } from "vitest";
import { allPassed, compareWithExpected, compareWithPublished } from "../../../src/library/reports/compare";
import { publishedFor, publishedNotebooks, publishedRun, publishedRuns } from "../../../src/library/reports/published";
import type { RunRecord, SectionRecord } from "../../../src/library/reports/record-shape";
import { wholeRecord } from "./records";

const compare = (run: RunRecord, options = {}) => compareWithPublished(run, publishedRuns, options);

describe("the published figures", () => {
  test("end with the validation accuracies that the course prints", () => {
    const finals = publishedRuns.sections.map(({ name, history }) => [name, history.val_accuracy.at(-1)]);
    expect(finals).toEqual([
      ["power", 0.8663],
      ["exponential", 0.81],
      ["performance", 0.8698],
      ["batchNormalization", 0.8773],
      ["gradientClipping", 0.8561],
      ["dropout", 0.8577],
    ]);
    expect(publishedRuns.test).toEqual({ cell: 49, loss: 0.4201, accuracy: 0.8514 });
  });

  test("have four metrics of ten epochs in every section, and its fit cell within its cells", () => {
    for (const { cells, fitCell, history } of publishedRuns.sections) {
      expect(Object.entries(history).map(([name, values]) => [name, values.length])).toEqual([
        ["loss", 10],
        ["accuracy", 10],
        ["val_loss", 10],
        ["val_accuracy", 10],
      ]);
      expect(fitCell).toBeGreaterThan(cells[0]);
      expect(fitCell).toBeLessThan(cells[1]);
    }
  });

  test("are there for each notebook, with the test accuracies that the course prints", () => {
    const found = Object.entries(publishedNotebooks).map(
      ([
        path,
        {
          sections,
          test: { cell, accuracy },
        },
      ]) => [path.replace(/^p3_c2_(s\d)_\w+/, "$1"), sections.length, cell, accuracy],
    );
    expect(found).toEqual([
      ["s2/code_example.ipynb", 6, 49, 0.8514],
      ["s1/code_example.ipynb", 6, 45, 0.8735],
      ["s2/case_study.ipynb", 1, 24, 0.8701],
      ["s3/case_study.ipynb", 0, 32, 0.8622],
    ]);
    const names = Object.values(publishedNotebooks).flatMap(({ sections }) => sections.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const { sections } of Object.values(publishedNotebooks))
      for (const { cells, fitCell, history } of sections) {
        expect(fitCell).toBeGreaterThanOrEqual(cells[0]);
        expect(fitCell).toBeLessThanOrEqual(cells[1]);
        expect(new Set(Object.values(history).map(({ length }) => length)).size).toBe(1);
      }
    expect(publishedRun("earlyStopping").history.val_accuracy).toHaveLength(20);
  });

  test("are found by the notebook that a record names; one of your own has the code example's", () => {
    expect(publishedFor("notebooks/p3_c2_s1_deep_neural_networks/code_example.ipynb").test.accuracy).toBe(0.8735);
    expect(publishedFor("p3_c2_s2_training_deep_neural_networks/case_study.ipynb").test.accuracy).toBe(0.8701);
    expect(publishedFor("mine.ipynb")).toBe(publishedRuns);
  });

  test("are handed out as copies, and unknown names are refused with the known ones", () => {
    publishedRun("power").history.loss[0] = 99;
    expect(publishedRun("power").history.loss[0]).toBe(0.7281);
    expect(() => publishedRun("powr")).toThrow("there is no \"powr\"; there are 'power', 'exponential'");
  });
});

describe("compareWithPublished", () => {
  test("has two rows for each section and one for the test, in the published order", () => {
    const rows = compare(wholeRecord({ shift: 0.01 }));
    expect(rows).toHaveLength(13);
    expect(rows[8]).toMatchObject({ section: "Gradient clipping", figure: "final val_accuracy", published: 0.8561 });
    expect(rows[9]).toMatchObject({ section: "Gradient clipping", figure: "best val_accuracy", published: 0.8701 });
    expect(rows[12]).toMatchObject({
      section: "Best model",
      figure: "test accuracy",
      published: 0.8514,
      tolerance: 0.02,
    });
    for (const row of rows) expect(row.difference).toBeCloseTo(0.01, 10);
  });

  test.each([
    [0, "within"],
    [0.02, "within"],
    [-0.02, "within"],
    [0.0201, "outside"],
    [-0.0201, "outside"],
  ])("a shift of %d is %s", (shift, verdict) => {
    const rows = compare(wholeRecord({ shift }));
    expect(new Set(rows.map((row) => row.verdict))).toEqual(new Set([verdict]));
    expect(allPassed(rows)).toBe(verdict === "within");
  });

  test("one figure outside fails the run", () => {
    const record = wholeRecord();
    const rows = compare({ ...record, test: { ...record.test, accuracy: 0.9 } });
    expect(rows.filter(({ passed }) => !passed).map(({ figure }) => figure)).toEqual(["test accuracy"]);
    expect(allPassed(rows)).toBe(false);
  });

  test("another tolerance is used and named", () => {
    const rows = compare(wholeRecord({ shift: 0.01 }), { tolerance: 0.005 });
    expect(rows[0]).toMatchObject({ tolerance: 0.005, verdict: "outside" });
  });

  test("other data is not comparable, however near, but must reach the floors", () => {
    const good = compare(wholeRecord({ comparable: false }));
    expect(new Set(good.map(({ verdict }) => verdict))).toEqual(new Set(["not comparable"]));
    expect(allPassed(good)).toBe(true);
    const low = compare(wholeRecord({ comparable: false, shift: -0.15 }));
    expect(low.filter(({ passed }) => !passed).map(({ note }) => note)).toEqual([
      "not comparable, and below the floor of 0.75",
    ]);
    const broken = compare(wholeRecord({ comparable: false, shift: NaN }));
    expect(broken.every(({ passed, note }) => !passed && note.includes("not a finite number"))).toBe(true);
  });

  test("NaN never passes", () => {
    const rows = compare(wholeRecord({ shift: NaN }));
    expect(rows.every(({ passed, verdict }) => !passed && verdict === "outside")).toBe(true);
  });

  test("a missing section is an error that names it, and so are wrong options", () => {
    const record = wholeRecord();
    expect(() => compare({ ...record, sections: record.sections.slice(1) })).toThrow(
      'no section "power" (Power scheduling); it has exponential',
    );
    expect(() => compare(record, { tolerance: -1 })).toThrow("tolerance must be");
    expect(() => compare(record, { tol: 1 })).toThrow("unknown option 'tol'");
  });

  test("no figures are no success", () => expect(allPassed([])).toBe(false));
});

describe("figures of another kind", () => {
  const published = publishedNotebooks["p3_c2_s3_convolutional_neural_networks/case_study.ipynb"];
  const section = (name: string, bestValAccuracy: number) => ({ name, bestValAccuracy }) as SectionRecord;
  const run = (frozen: number, comparable: boolean) => ({
    sections: [section("frozen", frozen), section("unfrozen", 0.87)],
    test: { loss: 1, accuracy: 0.86 },
    data: { comparable },
  });

  test("of sections of which only the best is known", () => {
    const rows = compareWithPublished(run(0.91, true), published);
    expect(rows.map(({ section, figure, verdict }) => [section, figure, verdict])).toEqual([
      ["Frozen base", "best val_accuracy", "within"],
      ["Unfrozen base", "best val_accuracy", "within"],
      ["Transfer learning: best model", "test accuracy", "within"],
    ]);
    expect(compareWithPublished(run(0.85, true), published)[0].passed).toBe(false);
  });

  test("have a floor of their own where they cannot be compared", () => {
    expect(allPassed(compareWithPublished(run(0.41, false), published))).toBe(true);
    expect(allPassed(compareWithPublished(run(0.39, false), published))).toBe(false);
  });

  test("that a run expects of itself", () => {
    const figure = { title: "fine-tuned", expected: 0.8, tolerance: 0.03 };
    const rows = (ours: number) => compareWithExpected({ source: "", split: "", figures: [{ ...figure, ours }] });
    expect(rows(0.829)[0]).toMatchObject({ section: "fine-tuned", verdict: "within", tolerance: 0.03, passed: true });
    expect(rows(0.76)[0]).toMatchObject({ verdict: "outside", passed: false });
    expect(rows(NaN)[0].passed).toBe(false);
  });
});
