/** Writes what one run, or several notebooks' runs, have shown: for programs, for readers, for the terminal. */
import { checkOptions } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { join, mkdirSync } from "../../platform";
import {
  allPassed,
  compareWithExpected,
  compareWithPublished,
  toleranceReason,
  type CompareOptions,
  type ComparisonRow,
} from "../compare";
import { publishedFor, type PublishedRuns } from "../published";
import { checkRecord } from "../record-check";
import type { RunRecord } from "../record-shape";
import { htmlReport } from "./html-report";
import type { ReportedRun } from "./reported-run";

/** Options of {@link writeReport}. */
export interface ReportOptions extends CompareOptions {
  /** The figures to compare with; default those published for each record's notebook. */
  readonly published?: PublishedRuns;
}

/** What {@link writeReport} wrote. */
export interface WrittenReport {
  /** `results.json`: the record with the comparison; of several runs, `runs` holds one for each. */
  readonly results: string;
  /** `report.html`: one file, readable anywhere. */
  readonly report: string;
  /** The rows of all runs, one after another. */
  readonly rows: readonly ComparisonRow[];
  /** Whether no figure speaks against a run; a script exits non-zero otherwise. */
  readonly passed: boolean;
}

/**
 * Compares a record, or the records of several notebooks, with the published figures and writes `results.json` and
 * `report.html` into `folder`.
 *
 * @example const { rows, passed } = writeReport(readRecord(folder), folder);
 * @throws TypeError when a record is not whole, or there is none.
 */
export function writeReport(
  records: RunRecord | readonly RunRecord[],
  folder: string,
  options: ReportOptions = {},
): WrittenReport {
  const owner = "writeReport";
  checkOptions(owner, options, { published: true, tolerance: true, testFloor: true, sectionFloor: true });
  const all = [records].flat() as RunRecord[];
  if (all.length === 0) throw new TypeError(`${owner}: expected the record of at least one run, received none.`);
  const runs = all.map((record) => reported(record, options));
  const rows = runs.flatMap((run) => run.rows);
  mkdirSync(folder, { recursive: true });
  const results = join(folder, "results.json");
  const report = join(folder, "report.html");
  const written = runs.map(withComparison);
  const content = Array.isArray(records) ? { passed: allPassed(rows), runs: written } : written[0];
  writeFileAtomic(results, `${JSON.stringify(content, null, 1)}\n`);
  writeFileAtomic(report, htmlReport(runs));
  return { results, report, rows, passed: allPassed(rows) };
}

function reported(record: RunRecord, { published: given, ...rules }: ReportOptions): ReportedRun {
  checkRecord("writeReport", record);
  const { expected } = record;
  if (!given && expected)
    return { record, published: { ...expected, sections: [] }, rows: compareWithExpected(expected) };
  const published = given ?? publishedFor(record.notebook);
  return { record, published, rows: compareWithPublished(record, published, rules) };
}

function withComparison({ record, rows, published }: ReportedRun) {
  const { tolerance } = rows[0];
  const comparison = { source: published.source, tolerance, toleranceReason, passed: allPassed(rows), rows };
  return { ...record, comparison };
}
