/** The language half of the kernel: cells in, JavaScript, diagnostics, completions and documentation out. */
import type {
  CellSource,
  CheckMode,
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
import { freeze, type FrozenCell } from "./check/freeze";
import { importsUsedAsTypes } from "./check/type-only";
import { complete } from "./complete";
import { declarationsOf, type Declaration } from "./declarations";
import { toDiagnostic } from "./diagnostics";
import { inspect } from "./inspect";
import { addedTo } from "./merging";
import { isComplete } from "./is-complete";
import { readCell } from "./object-literal";
import { parseCell, type ParsedText } from "./parse";
import { augments, Session } from "./session";
import { transformCell } from "./transform";
import { withoutExports } from "./transform/export-modifiers";
import { composeMaps, encodeMap } from "./transform/source-map";

/** A compiled cell that has not run yet. */
interface Pending {
  id: string;
  cell: ParsedText;
  declarations: readonly Declaration[];
}

/** Cells that never ran are forgotten after a while. */
const MOST_PENDING = 20;

class Language implements LanguageApi {
  private readonly session = new Session();
  private readonly pending = new Map<string, Pending>();
  private loadedChecker: Checker | undefined;
  /** The cell that the checker holds. */
  private checkedId: string | undefined;
  private count = 0;
  private hasComplained = false;

  constructor(private readonly options: LanguageOptions) {}

  private get checker(): Checker {
    return (this.loadedChecker ??= new Checker(this.options.cwd, this.session));
  }

  compile({ id, code, check }: CellSource): CompiledCell {
    const { parsed, moved, place } = readCell(code);
    if (parsed.syntaxErrors.length > 0) {
      const diagnostics = parsed.syntaxErrors.map((error) => toDiagnostic(error, code));
      return { code: "", diagnostics, syntaxError: true, declared: [], variables: [] };
    }
    const cell = withoutExports(parsed);
    const pending: Pending = { id, cell, declarations: this.declarationsOf(cell) };
    const diagnostics = check === "off" ? [] : this.check(pending);
    pending.declarations = this.withTypesMarked(pending, check);
    const { declarations } = pending;
    this.remember(pending);
    const transformed = transformCell(cell, declarations, this.session.scope, this.checker.options.compilerOptions);
    const map = composeMaps(moved, transformed.map);
    return {
      code: transformed.code,
      ...(map && { sourceMap: encodeMap(map, id) }),
      diagnostics: diagnostics.map(place),
      syntaxError: false,
      declared: [...new Set(declarations.map(({ name }) => name))],
      variables: transformed.variables,
    };
  }

  private declarationsOf({ sourceFile }: ParsedText): Declaration[] {
    const own = declarationsOf(sourceFile);
    return [...addedTo(own, this.session), ...own];
  }

  /** The declarations of a cell, with what it imports as types only known as such. */
  private withTypesMarked({ cell, declarations }: Pending, check: CheckMode): Declaration[] {
    const types = check === "off" ? importsUsedAsTypes(cell.sourceFile) : this.checker.typesImported(cell.jsx);
    const isType = ({ name, key }: Declaration): boolean => key !== undefined && types.has(name);
    return declarations.map((one) => (isType(one) ? { ...one, ambient: true } : one));
  }

  private check({ id, cell, declarations }: Pending): Diagnostic[] {
    this.checkedId = id;
    return [...this.complaint(), ...checkCell(this.checker, this.session, cell, declarations)];
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
      declarations,
      source: moduleText(cell, this.session, declarations),
      frozen: this.frozen(pending, number),
    });
  }

  /** The declarations of a cell as a namespace, if it was checked and they can be written as one. */
  private frozen({ id, cell, declarations }: Pending, number: number): FrozenCell | undefined {
    // An augmentation would mean something else within another module; `var` in blocks is left out of declarations.
    const canFreeze = this.checkedId === id && !augments(cell.text) && !declarations.some(({ nested }) => nested);
    const text = canFreeze ? this.checker.declarationsOfCell(cell.jsx) : undefined;
    return text === undefined ? undefined : freeze(text, number);
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
    this.checkedId = undefined;
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
