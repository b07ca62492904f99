/**
 * dnn-lab-notebooks: runs notebooks headlessly and compares what they give with accepted references.
 *
 * The door of the package, in the order in which a run goes through it.
 *
 * @module dnn-lab-notebooks
 */

// A notebook
export { findNotebooks } from "./notebook/find";
export {
  codeCells,
  headingIn,
  joined,
  kernelOf,
  languageOf,
  readNotebook,
  settingsOf,
  type Cell,
  type CodeCell,
  type MimeData,
  type Notebook,
  type Output,
} from "./notebook/notebook-file";
export {
  ParameterError,
  parseParameter,
  profileOf,
  withParameters,
  type Parameters,
  type Profile,
} from "./notebook/parameters";

// Its run
export {
  parseEvent,
  type AskedValue,
  type CellEvent,
  type CutEvent,
  type DoneEvent,
  type EndEvent,
  type ErrorEvent,
  type FailureKind,
  type FindingEvent,
  type LateEvent,
  type LiveEvent,
  type NotebookEvent,
  type RaisedEvent,
  type RunFacts,
  type StartEvent,
  type StopEvent,
  type ValuesEvent,
} from "./run/events";
export { RunnerProcess, type Ask, type Executed, type Guide, type Job } from "./run/runner-process";
export { abortOnSignals, executeNotebook, type Abort, type ExecuteOptions, type ExecutedNotebook } from "./run/execute";
export { NotebookError } from "./run/notebook-error";
export { notebookProgress } from "./run/progress-display";
export { pythonFor, runnerFile, venvPython } from "./python/project";
export { inputsOf, provenanceOf, type Inputs, type InputsOptions, type Provenance } from "./results/run-provenance";

// Many, compared with their references
export { acceptResult } from "./batch/accept";
export { runBatch, type BatchOptions } from "./batch/run-batch";
export { notebookTests, type NotebookTestsOptions, type TestRunner } from "./batch/notebook-tests";
export type { Against } from "./results/references";
export {
  exitCodeOf,
  exitCodes,
  type CellResult,
  type CellStatus,
  type NotebookResult,
  type NotebookStatus,
  type Problem,
  type ProblemKind,
} from "./results/results";
