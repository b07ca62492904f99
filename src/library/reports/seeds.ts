/** One figure over many seeds: where does the published value lie in the spread of ours? */
import { checkOptions } from "dnn-lab-core/check";
import type { ComparisonRow } from "./compare";
import { signed } from "./run-report/comparison-text";
import { textTable } from "./tables/text-table";

/** A published figure beside the distribution of ours. */
export interface SeedSummary {
  readonly section: string;
  readonly figure: ComparisonRow["figure"];
  readonly published: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); 0 for one seed. */
  readonly standardDeviation: number;
  readonly min: number;
  readonly max: number;
  /** Standard deviations from our mean to the published value; NaN where ours do not spread. */
  readonly deviations: number;
  /** Share of our runs below the published value, from 0 to 1. */
  readonly rank: number;
}

/** Summarizes each figure over runs that were compared with the same published figures, a list of rows for each seed. */
export function summarizeSeeds(runs: readonly (readonly ComparisonRow[])[]): SeedSummary[] {
  const [first] = runs;
  if (!first) throw new TypeError("summarizeSeeds: expected the comparison of at least one seed, received none.");
  return first.map((row, i) => {
    const values = runs.map((rows) => matching(rows[i], row).ours);
    return { section: row.section, figure: row.figure, published: row.published, ...spread(values, row.published) };
  });
}

function matching(row: ComparisonRow | undefined, wanted: ComparisonRow): ComparisonRow {
  if (row && row.section === wanted.section && row.figure === wanted.figure) return row;
  throw new TypeError(
    `summarizeSeeds: a run lacks '${wanted.section}, ${wanted.figure}'; compare all runs in the same way.`,
  );
}

function spread(values: readonly number[], published: number) {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardDeviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  const deviations = standardDeviation > 0 ? (published - mean) / standardDeviation : NaN;
  const rank = values.filter((value) => value < published).length / values.length;
  return { mean, standardDeviation, min: Math.min(...values), max: Math.max(...values), deviations, rank };
}

/** The summaries as an aligned table of text. */
export function seedsText(summaries: readonly SeedSummary[], options: { runs: number }): string {
  checkOptions("seedsText", options, { runs: true });
  const header = ["Section", "Figure", "Published", "Mean", "Sd", "Least", "Most", "Published is", "above"];
  const rows = summaries.map((summary) => [
    summary.section,
    summary.figure,
    ...[summary.published, summary.mean, summary.standardDeviation, summary.min, summary.max].map((x) => x.toFixed(4)),
    Number.isNaN(summary.deviations) ? "–" : `${signed(summary.deviations).slice(0, -2)} sd`,
    `${Math.round(summary.rank * options.runs)} of ${options.runs}`,
  ]);
  return textTable(header, rows);
}
