/** For a method of a package, the function of the same name that another imported package has for such objects. */
import ts from "typescript";
import { firstSentence } from "./options-of";

/** Of an imported module: its exports are looked through. */
interface Candidate {
  readonly specifier: string;
  readonly symbol: ts.Symbol;
}

/**
 * One sentence about such a function, for the method whose name stands at `position`: on `model.fit` about a `fit(model, …)`.
 * @param importing the file that imports what the notebook has imported
 */
export function seeAlso(program: ts.Program, path: string, position: number, importing: string): string | undefined {
  const checker = program.getTypeChecker();
  const access = accessAt(program.getSourceFile(path), position);
  const method = access && checker.getSymbolAtLocation(access.name);
  const home = packageOf(program, method);
  if (access === undefined || home === undefined) return undefined;
  const receiver = checker.getTypeAtLocation(access.expression);
  for (const { specifier, symbol } of modulesOf(program.getSourceFile(importing), checker)) {
    const found = checker.tryGetMemberInModuleExports(access.name.text, symbol);
    if (found === undefined) continue;
    const target = (found.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(found) : found;
    const call = packageOf(program, target) === home ? undefined : callWith(receiver, target, checker, access);
    if (call !== undefined) return `See also \`${call}\` of ${specifier}: ${sentenceOf(target, checker)}`.trimEnd();
  }
  return undefined;
}

/** The `a.b` whose `b` stands at a position. */
function accessAt(file: ts.SourceFile | undefined, position: number): ts.PropertyAccessExpression | undefined {
  let found: ts.PropertyAccessExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (position < node.getFullStart() || position > node.end) return;
    if (ts.isPropertyAccessExpression(node) && position >= node.name.getStart() && position <= node.name.end)
      found = node;
    ts.forEachChild(node, visit);
  };
  if (file !== undefined) visit(file);
  return found;
}

/** The package that declares something; undefined for what a cell, a local file or the language itself declares. */
function packageOf(program: ts.Program, symbol: ts.Symbol | undefined): string | undefined {
  const file = symbol?.declarations?.[0]?.getSourceFile();
  if (file === undefined || !file.isDeclarationFile || program.isSourceFileDefaultLibrary(file)) return undefined;
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.fileName)?.[1] ?? "linked";
}

function modulesOf(file: ts.SourceFile | undefined, checker: ts.TypeChecker): Candidate[] {
  return (file?.statements ?? []).flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
    return symbol === undefined ? [] : [{ specifier: statement.moduleSpecifier.text, symbol }];
  });
}

/** How a function is called whose first parameter is made for such objects: `fit(model, data, options?)`. */
function callWith(receiver: ts.Type, target: ts.Symbol, checker: ts.TypeChecker, at: ts.Node): string | undefined {
  const signatures = checker.getTypeOfSymbolAtLocation(target, at).getCallSignatures();
  const isMade = ({ parameters: [first] }: ts.Signature): boolean => {
    const type = first && checker.getTypeOfSymbolAtLocation(first, at);
    if (!type || (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Union)) === 0) return false;
    return checker.isTypeAssignableTo(receiver, type);
  };
  const signature = signatures.find(isMade);
  if (signature === undefined) return undefined;
  const names = signature.parameters.map((one) => {
    const declaration = one.valueDeclaration;
    const isOptional =
      declaration && ts.isParameter(declaration) && (declaration.questionToken ?? declaration.initializer);
    return `${one.name}${isOptional ? "?" : ""}`;
  });
  return `${target.name}(${names.join(", ")})`;
}

function sentenceOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return firstSentence(ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, " ").trim());
}
