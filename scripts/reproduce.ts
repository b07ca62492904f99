/** `npm run reproduce`: executes the slides' code example headlessly and compares its figures with the published ones. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { executeNotebook } from "../src/notebooks/execute";
import { countsProblem, readExecutionCounts } from "../src/notebooks/execution-counts";
import { NotebookError } from "../src/notebooks/notebook-error";
import { notebookProgress } from "../src/notebooks/progress-display";
import { projectFolder } from "../src/notebooks/project";
import { toleranceReason, type CompareOptions } from "../src/reports/compare";
import { readRecord, saveRecord, type RunRecord } from "../src/reports/record";
import { comparisonText } from "../src/reports/run-report/comparison-text";
import { writeReport } from "../src/reports/run-report/write-report";
import {
  notebookEnvironment,
  parseReproduceOptions,
  publishedEpochs,
  usage,
  type ReproduceOptions,
} from "./reproduce-options";

const section = "p3_c2_s2_training_deep_neural_networks";
const file = "code_example.ipynb";
/** The course's cells, which the slides cite by number: In[1] to In[49]. */
const lastCell = 49;
/** A trial of fewer epochs must only show that every section learns. */
const trialRules: CompareOptions = { sectionFloor: 0.3, testFloor: 0.3 };

/** The record of a run of another number of epochs says that it is none of the published ones. */
function markTrial(record: RunRecord, epochs: number): RunRecord {
  if (epochs === publishedEpochs) return record;
  const note = `a trial of ${epochs} ${epochs === 1 ? "epoch" : "epochs"} instead of ${publishedEpochs}`;
  return { ...record, data: { ...record.data, comparable: false, notes: [...record.data.notes, note] } };
}

function dataLine({ data }: RunRecord): string {
  const notes = data.notes.length ? ` (${data.notes.join("; ")})` : "";
  return `Data: ${data.name}, ${data.source}${notes}. ${data.comparable ? "" : "Published figures are not comparable with this run."}`.trim();
}

/** Reads what the notebook recorded, writes the report, prints the table; resolves to whether all is as published. */
function compare(folder: string, options: ReproduceOptions, seconds: number): boolean {
  saveRecord(folder, { seconds });
  const record = markTrial(readRecord(folder), options.epochs);
  const { rows, passed, results, report } = writeReport(
    record,
    folder,
    options.epochs === publishedEpochs ? {} : trialRules,
  );
  console.log(`\n${comparisonText(rows)}\n`);
  console.log(dataLine(record));
  console.log(
    `Engine: ${record.engine.name}. Seed: ${record.seed}. Tolerance: ±${rows[0].tolerance}. ${toleranceReason}`,
  );
  console.log(`Results: ${results}\nReport:  ${pathToFileURL(report).href}`);
  return passed;
}

async function reproduce(options: ReproduceOptions): Promise<number> {
  const folder = options.out ?? join(projectFolder(), "results", section);
  const output = join(folder, file);
  const { seconds } = await executeNotebook({
    input: join(projectFolder(), "notebooks", section, file),
    output,
    env: notebookEnvironment(options, folder),
    onEvent: notebookProgress(),
  });
  const problem = countsProblem(readExecutionCounts(output), lastCell);
  const passed = compare(folder, options, seconds);
  console.log(`Notebook: ${output}, ${problem ?? `execution counts are exactly 1–${lastCell}`}`);
  if (!passed) console.error("\nA figure lies outside the tolerance.");
  if (problem) console.error("\nThe notebook's execution counts are not the course's.");
  return passed && !problem ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  let options: ReproduceOptions;
  try {
    options = parseReproduceOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  try {
    return await reproduce(options);
  } catch (error) {
    console.error(`\n${error instanceof NotebookError ? error.message : (error as Error).stack}`);
    return error instanceof NotebookError && error.kind === "interrupted" ? 130 : 1;
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
