import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishedRuns } from "../../../../src/library/reports/published";
import { writeReport } from "../../../../src/library/reports/run-report/write-report";
import { duration } from "../../../../src/library/reports/run-report/html-report";
import type { RunRecord } from "../../../../src/library/reports/record-shape";
import { wholeRecord } from "../records";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "report test "))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The written page without plotly.js. */
function reportOf(record: RunRecord, published = publishedRuns): string {
  const { report } = writeReport(record, folder, { published });
  return readFileSync(report, "utf8").replace(/<script>\/\*\*[\s\S]*?<\/script>/, "");
}

describe("writeReport", () => {
  test("writes the record with its comparison, and nothing temporary", () => {
    const record = wholeRecord();
    const { results, passed, rows } = writeReport(record, folder);
    expect(passed).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["report.html", "results.json"]);
    const written = JSON.parse(readFileSync(results, "utf8"));
    expect(written).toMatchObject(record);
    expect(written.comparison).toMatchObject({ tolerance: 0.02, passed: true, rows });
    expect(written.comparison.toleranceReason).toContain("random numbers");
  });

  test("says in words whether the run is reproduced, not reproduced or not comparable", () => {
    expect(reportOf(wholeRecord())).toContain("Reproduced: all 13 figures lie within ±0.02");
    expect(reportOf(wholeRecord({ shift: 0.03 }))).toContain("Not reproduced: 13 of 13 figures lie outside ±0.02");
    const standIn = reportOf(wholeRecord({ comparable: false }));
    expect(standIn).toContain("Not comparable");
    expect(standIn).toContain("generated stand-in");
    expect(standIn).not.toContain(">within<");
  });

  test("shows every figure and the provenance", () => {
    const report = reportOf(wholeRecord({ shift: -0.0012 }));
    for (const text of [
      "0.8663",
      "0.8651",
      "−0.0012",
      "0123456789abcdef",
      "ab".repeat(32),
      "node 20.20.2",
      "2026-11-23",
    ]) {
      expect(report, text).toContain(text);
    }
  });

  test("draws our curves and the published ones", () => {
    const report = reportOf(wholeRecord());
    const figures = JSON.parse(/<script type="application\/json" id="figures">(.*?)<\/script>/s.exec(report)![1]);
    expect(Object.keys(figures)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `section-${index}`));
    const names = figures["section-0"].data.map((trace: { name: string }) => trace.name);
    expect(new Set(names)).toEqual(new Set(["training", "validation", "training, published", "validation, published"]));
    expect(figures["section-0"].data[0].y).toEqual([0.7281, 0.4917]);
  });

  test("a further run of a section gets a chart of its own", () => {
    const record = wholeRecord();
    const [first, ...others] = record.sections;
    const variants = [{ title: "as intended", history: first.history }];
    const report = reportOf({ ...record, sections: [{ ...first, variants }, ...others] });
    expect(report).toContain("<h3>Power scheduling: as intended</h3>");
    expect(report).toContain('id="section-0-0"');
  });

  test("joins the runs of several notebooks in one report, each beside its own published figures", () => {
    const [first, second] = [wholeRecord(), wholeRecord({ shift: 0.01 })];
    const caseStudy = {
      ...second,
      notebook: "p3_c2_s2_training_deep_neural_networks/case_study.ipynb",
      sections: [{ ...second.sections[3], name: "caseStudy", title: "Case study" }],
      test: { loss: 0.3, accuracy: 0.5 },
    };
    const { results, report, rows, passed } = writeReport([first, caseStudy], folder);
    expect(rows.map(({ section }) => section).slice(-4)).toEqual([
      "Best model",
      "Case study",
      "Case study",
      "Case study: best model",
    ]);
    expect(rows.at(-1)).toMatchObject({ published: 0.8701, ours: 0.5, verdict: "outside" });
    expect(passed).toBe(false);
    const written = JSON.parse(readFileSync(results, "utf8"));
    expect(written.passed).toBe(false);
    expect(written.runs.map(({ notebook }: RunRecord) => notebook)).toEqual([first.notebook, caseStudy.notebook]);
    expect(written.runs[0].comparison.passed).toBe(true);
    const page = readFileSync(report, "utf8");
    expect(page).toContain("Not reproduced: 1 of 16 figures");
    expect(page).toContain('id="run-1-section-0"');
    expect(page).toContain("<h2>Learning curves: p3_c2_s2_training_deep_neural_networks/case_study.ipynb</h2>");
    expect(() => writeReport([], folder)).toThrow("at least one run");
  });

  test("hostile names stay text", () => {
    const evil = `"><script>alert("x")</script><img src=x onerror=alert(1)>`;
    const record = wholeRecord({ title: evil, comparable: false });
    const [first, ...others] = record.sections;
    const hostile = {
      ...publishedRuns,
      source: evil,
      split: evil,
      sections: publishedRuns.sections.map((section) => ({ ...section, title: evil })),
    };
    const report = reportOf(
      {
        ...record,
        sections: [{ ...first, extra: { [evil]: evil } }, ...others],
        notebook: evil,
        commit: evil,
        startedAt: evil,
        project: evil,
        engine: { name: evil },
        machine: { [evil]: evil },
        versions: { [evil]: evil },
        data: { ...record.data, name: evil, source: evil, fingerprint: evil, notes: [evil] },
      },
      hostile,
    );
    expect(report).not.toContain("<img");
    expect(report).not.toContain('alert("x")</script>');
    expect(report.match(/<script/g)).toHaveLength(2);
    expect(report).toContain("&quot;&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  });

  test("refuses a record that is not whole, before it writes", () => {
    const empty = mkdtempSync(join(tmpdir(), "report empty "));
    const { data: _, ...rest } = wholeRecord();
    expect(() => writeReport(rest as never, empty)).toThrow("writeReport: data.name must be text");
    expect(() => writeReport({ ...wholeRecord(), sections: [] }, empty)).toThrow("the run has no sections");
    expect(() => writeReport(wholeRecord({ shift: NaN }), empty)).toThrow('val_accuracy of "power" is NaN');
    expect(() => writeReport(wholeRecord(), empty, { tolerence: 1 } as never)).toThrow("unknown option 'tolerence'");
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });
});

test("durations are told in seconds, then minutes", () => {
  expect([0.44, 9.96, 84.2, 119.6, 725].map(duration)).toEqual(["0.4 s", "10.0 s", "84 s", "2 min 0 s", "12 min 5 s"]);
});
