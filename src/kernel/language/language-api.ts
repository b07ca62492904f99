/**
 * The boundary between the kernel's protocol half and its language half: everything here is plain data, so that the
 * language may live in a worker thread (see `language-worker.ts`).
 *
 * What the emitted code expects at run time, in the context where it is evaluated:
 *
 * - `__dnn_import(specifier, attributes?)`: what `import()` would give, resolved from the notebook's folder. `attributes`
 *   is the object after `with`, for example `{ type: "json" }`. Types assume the interop of bundlers and of tslab: the
 *   default import of a CommonJS module marked `__esModule` is its `default`, of any other one `module.exports`, and each
 *   key of `module.exports` may be imported by name.
 * - `__dnn_load(keys, specifier, attributes?)`: the same for an import declaration. Promises an array with, for each key, an
 *   object that has the value of that key now and later; for `null` the namespace.
 * - `__dnn_meta`: stands for `import.meta` (`url`, `dirname`, `filename`, `resolve`).
 * - `require`: for `import x = require("m")`, which becomes `let x = require("m")`.
 * - `__dnn_module`, `__dnn_exports`: `module` and `exports` of a cell.
 * - `__dnn_name(f, name)`: gives a function or class the name that the cell gave it.
 * - `__dnn_mendEnum(e, members)`: removes the reverse entries of members that turned out to be strings.
 * - `__dnn_constant`: throws a TypeError when something is assigned to a property.
 */

/**
 * What stands before the code of a cell when it is evaluated: cells are strict, as modules are. It is no part of the code so
 * that columns stay those of the cell; whoever evaluates the code takes its length off the columns of the first line.
 */
export const PROLOGUE = '"use strict";';

/** Whether type errors are ignored, shown beside the result, or stop the cell. */
export type CheckMode = "off" | "warn" | "error";

/** One message of TypeScript; lines and columns count from 0 in the cell's own text (columns in UTF-16 units). */
export interface Diagnostic {
  /** TypeScript's number, 2322 for `TS2322`. */
  code: number;
  category: "error" | "warning";
  message: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** The file that the message is about, when it is not the cell: its path from the notebook's folder, and its text. */
  source?: { name: string; text: string };
}

export interface CellSource {
  /** Names the cell in messages; unique in a session, e.g. `In[3]`. */
  id: string;
  code: string;
  check: CheckMode;
}

export interface CompiledCell {
  /**
   * JavaScript for V8's `Runtime.evaluate` with `replMode`. Types are stripped in place, so lines and columns are those of
   * the cell unless `sourceMap` is given. Its completion value is the value of the cell's last statement when that is an
   * expression, else undefined.
   */
  code: string;
  /** A version 3 source map as JSON with one source, the cell's id; only when positions moved. */
  sourceMap?: string;
  /** Syntax errors always, semantic ones unless `check` is `"off"`; in the order of the text. */
  diagnostics: Diagnostic[];
  /** True when nothing can run; `code` is then empty. */
  syntaxError: boolean;
  /** Names the cell declares at its top level, those of types included. */
  declared: string[];
  /** The variables that `code` declares: mostly the same names. */
  variables: readonly string[];
  /** True when a quick check cannot tell: the cell has to be compiled again with all types. */
  unsure?: boolean;
}

export interface Completion {
  matches: string[];
  /** The range to replace, in Unicode code points as in the Jupyter protocol. */
  cursorStart: number;
  cursorEnd: number;
  /** One for each match, for the reply's `_jupyter_types_experimental`; signatures are left to `inspect`, they take long. */
  types: CompletionType[];
}

/** What the protocol's experimental types say of a match. */
export interface CompletionType {
  text: string;
  type: string;
  start: number;
  end: number;
  /** The import that makes the name known; the name alone is inserted, because the protocol has no second place to insert to. */
  import?: string;
}

export interface Inspection {
  text: string;
  markdown: string;
}

export interface Completeness {
  status: "complete" | "incomplete" | "invalid" | "unknown";
  /** What the next line should begin with; empty unless the status is `incomplete`. */
  indent: string;
}

/** What a cell has to do with names of the notebook. */
export interface CellUses {
  /** Names that it uses when it runs, without declaring them. */
  used: string[];
  /** Names that its functions and classes use when they are called, which see later values. */
  later: string[];
  /** Names that it declares, or assigns when it runs. */
  changed: string[];
}

export interface LanguageApi {
  /** Transforms a cell and, unless `check` is `"off"`, checks it against what earlier committed cells declare. */
  compile(cell: CellSource): CompiledCell;
  /** Tells that the cell compiled under `id` ran, wholly or partly: later cells see its names. */
  commit(id: string): void;
  /** Tells that a committed cell did not come to its end: what holds only there is forgotten. */
  failed(id: string): void;
  /** What may stand at `cursor` (in Unicode code points, as in the Jupyter protocol). */
  complete(code: string, cursor: number): Completion;
  /** Signature and documentation of what stands at `cursor` (code points); level 1 adds the source of own definitions. */
  inspect(code: string, cursor: number, detailLevel: 0 | 1): Inspection | null;
  isComplete(code: string): Completeness;
  /** Which names of the notebook, and which globals, a cell uses and changes. */
  uses(code: string): CellUses;
  /** Forgets all cells. */
  reset(): void;
  /** Loads TypeScript and the library types ahead of the first cell; calling it is never necessary. */
  warmUp(): void;
  /** Keeps on the disk what makes the next start faster. */
  keepForNextStart(): void;
}

export interface LanguageOptions {
  /** The notebook's folder: modules, types and `tsconfig.json` are looked up from here. */
  cwd: string;
  /** Checks with JavaScript's own library alone, which is there at once; cells that need more are `unsure`. */
  quick?: boolean;
}

/**
 * Limits for the worker thread. With them V8 collects garbage early: the whole process then takes about 270 MB with
 * TensorFlow.js' types loaded instead of 420 to 600 MB, at no loss of speed (what is alive is 105 MB).
 */
export const WORKER_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 400 } as const;

/** A call sent to the language worker; `method` names a member of `LanguageApi`. */
export interface LanguageRequest {
  id: number;
  method: keyof LanguageApi;
  args: unknown[];
}

/** The worker's answer to the request of the same `id`. */
export type LanguageReply = { id: number; result: unknown } | { id: number; error: string };
