import type { ComparisonRow } from "../compare";
import { escapeHtml } from "dnn-lab-core/html";
import type { PublishedRuns } from "../published";
import type { RunRecord } from "../record-shape";

/** A run with what is said of it. */
export interface ReportedRun {
  readonly record: RunRecord;
  readonly rows: readonly ComparisonRow[];
  readonly published: Pick<PublishedRuns, "source" | "split" | "sections">;
}

/** `: p3_c2_s1_deep_neural_networks/code_example.ipynb` for a heading where there are several notebooks, as HTML. */
export function ofNotebook({ record }: ReportedRun, runs: readonly ReportedRun[]): string {
  return runs.length > 1 ? `: ${escapeHtml(record.notebook)}` : "";
}
