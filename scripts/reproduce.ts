/** `npm run reproduce`: executes the slides' code example headlessly and compares its figures with the published ones. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeFileAtomic } from "../src/core/files";
import { executeNotebook } from "../src/notebooks/execute";
import { countsProblem, readExecutionCounts } from "../src/notebooks/execution-counts";
import { NotebookError } from "../src/notebooks/notebook-error";
import { notebookProgress } from "../src/notebooks/progress-display";
import { projectFolder } from "../src/notebooks/project";
import { toleranceReason, type CompareOptions } from "../src/reports/compare";
import { readRecord, saveRecord, type RunRecord } from "../src/reports/record";
import { comparisonText } from "../src/reports/run-report/comparison-text";
import { writeReport, type WrittenReport } from "../src/reports/run-report/write-report";
import { seedsText, summarizeSeeds } from "../src/reports/seeds";
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

interface Run {
  readonly record: RunRecord;
  readonly written: WrittenReport;
  readonly output: string;
  /** What is wrong with the execution counts. */
  readonly problem: string | undefined;
}

/** Executes the notebook into `folder`, reads what it recorded and writes the report. */
async function run(folder: string, options: ReproduceOptions): Promise<Run> {
  const output = join(folder, file);
  const { seconds } = await executeNotebook({
    input: join(projectFolder(), "notebooks", section, file),
    output,
    env: notebookEnvironment(options, folder),
    onEvent: notebookProgress(),
  });
  saveRecord(folder, { seconds });
  const record = markTrial(readRecord(folder), options.epochs);
  const written = writeReport(record, folder, options.epochs === publishedEpochs ? {} : trialRules);
  return { record, written, output, problem: countsProblem(readExecutionCounts(output), lastCell) };
}

function show({ record, written, output, problem }: Run): void {
  const { rows, results, report } = written;
  console.log(`\n${comparisonText(rows)}\n`);
  console.log(dataLine(record));
  console.log(
    `Engine: ${record.engine.name}. Seed: ${record.seed}. Tolerance: ±${rows[0].tolerance}. ${toleranceReason}`,
  );
  console.log(`Results: ${results}\nReport:  ${pathToFileURL(report).href}`);
  console.log(`Notebook: ${output}, ${problem ?? `execution counts are exactly 1–${lastCell}`}`);
}

/** 0 when all runs are as published, else 1 with the reason on stderr. */
function verdict(runs: readonly Run[]): number {
  const failed = runs.filter(({ written }) => !written.passed);
  const of = runs.length > 1 ? ` (seeds ${failed.map(({ record }) => record.seed).join(", ")})` : "";
  if (failed.length) console.error(`\nA figure lies outside the tolerance${of}.`);
  const miscounted = runs.some(({ problem }) => problem);
  if (miscounted) console.error("\nThe notebook's execution counts are not the course's.");
  return failed.length || miscounted ? 1 : 0;
}

/** Several seeds, each into a folder of its own, and the spread of each figure. */
async function reproduceSeeds(folder: string, options: ReproduceOptions): Promise<number> {
  const runs: Run[] = [];
  for (let i = 0; i < options.seeds; i++) {
    const seed = options.seed + i;
    console.log(`\nSeed ${seed} (${i + 1} of ${options.seeds})`);
    runs.push(await run(join(folder, "seeds", String(seed)), { ...options, seed }));
    const figures = summarizeSeeds(runs.map(({ written }) => written.rows));
    const seeds = runs.map(({ record }) => record.seed);
    writeFileAtomic(
      join(folder, "seeds.json"),
      `${JSON.stringify({ seeds, data: runs[0].record.data, figures }, null, 1)}\n`,
    );
  }
  console.log(`\n${seedsText(summarizeSeeds(runs.map(({ written }) => written.rows)), { runs: runs.length })}\n`);
  console.log(dataLine(runs[0].record));
  console.log(`Results: ${join(folder, "seeds.json")}, and a folder for each seed in ${join(folder, "seeds")}`);
  return verdict(runs);
}

async function reproduce(options: ReproduceOptions): Promise<number> {
  const folder = options.out ?? join(projectFolder(), "results", section);
  if (options.seeds > 1) return reproduceSeeds(folder, options);
  const only = await run(folder, options);
  show(only);
  return verdict([only]);
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
