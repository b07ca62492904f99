/**
 * What a variable holds at the end of a cell, where that is more than its declaration says: after `if (!el) throw …` the next
 * cell need not ask again. The cell's module gets a constant for each such variable, whose type is the one that flow analysis gives there.
 *
 * It is forgotten where it could be wrong: when the cell fails, when a function assigns to the variable, when a cell that was not checked mentions it.
 */
import ts from "typescript";
import { type Declaration, isValue } from "../declarations";
import type { EarlierCells } from "../earlier-cells";

const PREFIX = "dnn$end$";

/** What a cell's module calls the variable as it is at the cell's end. */
export function endName(name: string): string {
  return PREFIX + name;
}

/** The name of the variable, if it is a constant that stands for one. */
export function withoutEndName(text: string): string {
  return text.replaceAll(PREFIX, "");
}

/** What a cell does to variables. */
interface Effects {
  /** Names in conditions, in calls that may be assertions, and those that are assigned by the cell itself. */
  readonly mentioned: ReadonlySet<string>;
  /** Names that functions assign to: their values may change at any time. */
  readonly loose: ReadonlySet<string>;
}

function isAssignment({ kind }: ts.BinaryOperatorToken): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** What a node gives a value to, if it does. */
export function assignedIn(node: ts.Node): ts.Node | undefined {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken)) return node.left;
  const isUpdate = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  if (isUpdate && [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator))
    return node.operand;
  return (ts.isForOfStatement(node) || ts.isForInStatement(node)) && !ts.isVariableDeclarationList(node.initializer)
    ? node.initializer
    : undefined;
}

/** What may say something about the variables in it. */
function tellingPart(node: ts.Node): ts.Node | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  if (ts.isSwitchStatement(node)) return node.expression;
  return ts.isExpressionStatement(node) && ts.isCallExpression(node.expression) ? node.expression : undefined;
}

function identifiersIn(node: ts.Node, names: Set<string>): void {
  if (ts.isIdentifier(node)) names.add(node.text);
  ts.forEachChild(node, (child) => identifiersIn(child, names));
}

function effectsOf(file: ts.SourceFile): Effects {
  const mentioned = new Set<string>();
  const loose = new Set<string>();
  const visit = (node: ts.Node, inFunction: boolean): void => {
    const assigned = assignedIn(node);
    if (assigned) identifiersIn(assigned, inFunction ? loose : mentioned);
    const telling = inFunction ? undefined : tellingPart(node);
    if (telling) identifiersIn(telling, mentioned);
    const within = inFunction || ts.isFunctionLike(node) || ts.isPropertyDeclaration(node);
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(file, false);
  return { mentioned, loose };
}

const VARIABLES = new Set<Declaration["kind"]>(["const", "let", "var", "using"]);

function variableKind(
  name: string,
  earlier: EarlierCells,
  own: ReadonlyMap<string, readonly Declaration[]>,
): Declaration["kind"] | undefined {
  const declarations = own.get(name) ?? earlier.names.get(name)?.value?.declarations.get(name);
  const kind = declarations?.findLast(isValue)?.kind;
  return kind && VARIABLES.has(kind) ? kind : undefined;
}

/** The variables of which more may be known at the end of a cell than their declarations say. */
export function variablesToFollow(
  file: ts.SourceFile,
  earlier: EarlierCells,
  own: ReadonlyMap<string, readonly Declaration[]>,
): string[] {
  const { mentioned, loose } = effectsOf(file);
  return [...mentioned].filter((name) => {
    if (loose.has(name) || earlier.ends.isLoose(name)) return false;
    return variableKind(name, earlier, own) !== undefined;
  });
}

/** What a module has to say for the variables to be known as they are at its end. */
export function endsOf(names: readonly string[]): string {
  if (names.length === 0) return "";
  const constants = names.map((name) => `${endName(name)} = ${name}`).join(", ");
  return `const ${constants};export { ${names.map(endName).join(", ")} };`;
}

/** Variables without type and with nothing in them yet: they may become anything. */
export function undecidedVariables(file: ts.SourceFile): Set<string> {
  const isNothing = (node: ts.Expression | undefined): boolean =>
    !node || node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === "undefined");
  const found = file.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.Const) !== 0) return [];
    return statement.declarationList.declarations.flatMap(({ name, type, initializer }) =>
      ts.isIdentifier(name) && !type && isNothing(initializer) ? [name.text] : [],
    );
  });
  return new Set(found);
}

/** Names that a cell's functions assign. */
export function looseNames(file: ts.SourceFile): ReadonlySet<string> {
  return effectsOf(file).loose;
}

/** Of the variables followed in a file of the program: those that are more than declared at its end. */
export function narrowedAtEnd(program: ts.Program, path: string, names: readonly string[]): string[] {
  const file = program.getSourceFile(path);
  if (!file || names.length === 0) return [];
  const checker = program.getTypeChecker();
  const wanted = new Map(names.map((name) => [endName(name), name]));
  const declarations = file.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [],
  );
  return declarations.flatMap((declaration) => {
    const name = wanted.get(declaration.name.getText(file));
    if (name === undefined || !declaration.initializer) return [];
    const symbol = checker.getSymbolAtLocation(declaration.initializer);
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const now = checker.getTypeAtLocation(declaration.initializer);
    const declared = target && checker.getTypeOfSymbol(target);
    return declared && declared !== now && isTelling(declared, now) ? [name] : [];
  });
}

/** Where the end cannot be reached everything is `never`; of `any` nothing more is known, and nothing is no help. */
function isTelling(declared: ts.Type, now: ts.Type): boolean {
  const { Never, Any, Null, Undefined, Unknown } = ts.TypeFlags;
  if ((now.flags & (Never | Any | Null | Undefined)) !== 0) return false;
  return declared.isUnion() || (declared.flags & Unknown) !== 0;
}
