/** Writes what a run has shown: for programs, for readers, for the terminal. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { checkOptions } from "../../core/check";
import { writeFileAtomic } from "../../core/files";
import { allPassed, compareWithPublished, toleranceReason, type CompareOptions, type ComparisonRow } from "../compare";
import { publishedRuns, type PublishedRuns } from "../published";
import { checkRecord } from "../record-check";
import type { RunRecord } from "../record";
import { htmlReport } from "./html-report";

export interface ReportOptions extends CompareOptions {
  /** The figures to compare with; default the slides' code example. */
  readonly published?: PublishedRuns;
}

export interface WrittenReport {
  /** `results.json`: the record with the comparison. */
  readonly results: string;
  /** `report.html`: one file, readable anywhere. */
  readonly report: string;
  readonly rows: readonly ComparisonRow[];
  /** Whether no figure speaks against the run; a script exits non-zero otherwise. */
  readonly passed: boolean;
}

/**
 * Compares `record` with the published figures and writes `results.json` and `report.html` into `folder`.
 *
 * @example const { rows, passed } = writeReport(readRecord(folder), folder); console.log(comparisonText(rows));
 * @throws TypeError when the record is not whole.
 */
export function writeReport(record: RunRecord, folder: string, options: ReportOptions = {}): WrittenReport {
  checkOptions("writeReport", options, ["published", "tolerance", "testFloor", "sectionFloor"]);
  const { published = publishedRuns, ...rules } = options;
  checkRecord("writeReport", record);
  const rows = compareWithPublished(record, published, rules);
  const passed = allPassed(rows);
  const comparison = { source: published.source, tolerance: rows[0].tolerance, toleranceReason, passed, rows };
  mkdirSync(folder, { recursive: true });
  const results = join(folder, "results.json");
  const report = join(folder, "report.html");
  writeFileAtomic(results, `${JSON.stringify({ ...record, comparison }, null, 1)}\n`);
  writeFileAtomic(report, htmlReport(record, rows, published));
  return { results, report, rows, passed };
}
