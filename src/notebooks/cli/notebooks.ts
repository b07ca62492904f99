/** `dnn-lab-notebooks`: executes, compares and cleans notebooks. */
import { writeFileAtomic } from "dnn-lab-core/files";
import { acceptResult } from "../batch/accept";
import { cacheFolderIn, runBatch, type BatchOptions } from "../batch/run-batch";
import { batchProgress } from "../batch/batch-progress";
import { chosenNotebooks } from "../notebook/chosen";
import { diffNotebooks } from "../batch/diff";
import { restsText } from "../inputs/observed";
import { abortOnSignals } from "../run/execute";
import { findNotebooks } from "../notebook/find";
import { cleanNotebooks, writeInPlace } from "../python/python";
import { githubAnnotations } from "../report/github";
import { htmlReport } from "../report/notebooks-page";
import { junitXml } from "../report/junit";
import { readResults, writeResults, writeStored, type StoredResults } from "../report/stored";
import { resultText, summaryText } from "../report/run-summary";
import { exitCodeOf, exitCodes, type NotebookResult } from "../results/results";
import { runSeeds } from "../batch/run-seeds";
import { isTextNotebook } from "../notebook/text-notebook";
import { verifyResult } from "../batch/verify";
import { parseNotebooksOptions, usage, type NotebooksOptions } from "./notebooks-options";

/** Lines for people; standard output belongs to the JSON when that goes there. */
function say(options: NotebooksOptions, text: string): void {
  (options.json === "-" ? process.stderr : process.stdout).write(`${text}\n`);
}

function batchOptions(options: NotebooksOptions, notebooks: readonly string[], signal: AbortSignal): BatchOptions {
  const { results, kernel, parameters, profile, engine, only, parallel, failFast, useCache, command } = options;
  const { cellTimeoutSeconds, timeoutSeconds, batchTimeoutSeconds, startupTimeoutSeconds } = options;
  const env = { ...(engine ? { DNN_LAB_ENGINE: engine } : {}), ...(profile ? { DNN_LAB_PROFILE: profile } : {}) };
  return {
    ...{
      notebooks,
      results,
      kernel,
      parameters,
      profile,
      env,
      only,
      parallel,
      failFast,
      compare: command !== "run",
      against: options.against,
      signal,
    },
    ...{ cellTimeoutSeconds, timeoutSeconds, batchTimeoutSeconds, startupTimeoutSeconds, retries: options.retries },
    ...(useCache ? { cache: cacheFolderIn(results) } : {}),
    ...batchProgress(notebooks.length),
  };
}

/** Writes what was asked for: JSON, JUnit, HTML, annotations. One that fails keeps the others from nothing; returns how many did. */
function publish(options: NotebooksOptions, stored: StoredResults): number {
  const { json, junit, html, github } = options;
  const { results } = stored;
  const works: (() => void)[] = [];
  if (json === "-") works.push(() => void process.stdout.write(`${JSON.stringify(stored, null, 1)}\n`));
  else if (json) works.push(() => writeStored(json, stored));
  if (junit) works.push(() => writeFileAtomic(junit, junitXml(results)));
  if (html) works.push(() => writeFileAtomic(html, htmlReport(results, summaryText(results, stored.seconds))));
  if (github) works.push(() => githubAnnotations(results).forEach((line) => say(options, line)));
  return works.filter((work) => fails(work)).length;
}

function fails(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    console.error(`a report cannot be written: ${(error as Error).message}`);
    return true;
  }
}

/** Stores new references of the results that may become ones; tells why others may not. Returns how many may not. */
function accept(
  options: NotebooksOptions,
  results: readonly NotebookResult[],
  samples: ReadonlyMap<string, readonly NotebookResult[]>,
): number {
  let refused = 0;
  for (const result of results) {
    try {
      say(options, `accepted ${result.notebook}: ${acceptResult(result, samples.get(result.notebook))}`);
    } catch (error) {
      refused++;
      say(options, (error as Error).message);
    }
  }
  return refused;
}

async function batch(options: NotebooksOptions): Promise<number> {
  const notebooks = chosenNotebooks(options);
  const { signal, release } = abortOnSignals();
  const started = performance.now();
  try {
    const settings = batchOptions(options, notebooks, signal);
    const results = await runBatch(settings);
    let exitCode = exitCodeOf(results);
    if (exitCode !== exitCodes.interrupted) exitCode = await acceptAsAsked(options, settings, results, exitCode);
    const seconds = (performance.now() - started) / 1000;
    const stored: StoredResults = {
      format: 1,
      command: options.command!,
      created: new Date().toISOString(),
      seconds,
      exitCode,
      results,
    };
    let path = "not written";
    const unwritten = fails(() => (path = writeResults(options.results, stored)));
    const unpublished = publish(options, stored) + (options.inPlace ? intoNotebooks(results) : 0);
    say(options, `${summaryText(results, seconds)}\nResults: ${path}`);
    return exitCode === 0 && (unwritten || unpublished) ? exitCodes.failed : exitCode;
  } finally {
    release();
  }
}

