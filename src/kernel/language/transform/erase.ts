/**
 * Turns TypeScript into JavaScript by blanking its types, so that every line and column stays what it was.
 *
 * Two things need care. Where blanked text ended a statement, a `;` goes in its place, or the next line could be taken for
 * its continuation. And where JavaScript allows no line end (before `=>`, after `async`), a bracket is moved across it.
 */
import ts from "typescript";
import { blanked, type Edit } from "./edits";
import { hasModifier, modifiersOf } from "../parse-cell";
import { isInstantiated } from "./needs-emit";

const { SyntaxKind } = ts;

/** Modifiers that only TypeScript knows. */
const TYPE_MODIFIERS = new Set<ts.SyntaxKind>([
  SyntaxKind.AbstractKeyword,
  SyntaxKind.DeclareKeyword,
  SyntaxKind.OverrideKeyword,
  SyntaxKind.PrivateKeyword,
  SyntaxKind.ProtectedKeyword,
  SyntaxKind.PublicKeyword,
  SyntaxKind.ReadonlyKeyword,
]);

class Eraser {
  readonly edits: Edit[] = [];

  constructor(private readonly text: string) {}

  /** Blanks a range; `first` replaces its first character. */
  blank(start: number, end: number, first = ""): void {
    if (end <= start) return;
    const spaces = blanked(this.text.slice(start, end));
    this.edits.push({ start, end, text: first + spaces.slice(first.length) });
  }

  /** Blanks a whole statement or class member; a semicolon keeps its neighbours apart. */
  remove(node: ts.Node): void {
    this.blank(node.getStart(), node.end, ";");
  }

  /** The offset of the next `character` at or after `from`, comments skipped. */
  find(character: string, from: number): number {
    const piece = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|[\s\S]/g;
    piece.lastIndex = from;
    for (let match = piece.exec(this.text); match; match = piece.exec(this.text)) {
      if (match[0] === character) return match.index;
    }
    return this.text.length;
  }

  /** The first character of code after `from` when a line end comes before it, else an empty string. */
  firstAfterLineEnd(from: number): string {
    const gap = /(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
    gap.lastIndex = from;
    gap.exec(this.text);
    return this.hasLineEnd(from, gap.lastIndex) ? this.text.charAt(gap.lastIndex) : "";
  }

  hasLineEnd(start: number, end: number): boolean {
    return /[\r\n\u2028\u2029]/.test(this.text.slice(start, end));
  }
}

/** True when nothing of JavaScript is left of the statement. */
function isTypeOnlyStatement(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (hasModifier(node, SyntaxKind.DeclareKeyword)) return true;
  if (ts.isModuleDeclaration(node)) return !isInstantiated(node);
  if (ts.isImportEqualsDeclaration(node)) return node.isTypeOnly;
  if (ts.isImportDeclaration(node)) return importsOnlyTypes(node);
  return ts.isFunctionDeclaration(node) && node.body === undefined;
}

export function importsOnlyTypes({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.isTypeOnly) return true;
  const bindings = importClause.namedBindings;
  if (importClause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function isTypeOnlyMember(node: ts.Node): boolean {
  if (ts.isIndexSignatureDeclaration(node)) return true;
  if (hasModifier(node, SyntaxKind.DeclareKeyword) || hasModifier(node, SyntaxKind.AbstractKeyword)) return true;
  const isMethodLike = ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node);
  return isMethodLike && node.body === undefined;
}

function visit(node: ts.Node, out: Eraser): void {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return out.blank(node.getStart(), node.end);
  if (isTypeOnlyStatement(node)) return out.remove(node);
  if (ts.isClassElement(node) && ts.isClassLike(node.parent) && isTypeOnlyMember(node)) return out.remove(node);
  eraseParts(node, out);
  ts.forEachChild(node, (child) => {
    if (!isErased(child, node)) visit(child, out);
  });
}

/** Children that `eraseParts` has dealt with. */
function isErased(child: ts.Node, parent: ts.Node): boolean {
  if (ts.isTypeNode(child) && !ts.isExpressionWithTypeArguments(child)) return true;
  if (ts.isTypeParameterDeclaration(child)) return true;
  if (ts.isParameter(child) && isThisParameter(child)) return true;
  if (ts.isHeritageClause(child)) return child.token === SyntaxKind.ImplementsKeyword;
  return ts.isImportSpecifier(child) && child.isTypeOnly && ts.isNamedImports(parent);
}

function eraseParts(node: ts.Node, out: Eraser): void {
  eraseModifiers(node, out);
  if (ts.isFunctionLike(node)) eraseSignature(node, out);
  else if (ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node))
    eraseAnnotation(node, out);
  else if (ts.isClassLike(node)) eraseClassHead(node, out);
  else if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) eraseSuffix(node, node.expression.end, out);
  else if (ts.isNonNullExpression(node)) out.blank(node.end - 1, node.end);
  else if (ts.isTypeAssertionExpression(node)) eraseAssertion(node, out);
  else if (ts.isNamedImports(node)) eraseTypeSpecifiers(node, out);
  else if (ts.isImportEqualsDeclaration(node))
    out.edits.push({ start: node.getStart(), end: node.getStart() + 6, text: "let   " });
  else if (hasTypeArguments(node)) eraseAngles(node.typeArguments, out);
}

type WithTypeArguments = ts.Node & { typeArguments?: ts.NodeArray<ts.TypeNode> };

function hasTypeArguments(node: ts.Node): node is WithTypeArguments {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isExpressionWithTypeArguments(node)
  );
}

/** Blanks `<…>` around a list of type parameters or arguments. */
function eraseAngles(list: ts.NodeArray<ts.Node> | undefined, out: Eraser): void {
  if (list) out.blank(list.pos - 1, out.find(">", list.end) + 1);
}

