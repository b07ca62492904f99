/** The language half of the kernel: cells in, JavaScript, diagnostics, completions and documentation out. */
import type {
  CellSource,
  CompiledCell,
  Completeness,
  Completion,
  Diagnostic,
  Inspection,
  LanguageApi,
  LanguageOptions,
} from "./api";
import { Checker } from "./check/checker";
import { checkCell, moduleText } from "./check/check-cell";
import { freeze } from "./check/freeze";
import { complete } from "./complete";
import { byName, declarationsOf, type Declaration } from "./declarations";
import { toDiagnostic } from "./diagnostics";
import { inspect } from "./inspect";
import { isComplete } from "./is-complete";
import { parseCell, type ParsedText } from "./parse";
import { augments, Session } from "./session";
import { transformCell } from "./transform";
import { withoutExports } from "./transform/export-modifiers";
import { encodeMap } from "./transform/source-map";

/** A compiled cell that has not run yet. */
interface Pending {
  id: string;
  cell: ParsedText;
  declarations: readonly Declaration[];
  /** What the checker calls it, if it was checked. */
  path?: string;
}

/** Cells that never ran are forgotten after a while. */
const MOST_PENDING = 20;

class Language implements LanguageApi {
  private readonly session = new Session();
  private readonly pending = new Map<string, Pending>();
  private loadedChecker: Checker | undefined;
  private count = 0;
  private hasComplained = false;

  constructor(private readonly options: LanguageOptions) {}

  private get checker(): Checker {
    return (this.loadedChecker ??= new Checker(this.options.cwd, this.session));
  }

  compile({ id, code, check }: CellSource): CompiledCell {
    const parsed = parseCell(code);
    if (parsed.syntaxErrors.length > 0) {
      const diagnostics = parsed.syntaxErrors.map((error) => toDiagnostic(error, code));
      return { code: "", diagnostics, syntaxError: true, declared: [] };
    }
    const cell = withoutExports(parsed);
    const declarations = declarationsOf(cell.sourceFile);
    const transformed = transformCell(cell, this.session.families, this.checker.options.compilerOptions);
    const pending: Pending = { id, cell, declarations };
    this.remember(pending);
    return {
      code: transformed.code,
      ...(transformed.map && { sourceMap: encodeMap(transformed.map, id) }),
      diagnostics: check === "off" ? [] : this.check(pending),
      syntaxError: false,
      declared: [...new Set(declarations.map(({ name }) => name))],
    };
  }

  private check(pending: Pending): Diagnostic[] {
    const { diagnostics, path } = checkCell(this.checker, this.session, pending.cell, pending.declarations);
    pending.path = path;
    return [...this.complaint(), ...diagnostics];
  }

  /** What is wrong with the tsconfig.json, said once. */
  private complaint(): Diagnostic[] {
    const { complaint: message } = this.checker.options;
    if (!message || this.hasComplained) return [];
    this.hasComplained = true;
    return [{ code: 5024, category: "warning", message, line: 0, column: 0, endLine: 0, endColumn: 0 }];
  }

  private remember(pending: Pending): void {
    this.pending.delete(pending.id);
    this.pending.set(pending.id, pending);
    if (this.pending.size > MOST_PENDING) this.pending.delete(this.pending.keys().next().value!);
  }

  commit(id: string): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (!pending) return;
    const { cell, declarations } = pending;
    if (declarations.length === 0 && !augments(cell.text)) return;
    const number = ++this.count;
    this.session.add({
      id,
      number,
      jsx: cell.jsx,
      declarations: byName(declarations),
      source: moduleText(cell, this.session, declarations),
      frozen: this.frozen(pending),
    });
  }

  /** The declarations of a cell, if it was checked and they can be written down. */
  private frozen({ cell, declarations, path }: Pending): string | undefined {
    // An augmentation would mean something else within another module; `var` in blocks is left out of declarations.
    const canFreeze = !augments(cell.text) && !declarations.some(({ nested }) => nested);
    const text = canFreeze && path !== undefined ? this.checker.declarations(path) : undefined;
    return text === undefined ? undefined : freeze(text);
  }

  complete(code: string, cursor: number): Completion {
    return complete(this.checker, this.session, code, cursor);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): Inspection | null {
    return inspect(this.checker, this.session, code, cursor, detailLevel);
  }

  isComplete(code: string): Completeness {
    return isComplete(code);
  }

  reset(): void {
    this.session.reset();
    this.pending.clear();
    this.hasComplained = false;
  }

  warmUp(): void {
    checkCell(this.checker, this.session, parseCell(""), []);
  }
}

/** Creates the language of one notebook session. */
export function createLanguage(options: LanguageOptions): LanguageApi {
  return new Language(options);
}
