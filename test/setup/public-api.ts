/** What the doors of the library export, with its documentation, as the compiler sees it. */
import { dirname, join, relative } from "node:path";
import * as ts from "typescript";

export const root = join(__dirname, "..", "..");
export const indexFile = join(root, "src", "library", "index.ts");
/** `dnn-lab/reproduce`; all of `dnn-lab/reports` is in the index too. */
export const reproduceFile = join(root, "src", "library", "reports", "reproduce.ts");

/** A public symbol, or a member of one. */
export interface PublicSymbol {
  /** `fit`, `Dataset.batch`, `activations.relu`. */
  readonly name: string;
  /** Path below the project folder. */
  readonly file: string;
  readonly documented: boolean;
  /** What stands before the tags. */
  readonly documentation: string;
  /** Texts of its `@example` tags. */
  readonly examples: readonly string[];
  /** Whether it is a function, class or constant rather than a type or a member. */
  readonly value: boolean;
}

/** Options of the project's tsconfig.json. */
export function compilerOptions(): ts.CompilerOptions {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  return ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, host)!.options;
}

/** All symbols that `file` exports, and the public members of classes and interfaces; what others wrote is left out. */
export function publicApi(file = indexFile, host?: ts.CompilerHost): PublicSymbol[] {
  const program = ts.createProgram([file], compilerOptions(), host);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!);
  if (!module) throw new Error(`${file} exports nothing.`);
  return checker.getExportsOfModule(module).flatMap((symbol) => described(checker, symbol, ""));
}

function described(checker: ts.TypeChecker, exported: ts.Symbol, prefix: string): PublicSymbol[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const declaration = symbol.declarations?.[0];
  const name = prefix + exported.name;
  if (!declaration || isForeign(declaration)) return [];
  if (symbol.flags & ts.SymbolFlags.ValueModule)
    return checker.getExportsOfModule(symbol).flatMap((each) => described(checker, each, `${name}.`));
  const value = (symbol.flags & ts.SymbolFlags.Value) !== 0;
  return [
    entry(checker, symbol, { name, value }),
    ...membersOf(checker, symbol).map((member) =>
      entry(checker, member, { name: `${name}.${member.name}`, value: false }),
    ),
  ];
}

const isForeign = (node: ts.Node) =>
  relative(root, node.getSourceFile().fileName).split(/[\\/]/).includes("node_modules");

function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return [];
  return [...(symbol.members?.values() ?? [])].filter((member) => {
    const declaration = member.declarations?.[0];
    if (!declaration || ts.isConstructorDeclaration(declaration) || ts.isTypeParameterDeclaration(declaration))
      return false;
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    if (ts.getCombinedModifierFlags(declaration) & hidden) return false;
    const named = ts.getNameOfDeclaration(declaration);
    return (
      !(named && ts.isPrivateIdentifier(named)) && !member.getJsDocTags(checker).some((tag) => tag.name === "internal")
    );
  });
}

function entry(checker: ts.TypeChecker, symbol: ts.Symbol, known: { name: string; value: boolean }): PublicSymbol {
  const examples = symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === "example")
    .map(({ text }) => ts.displayPartsToString(text));
  const documentation = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const file = relative(root, symbol.declarations![0].getSourceFile().fileName);
  return { ...known, file, documented: documentation !== "", documentation, examples };
}

/** A compiler host that reads `files` (absolute path → text) before the disk. */
export function hostWith(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(compilerOptions());
  const { readFile, fileExists, getSourceFile, directoryExists } = host;
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.directoryExists = (path) =>
    [...files.keys()].some((file) => dirname(file) === path) || (directoryExists?.(path) ?? true);
  host.getSourceFile = (path, target, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, text, target, true);
  };
  return host;
}
