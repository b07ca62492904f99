/** The language half of the kernel: cells in, JavaScript, diagnostics, completions and documentation out. */
import type {
  CellSource,
  CellUses,
  CompiledCell,
  Completeness,
  Completion,
  Diagnostic,
  Inspection,
  LanguageApi,
  LanguageOptions,
} from "./language-api";
import { Checker } from "./check/checker";
import { checkCell, moduleText } from "./check/check-cell";
import { freeze } from "./check/frozen-cell";
import { looseNames, undecidedVariables, variablesToFollow } from "./check/narrowing";
import { importsUsedAsTypes } from "./check/type-only";
import { complete } from "./complete";
import { byName, declarationsOf, usedNames, type Declaration } from "./declarations";
import { isDefinite, toDiagnostic, withHint } from "./diagnostics";
import { hintForLine } from "./hints";
import { Importables } from "./importable";
import { inspect } from "./inspect";
import { addedTo } from "./merging";
import { isComplete } from "./is-complete";
import { readCell } from "./object-literal";
import { parseCell, type ParsedText } from "./parse-cell";
import { augments, type CellModule, EarlierCells } from "./earlier-cells";
import { transformCell } from "./transform";
import { usesOf } from "./uses";
import { withoutExports } from "./transform/export-modifiers";
import { withSlashes } from "./platform";
import { composeMaps, encodeMap } from "./transform/source-map";

/** A compiled cell that has not run yet. */
interface Pending {
  id: string;
  cell: ParsedText;
  declarations: readonly Declaration[];
  /** What the checker calls it, if it was checked. */
  path?: string;
  /** The variables of which more may be known at its end. */
  followed?: string[];
  /** True when a quick check could not tell whether it is right. */
  unsure?: boolean;
}

/** Cells that never ran are forgotten after a while. */
const MOST_PENDING = 20;

class Language implements LanguageApi {
  private readonly earlier = new EarlierCells();
  private readonly pending = new Map<string, Pending>();
  private loadedChecker: Checker | undefined;
  private loadedImportables: Importables | undefined;
  private count = 0;
  private hasComplained = false;
  /** A quick check does not know what some names of the session are. */
  private isUncertain = false;

  private readonly options: LanguageOptions;

  constructor({ cwd, ...options }: LanguageOptions) {
    this.options = { ...options, cwd: withSlashes(cwd) };
  }

  private get checker(): Checker {
    return (this.loadedChecker ??= new Checker(this.options, this.earlier));
  }

  private get importables(): Importables {
    return (this.loadedImportables ??= new Importables(this.checker, this.options.cwd));
  }

  compile({ id, code, check }: CellSource): CompiledCell {
    const { parsed, moved, place } = readCell(code);
    if (parsed.syntaxErrors.length > 0) {
      const diagnostics = parsed.syntaxErrors.map((error) => toDiagnostic(error, code));
      // What follows from the first error needs no hint.
      const [first] = diagnostics;
      const hint = first && hintForLine(code.split(/\r\n|[\n\r]/)[first.line] ?? "");
      if (first) diagnostics[0] = withHint(first, hint);
      return { code: "", diagnostics, syntaxError: true, declared: [], variables: [] };
    }
    const cell = withoutExports(parsed);
    const pending: Pending = { id, cell, declarations: this.declarationsOf(cell) };
    this.remember(pending);
    const diagnostics = check === "off" ? [] : this.check(pending);
    pending.unsure = check === "off" ? this.hidesNames(pending) : this.isUnsure(pending, diagnostics);
    const declarations = (pending.declarations = this.withTypesMarked(pending));
    const transformed = transformCell(cell, declarations, this.earlier.scope, this.checker.options.compilerOptions);
    const map = composeMaps(moved, transformed.map);
    return {
      code: transformed.code,
      ...(map && { sourceMap: encodeMap(map, id) }),
      diagnostics: diagnostics.map(place),
      syntaxError: false,
      declared: [...new Set(declarations.map(({ name }) => name))],
      variables: transformed.variables,
      ...(check !== "off" && pending.unsure && { unsure: true }),
    };
  }

  private declarationsOf({ sourceFile }: ParsedText): Declaration[] {
    const own = declarationsOf(sourceFile);
    return [...addedTo(own, this.earlier), ...own];
  }