/** `run --in-place`: outputs of those that ran to their end go into their files; returns how many could not be written. */
function intoNotebooks(results: readonly NotebookResult[]): number {
  const whole = results.filter(
    ({ notebook, status, output }) => status === "executed" && output !== undefined && !isTextNotebook(notebook),
  );
  const reasons = writeInPlace(whole.map(({ notebook, output }) => [notebook, output!]));
  for (const reason of reasons) console.error(reason);
  return reasons.length;
}

/** `accept` and `check --update`; the exit code is then about what could not be accepted. */
async function acceptAsAsked(
  options: NotebooksOptions,
  settings: BatchOptions,
  results: readonly NotebookResult[],
  exitCode: number,
): Promise<number> {
  const { command, update, dryRun, seeds } = options;
  const wanted = command === "accept" ? results : update ? results.filter(({ status }) => status !== "passed") : [];
  if (dryRun || wanted.length === 0) return command === "accept" && dryRun ? 0 : exitCode;
  const samples = seeds > 1 ? await runSeeds(settings, results, seeds) : new Map<string, NotebookResult[]>();
  const refused = accept(options, wanted, samples);
  if (refused === 0) return 0;
  return exitCode === 0 || exitCode === exitCodes.changed ? exitCodes.failed : exitCode;
}

function clean(options: NotebooksOptions): number {
  const { checkOnly, keepOutputs } = options;
  const found = findNotebooks(options.paths.length ? options.paths : ["."]);
  // A text has no outputs.
  const cleaned = cleanNotebooks(
    found.filter((path) => !isTextNotebook(path)),
    { checkOnly, keepOutputs },
  );
  for (const { notebook, changed, error } of cleaned) {
    if (error) console.error(error);
    else if (changed) console.log(`${checkOnly ? "would clean" : "cleaned"} ${notebook}`);
  }
  if (cleaned.some(({ error }) => error)) return exitCodes.failed;
  return checkOnly && cleaned.some(({ changed }) => changed) ? exitCodes.changed : 0;
}

function diff(options: NotebooksOptions): number {
  const found = diffNotebooks(options.paths[0], options.paths[1]);
  const same = found.sources.length === 0 && found.outputs.length === 0;
  if (options.json === "-") process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
  else if (options.json) writeFileAtomic(options.json, `${JSON.stringify(found, null, 1)}\n`);
  else {
    if (found.sourcesText) console.log(found.sourcesText);
    for (const { cell, message } of found.outputs)
      console.log(`${cell === undefined ? "" : `cell ${cell}: `}${message}`);
    if (same) console.log("No differences.");
  }
  return same ? 0 : exitCodes.changed;
}

function report(options: NotebooksOptions): number {
  const stored = readResults(options.results);
  for (const result of stored.results) {
    say(options, resultText(result));
    const rests = result.provenance?.rests;
    if (rests) say(options, `    rests on ${restsText(rests)}`);
  }
  say(options, `${summaryText(stored.results, stored.seconds)} (${stored.command}, ${stored.created})`);
  return publish(options, stored) > 0 ? exitCodes.failed : exitCodeOf(stored.results);
}

function verify(options: NotebooksOptions): number {
  const wanted = options.paths.length ? new Set(findNotebooks(options.paths)) : undefined;
  const results = readResults(options.results).results.filter(({ notebook }) => wanted?.has(notebook) ?? true);
  const verified = results.map((result) => verifyResult(result, options.results));
  for (const notebook of wanted ?? [])
    if (!verified.some((each) => each.notebook === notebook))
      verified.push({ notebook, changes: ["there is no stored result"] });
  if (options.json === "-") process.stdout.write(`${JSON.stringify(verified, null, 1)}\n`);
  else if (options.json) writeFileAtomic(options.json, `${JSON.stringify(verified, null, 1)}\n`);
  for (const { notebook, changes } of verified) {
    say(
      options,
      changes.length
        ? `≠ ${notebook}: changed since: ${changes.join("; ")}`
        : `✓ ${notebook}: the result belongs to what is here`,
    );
  }
  if (verified.length === 0) return exitCodes.unchecked;
  return verified.some(({ changes }) => changes.length) ? exitCodes.changed : 0;
}

const work: Readonly<
  Record<NonNullable<NotebooksOptions["command"]>, (options: NotebooksOptions) => number | Promise<number>>
> = {
  ...{ run: batch, check: batch, accept: batch, clean, diff, report, verify },
};

async function main(args: readonly string[]): Promise<number> {
  let options: NotebooksOptions;
  try {
    options = parseNotebooksOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options.command === undefined) {
    console.log(usage);
    return 0;
  }
  try {
    return await work[options.command](options);
  } catch (error) {
    console.error(error instanceof TypeError ? `notebooks: ${error.message}` : (error as Error).message);
    return error instanceof TypeError ? 2 : 1;
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
