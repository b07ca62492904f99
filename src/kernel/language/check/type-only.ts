/** Which imported names are types alone, so that nothing has to be loaded for them. */
import ts from "typescript";

/** The identifiers that a file binds by importing them by name or as the default. */
function importedNames(file: ts.SourceFile): ts.Identifier[] {
  return file.statements.flatMap((statement) => {
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    if (!clause) return [];
    const named = clause.namedBindings;
    const elements = named && ts.isNamedImports(named) ? named.elements.map(({ name }) => name) : [];
    return clause.name ? [clause.name, ...elements] : elements;
  });
}

/** By what TypeScript found: the names that stand for no value. */
export function typesAmongImports(program: ts.Program | undefined, path: string): Set<string> {
  const file = program?.getSourceFile(path);
  if (!program || !file) return new Set();
  const checker = program.getTypeChecker();
  const isType = (name: ts.Identifier): boolean => {
    const symbol = checker.getSymbolAtLocation(name);
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : undefined;
    // What cannot be found has no declarations either; it may well be a value.
    return target?.declarations !== undefined && (target.flags & ts.SymbolFlags.Value) === 0;
  };
  return new Set(
    importedNames(file)
      .filter(isType)
      .map(({ text }) => text),
  );
}

/** Without looking at other files: the names that a cell uses, and only as types. */
export function importsUsedAsTypes(file: ts.SourceFile): Set<string> {
  const names = new Set(importedNames(file).map(({ text }) => text));
  const asTypes = new Set<string>();
  const asValues = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && names.has(node.text)) (ts.isPartOfTypeNode(node) ? asTypes : asValues).add(node.text);
    ts.forEachChild(node, visit);
  };
  if (names.size > 0) visit(file);
  return new Set([...asTypes].filter((name) => !asValues.has(name)));
}