  /** The declarations of a cell, with what it imports as types only known as such. */
  private withTypesMarked({ cell, declarations, path }: Pending): Declaration[] {
    const types = path === undefined ? importsUsedAsTypes(cell.sourceFile) : this.checker.typesImported(path);
    const isType = ({ name, key }: Declaration): boolean => key !== undefined && types.has(name);
    return declarations.map((one) => (isType(one) ? { ...one, ambient: true } : one));
  }

  /** A quick check is sure of what it finds nothing wrong with, and of errors that no other types can mend. */
  private isUnsure({ path }: Pending, diagnostics: readonly Diagnostic[]): boolean {
    return this.options.quick === true && (this.isUncertain || path === undefined || !diagnostics.every(isDefinite));
  }

  /** What an unchecked cell declares is not known to quick checks of later cells. */
  private hidesNames({ cell, declarations }: Pending): boolean {
    return this.options.quick === true && (declarations.length > 0 || augments(cell.text));
  }

  private check(pending: Pending): Diagnostic[] {
    const { cell, declarations } = pending;
    if (this.options.quick && !this.checker.canCheckQuickly(cell)) return [];
    pending.followed = variablesToFollow(cell.sourceFile, this.earlier, byName(declarations));
    const text = moduleText(cell, this.earlier, declarations, pending.followed);
    const { diagnostics, path } = checkCell(this.checker, this.earlier, cell, text);
    pending.path = path;
    const known = this.options.quick ? diagnostics : diagnostics.map((one) => this.importables.withHint(one));
    return [...this.complaint(), ...known];
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
    const { cell, declarations, followed = [] } = pending;
    if (pending.unsure) this.isUncertain = true;
    const narrowed = pending.path === undefined ? [] : this.checker.narrowed(pending.path, followed);
    if (declarations.length > 0 || narrowed.length > 0 || augments(cell.text)) {
      const module: CellModule = {
        id,
        number: ++this.count,
        jsx: cell.jsx,
        declarations: byName(declarations),
        source: moduleText(cell, this.earlier, declarations, narrowed).text,
        frozen: this.frozen(pending),
      };
      this.earlier.add(module);
      this.followOn(pending, module, narrowed);
    } else this.followOn(pending, undefined, []);
  }

  failed(id: string): void {
    this.earlier.ends.forgetCell(id);
  }

  /** Brings what is known of variables up to date with a cell that ran. */
  private followOn({ cell, path, followed = [] }: Pending, module: CellModule | undefined, narrowed: string[]): void {
    const { ends } = this.earlier;
    // Of a cell that was not checked it is not known what it did to the variables it mentions.
    for (const name of path === undefined ? usedNames(cell.sourceFile) : followed) {
      if (this.earlier.isAssignable(name)) ends.forget(name);
    }
    for (const name of looseNames(cell.sourceFile)) ends.loosen(name);
    if (module) for (const name of narrowed) ends.set(name, module);
  }

  /** The declarations of a cell, if it was checked and they can be written down. */
  private frozen({ cell, declarations, path }: Pending): string | undefined {
    // An augmentation would mean something else within another module; `var` in blocks is left out of declarations.
    const canFreeze = !augments(cell.text) && !declarations.some(({ nested }) => nested);
    const text = canFreeze && path !== undefined ? this.checker.declarations(path) : undefined;
    return text === undefined ? undefined : freeze(text, undecidedVariables(cell.sourceFile));
  }

  complete(code: string, cursor: number): Completion {
    return complete(this.checker, this.earlier, this.importables, code, cursor);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): Inspection | null {
    return inspect(this.checker, this.earlier, this.importables, code, cursor, detailLevel);
  }

  isComplete(code: string): Completeness {
    return isComplete(code);
  }

  uses(code: string): CellUses {
    return usesOf(code);
  }

  reset(): void {
    this.earlier.reset();
    this.pending.clear();
    this.hasComplained = false;
    this.isUncertain = false;
  }

  keepForNextStart(): void {
    if (!this.options.quick) this.checker.keepForNextStart();
  }

  warmUp(): void {
    const cell = parseCell("");
    if (this.options.quick && !this.checker.canCheckQuickly(cell)) return;
    checkCell(this.checker, this.earlier, cell, moduleText(cell, this.earlier, [], []));
  }
}

/** Creates the language of one notebook session. */
export function createLanguage(options: LanguageOptions): LanguageApi {
  return new Language(options);
}
