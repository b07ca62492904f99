/** `npm run reproduce`: executes the course's notebooks headlessly and compares their figures with the published ones. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeFileAtomic } from "dnn-lab-core/files";
import { executeNotebook, NotebookError, notebookProgress } from "dnn-lab-notebooks";
import { countsProblem, readExecutionCounts } from "dnn-lab-notebooks/internal/notebook/execution-counts";
import { projectFolder } from "./project-folder";
import { toleranceReason, type CompareOptions } from "dnn-lab/internal/reports/compare";
import { readRecord, saveRecord } from "dnn-lab/internal/reports/record";
import type { RunRecord } from "dnn-lab/internal/reports/record-shape";
import { comparisonText } from "dnn-lab/internal/reports/run-report/comparison-text";
import { writeReport, type WrittenReport } from "dnn-lab/internal/reports/run-report/write-report";
import { seedsText, summarizeSeeds } from "dnn-lab/internal/reports/seeds";
import { resultsFolder, sourcePath, type ReproducedNotebook } from "./reproduce-notebooks";
import { notebookEnvironment, parseReproduceOptions, usage, type ReproduceOptions } from "./reproduce-options";

/** A trial of fewer epochs must only show that every section learns. */
const trialRules: CompareOptions = { sectionFloor: 0.3, testFloor: 0.3 };

function isTrial(notebook: ReproducedNotebook, { epochs }: ReproduceOptions): boolean {
  return notebook.folder !== "case-studies" && epochs !== undefined && epochs !== notebook.epochs;
}

/** The record of a run with another number of epochs says that it is not one of the published runs. */
function markTrial(record: RunRecord, notebook: ReproducedNotebook, options: ReproduceOptions): RunRecord {
  if (!isTrial(notebook, options)) return record;
  const { epochs } = options;
  const note = `a trial of ${epochs} ${epochs === 1 ? "epoch" : "epochs"} at most`;
  return { ...record, data: { ...record.data, comparable: false, notes: [...record.data.notes, note] } };
}

function dataLine({ data }: RunRecord): string {
  const notes = data.notes.length ? ` (${data.notes.join("; ")})` : "";
  return `Data: ${data.name}, ${data.source}${notes}. ${data.comparable ? "" : "Published figures are not comparable with this run."}`.trim();
}

/** One notebook's run. */
interface NotebookRun {
  readonly record: RunRecord;
  readonly output: string;
  readonly lastCell: number;
  /** What is wrong with the execution counts. */
  readonly problem: string | undefined;
}

/** All notebooks with one seed. */
interface Run {
  readonly notebooks: readonly NotebookRun[];
  readonly written: WrittenReport;
}

/** Executes a notebook into its folder below `out`, and reads what it recorded. */
async function runNotebook(out: string, notebook: ReproducedNotebook, options: ReproduceOptions): Promise<NotebookRun> {
  const folder = resultsFolder(out, notebook);
  const output = join(folder, basename(notebook.path));
  const { seconds } = await executeNotebook({
    input: join(projectFolder(), sourcePath(notebook)),
    output,
    env: notebookEnvironment(options, folder),
    onEvent: notebookProgress(),
  });
  saveRecord(folder, { seconds });
  const record = markTrial(readRecord(folder), notebook, options);
  const { lastCell } = notebook;
  return { record, output, lastCell, problem: countsProblem(readExecutionCounts(output), lastCell) };
}

/** Executes the notebooks one after another and writes one report of all. */
async function run(out: string, options: ReproduceOptions): Promise<Run> {
  const notebooks: NotebookRun[] = [];
  for (const notebook of options.notebooks) {
    console.log(`\n${notebook.path}`);
    notebooks.push(await runNotebook(out, notebook, options));
  }
  const trial = options.notebooks.some((notebook) => isTrial(notebook, options));
  const records = notebooks.map(({ record }) => record);
  return { notebooks, written: writeReport(records, out, trial ? trialRules : {}) };
}

function show({ notebooks, written }: Run): void {
  const { rows, results, report } = written;
  const [{ record }] = notebooks;
  console.log(`\n${comparisonText(rows)}\n`);
  console.log(dataLine(record));
  console.log(
    `Engine: ${record.engine.name}. Seed: ${record.seed}. Tolerance: ±${rows[0].tolerance}. ${toleranceReason}`,
  );
  console.log(`Results: ${results}\nReport:  ${pathToFileURL(report).href}`);
  for (const { output, lastCell, problem } of notebooks)
    console.log(`Notebook: ${output}, ${problem ?? `execution counts are exactly 1–${lastCell}`}`);
}

/** 0 when all runs are as published, else 1 with the reason on stderr. */
function verdict(runs: readonly Run[]): number {
  const failed = runs.filter(({ written }) => !written.passed);
  const seeds = failed.map(({ notebooks }) => notebooks[0].record.seed);
  const of = runs.length > 1 ? ` (seeds ${seeds.join(", ")})` : "";
  if (failed.length) console.error(`\nA figure lies outside the tolerance${of}.`);
  const miscounted = runs.flatMap(({ notebooks }) => notebooks).some(({ problem }) => problem);
  if (miscounted) console.error("\nA notebook's execution counts are not the course's.");
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
    const seeds = runs.map(({ notebooks }) => notebooks[0].record.seed);
    writeFileAtomic(
      join(folder, "seeds.json"),
      `${JSON.stringify({ seeds, data: runs[0].notebooks[0].record.data, figures }, null, 1)}\n`,
    );
  }
  console.log(`\n${seedsText(summarizeSeeds(runs.map(({ written }) => written.rows)), { runs: runs.length })}\n`);
  console.log(dataLine(runs[0].notebooks[0].record));
  console.log(`Results: ${join(folder, "seeds.json")}, and a folder for each seed in ${join(folder, "seeds")}`);
  return verdict(runs);
}

async function reproduce(options: ReproduceOptions): Promise<number> {
  const folder = options.out ?? join(projectFolder(), "results");
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