function eraseModifiers(node: ts.Node, out: Eraser): void {
  const modifiers = modifiersOf(node).filter(({ kind }) => TYPE_MODIFIERS.has(kind));
  modifiers.forEach((modifier, index) => {
    // `a = 1⏎ private ["b"] = 2` must not become `a = 1⏎ ["b"] = 2`.
    const needsSemicolon = index === 0 && modifier.getStart() === node.getStart() && couldContinue(node);
    out.blank(modifier.getStart(), modifier.end, needsSemicolon ? ";" : "");
  });
}

/** True when a class member without its modifiers could be read as going on with the member before it. */
function couldContinue(member: ts.Node): boolean {
  if (!ts.isClassElement(member) || !member.name) return false;
  if (ts.isMethodDeclaration(member) && member.asteriskToken) return true;
  return ts.isComputedPropertyName(member.name) || /^(?:in|instanceof)$/.test(member.name.getText());
}

/** `?`, `!` and `: Type` of a parameter, variable or field. */
function eraseAnnotation(
  node: ts.ParameterDeclaration | ts.VariableDeclaration | ts.PropertyDeclaration,
  out: Eraser,
): void {
  const mark = "questionToken" in node && node.questionToken ? node.questionToken : exclamationOf(node);
  if (mark) out.blank(mark.getStart(), mark.end);
  // A field called `get` or `static` must not become a modifier of the next one.
  const first = ts.isPropertyDeclaration(node) && !node.initializer ? ";" : "";
  if (node.type) out.blank(out.find(":", mark?.end ?? node.name.end), node.type.end, first);
}

function exclamationOf(node: ts.Node): ts.Node | undefined {
  return ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) ? node.exclamationToken : undefined;
}

function isThisParameter(node: ts.ParameterDeclaration): boolean {
  return ts.isIdentifier(node.name) && node.name.text === "this";
}

function eraseSignature(node: ts.SignatureDeclaration, out: Eraser): void {
  eraseTypeParameters(node, out);
  if (ts.isMethodDeclaration(node) && node.questionToken)
    out.blank(node.questionToken.getStart(), node.questionToken.end);
  const [first, second] = node.parameters;
  if (first && isThisParameter(first)) {
    const hasComma = second !== undefined || node.parameters.hasTrailingComma;
    out.blank(first.getStart(), hasComma ? out.find(",", first.end) + 1 : first.end);
  }
  if (node.type) eraseReturnType(node, node.type, out);
}

function eraseTypeParameters(node: ts.SignatureDeclaration, out: Eraser): void {
  if (!node.typeParameters) return;
  const start = node.typeParameters.pos - 1;
  const end = out.find(">", node.typeParameters.end) + 1;
  const open = out.find("(", end);
  const lineEndMatters =
    ts.isArrowFunction(node) && hasModifier(node, SyntaxKind.AsyncKeyword) && out.hasLineEnd(start, open);
  out.blank(start, end, lineEndMatters ? "(" : "");
  if (lineEndMatters) out.blank(open, open + 1);
}

function eraseReturnType(node: ts.SignatureDeclaration, type: ts.TypeNode, out: Eraser): void {
  const close = out.find(")", node.parameters.end);
  const lineEndMatters = ts.isArrowFunction(node) && out.hasLineEnd(close, type.end);
  if (!lineEndMatters) return out.blank(out.find(":", close), type.end);
  // The bracket moves behind the type, so that `) =>` are on one line.
  out.blank(close, type.end - 1);
  out.edits.push({ start: type.end - 1, end: type.end, text: ")" });
}

function eraseClassHead(node: ts.ClassLikeDeclaration, out: Eraser): void {
  eraseAngles(node.typeParameters, out);
  for (const clause of node.heritageClauses ?? []) {
    if (clause.token === SyntaxKind.ImplementsKeyword) out.blank(clause.getStart(), clause.end);
  }
}

/** ` as T` and ` satisfies T`. */
function eraseSuffix(node: ts.Node, start: number, out: Eraser): void {
  const next = out.firstAfterLineEnd(node.end);
  out.blank(start, node.end, endsStatement(node) && /[([`]/.test(next) ? ";" : "");
}

function endsStatement(node: ts.Node): boolean {
  let at = node;
  while (at.parent && at.parent.end === node.end && !ts.isSourceFile(at.parent) && !ts.isBlock(at.parent))
    at = at.parent;
  return ts.isStatement(at) || ts.isClassElement(at);
}

/** `<T>value`; in brackets where the bare value would be read as something else. */
function eraseAssertion(node: ts.TypeAssertion, out: Eraser): void {
  const start = node.getStart();
  const end = node.expression.getStart();
  const needsBrackets =
    out.hasLineEnd(start, end) || /^(?:\{|function\b|class\b|let\b)/.test(node.expression.getText());
  out.blank(start, end, needsBrackets ? "(" : "");
  if (needsBrackets) out.edits.push({ start: node.end, end: node.end, text: ")" });
}

/** `type A,` inside `import { … }`. */
function eraseTypeSpecifiers(node: ts.NamedImports, out: Eraser): void {
  node.elements.forEach((element, index) => {
    if (!element.isTypeOnly) return;
    const isLast = index === node.elements.length - 1 && !node.elements.hasTrailingComma;
    out.blank(element.getStart(), isLast ? element.end : out.find(",", element.end) + 1);
  });
}

/** The edits that turn a parsed cell without anything that `needsEmit` into JavaScript. */
export function eraseTypes(sourceFile: ts.SourceFile): Edit[] {
  const out = new Eraser(sourceFile.text);
  ts.forEachChild(sourceFile, (child) => visit(child, out));
  return out.edits;
}
