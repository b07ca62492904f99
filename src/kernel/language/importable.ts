/** Names that a cell could import: for completion, documentation and the hint below an unknown name. */
import ts from "typescript";
import type { Checker } from "./check/checker";
import { withHint } from "./diagnostics";
import type { Diagnostic } from "./language-api";
import { dependenciesOf, exportsOf, type Exports } from "./package-exports";

/** A name that a module exports. */
export interface Importable {
  readonly name: string;
  readonly isType: boolean;
  /** The import that makes it known: `import { fit } from "dnn-lab";`. */
  readonly line: string;
}

/** Shorter words would propose half of what is installed. */
const FEWEST_LETTERS = 3;
const MOST_NAMES = 50;

/** Knows what the notebook's modules, the folder's packages and Node export; each is read once. */
export class Importables {
  private readonly known = new Map<string, Exports>();
  private dependencies: { names: readonly string[]; at: number } = { names: [], at: -Infinity };

  constructor(
    private readonly checker: Checker,
    private readonly cwd: string,
  ) {}

  /** The names that begin with a word, of what the notebook has imported already first. */
  startingWith(word: string): Importable[] {
    return word.length < FEWEST_LETTERS ? [] : this.find((name) => name.startsWith(word));
  }

  /** The module that exports just this name, the best one first. */
  called(name: string): Importable | undefined {
    return this.find((one) => one === name)[0];
  }

  /** A message about an unknown name, with the import that makes it known. */
  withHint(diagnostic: Diagnostic): Diagnostic {
    const name = /^Cannot find name '([^'\n]+)'\.$/.exec(diagnostic.message)?.[1];
    const found = name === undefined ? undefined : this.called(name);
    return withHint(diagnostic, found && `${found.line.slice(0, -1)} makes it known.`);
  }

  private find(isWanted: (name: string) => boolean): Importable[] {
    const found = new Map<string, Importable>();
    for (const [specifier, exports] of this.all()) {
      for (const [name, { isType }] of exports) {
        if (!isWanted(name) || found.has(name)) continue;
        const line = `import { ${isType ? "type " : ""}${name} } from ${JSON.stringify(specifier)};`;
        found.set(name, { name, isType, line });
        if (found.size === MOST_NAMES) return [...found.values()];
      }
    }
    return [...found.values()];
  }

  private *all(): Generator<readonly [string, Exports]> {
    const program = this.checker.service.getProgram();
    const types = program?.getTypeChecker();
    if (program === undefined || types === undefined) return;
    const anchor = program.getSourceFile(this.checker.anchor);
    for (const statement of anchor?.statements ?? []) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const { moduleSpecifier } = statement;
      const isLocal = /^[./]/.test(moduleSpecifier.text);
      const symbol = types.getSymbolAtLocation(moduleSpecifier);
      // The user's own files change.
      if (symbol && isLocal) yield [moduleSpecifier.text, namesIn(symbol, types)];
      else if (symbol) yield [moduleSpecifier.text, this.once(moduleSpecifier.text, () => namesIn(symbol, types))];
    }
    for (const name of this.installed()) yield [name, this.once(name, () => this.read(name))];
    for (const symbol of types.getAmbientModules()) {
      const name = symbol.name.slice(1, -1);
      if (name.startsWith("node:")) yield [name, this.once(name, () => namesIn(symbol, types))];
    }
  }

  private once(specifier: string, read: () => Exports): Exports {
    const known = this.known.get(specifier) ?? read();
    this.known.set(specifier, known);
    return known;
  }

  private read(name: string): Exports {
    const file = this.checker.fileOf(name);
    return file === undefined ? new Map() : exportsOf(file, (specifier, from) => this.checker.fileOf(specifier, from));
  }

  /** Looked up again after a while: packages are installed at any time. */
  private installed(): readonly string[] {
    const now = Date.now();
    if (now - this.dependencies.at > 10_000) this.dependencies = { names: dependenciesOf(this.cwd), at: now };
    return this.dependencies.names;
  }
}

function namesIn(module: ts.Symbol, checker: ts.TypeChecker): Exports {
  const names = checker.getExportsOfModule(module).map((one) => {
    const symbol = (one.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(one) : one;
    return [one.name, { isType: (symbol.flags & ts.SymbolFlags.Value) === 0 }] as const;
  });
  return new Map(names.filter(([name]) => name !== "default" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)));
}
