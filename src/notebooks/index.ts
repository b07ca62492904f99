/**
 * dnn-lab-notebooks: runs notebooks headlessly and compares what they give with accepted references.
 *
 * The door of the package, in the order in which a run goes through it.
 *
 * @module dnn-lab-notebooks
 */

// A notebook
export { findNotebooks } from "./find";
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
} from "./notebook-file";
export { ParameterError, parseParameter, profileOf, withParameters, type Parameters, type Profile } from "./parameters";

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
} from "./events";
export { RunnerProcess, type Ask, type Executed, type Guide, type Job } from "./runner-process";
export { abortOnSignals, executeNotebook, type Abort, type ExecuteOptions, type ExecutedNotebook } from "./execute";
export { NotebookError } from "./notebook-error";
export { notebookProgress } from "./progress-display";
export { pythonFor, runnerFile, venvPython } from "./project";
export { inputsOf, provenanceOf, type Inputs, type InputsOptions, type Provenance } from "./run-provenance";

// Many, compared with their references
export { acceptResult } from "./accept";
export { runBatch, type BatchOptions } from "./run-batch";
export { notebookTests, type NotebookTestsOptions, type TestRunner } from "./notebook-tests";
export type { Against } from "./references";
export {
  exitCodeOf,
  exitCodes,
  type CellResult,
  type CellStatus,
  type NotebookResult,
  type NotebookStatus,
  type Problem,
  type ProblemKind,
} from "./results";
