/**
 * `dnn-lab/reproduce`: published figures, the record of a run, and their comparison within tolerances.
 *
 * @module dnn-lab/reproduce
 */
export {
  allPassed,
  compareWithPublished,
  toleranceReason,
  type ComparedRun,
  type CompareOptions,
  type ComparisonRow,
  type Verdict,
} from "./compare";
export { provenance } from "./provenance";
export {
  publishedFor,
  publishedNotebooks,
  publishedRun,
  publishedRuns,
  type PublishedBest,
  type PublishedRuns,
  type PublishedSection,
  type PublishedTest,
} from "./published";
export { readRecord, recordSection, saveRecord, startRecord, type SectionInput } from "./record";
export type {
  DataRecord,
  EpochMetrics,
  ExpectedFigures,
  Facts,
  PartialRecord,
  RunRecord,
  SectionRecord,
  Variant,
} from "./record-shape";
export { writeReport, type ReportOptions, type WrittenReport } from "./run-report/write-report";
export { comparisonTable } from "./tables/comparison-table";
