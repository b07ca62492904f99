/** Which identifiers of a text refer to names of the notebook's top level, those of earlier cells included. */
import ts from "typescript";
import type { Edit } from "./edits";

const OPTIONS: ts.CompilerOptions = { noLib: true, noResolve: true, types: [], target: ts.ScriptTarget.ESNext };

/** A type checker that knows this one file; what it cannot find belongs to an earlier cell or is a global. */
function checkerOf(file: ts.SourceFile): ts.TypeChecker {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
    getDefaultLibFileName: () => "lib.d.ts",
    getCurrentDirectory: () => "",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (name) => name === file.fileName,
    readFile: () => undefined,
    writeFile: () => undefined,
  };
  return ts.createProgram({ rootNames: [file.fileName], options: OPTIONS, host }).getTypeChecker();
}

/** True for an identifier that names a member, a label or something of a module rather than referring to it. */
function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isMetaProperty(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isExportSpecifier(parent)) return true;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return true;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  const isMember = ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isObjectLiteralElement(parent);
  if (isMember || ts.isEnumMember(parent) || ts.isNamedTupleMember(parent)) return parent.name === node;
  return isTagName(parent, node) && /^[a-z]/.test(node.text);
}

function isTagName(parent: ts.Node, node: ts.Identifier): boolean {
  return (ts.isJsxOpeningLikeElement(parent) || ts.isJsxClosingElement(parent)) && parent.tagName === node;
}

function isBlockScoped(declaration: ts.Declaration): boolean {
  if (!ts.isVariableDeclaration(declaration) && !ts.isBindingElement(declaration)) return true;
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.BlockScoped) !== 0;
}

/** Whether what is declared here can be seen from later cells. */
function isTopLevel(declaration: ts.Declaration): boolean {
  if (ts.isClassExpression(declaration) || ts.isFunctionExpression(declaration)) return false;
  const blockScoped = isBlockScoped(declaration);
  for (let node: ts.Node = declaration.parent; !ts.isSourceFile(node); node = node.parent) {
    const isScope = ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isClassStaticBlockDeclaration(node);
    if (isScope || ts.isModuleBlock(node) || ts.isEnumDeclaration(node) || ts.isCatchClause(node)) return false;
    const isBlock = ts.isBlock(node) || ts.isCaseBlock(node) || ts.isIterationStatement(node, false);
    if (blockScoped && isBlock) return false;
  }
  return true;
}

/** The identifiers that refer to, or declare, one of the names at the top level. */
export function referencesTo(names: Pick<ReadonlySet<string>, "has" | "size">, file: ts.SourceFile): ts.Identifier[] {
  const candidates: ts.Identifier[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && names.has(node.text) && !isOnlyAName(node)) candidates.push(node);
    ts.forEachChild(node, collect);
  };
  if (names.size > 0) collect(file);
  if (candidates.length === 0) return [];
  const checker = checkerOf(file);
  return candidates.filter((node) => {
    const symbol = isShorthandProperty(node)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node);
    // `undefined` and `globalThis` are known to TypeScript, and declared nowhere.
    const declarations = symbol?.declarations ?? [];
    return declarations.length === 0 || declarations.some(isTopLevel);
  });
}

/** The `a` of `{ a }`, which is a member and a reference at once. */
function isShorthandProperty(node: ts.Identifier): boolean {
  return ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node;
}

/** The `a` of `const { a } = …`, which is a member and a declaration at once. */
function isShorthandBinding(node: ts.Identifier): boolean {
  const { parent } = node;
  const isElement = ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && parent.name === node;
  return isElement && !parent.propertyName && !parent.dotDotDotToken;
}

/** Puts other code in the place of a reference; `{ a }` becomes `{ a: code }`. */
export function replaceReference(node: ts.Identifier, code: string): Edit {
  const isMember = isShorthandProperty(node) || isShorthandBinding(node);
  return {
    start: node.getStart(),
    end: node.end,
    text: isMember ? `${node.text}:${code}` : code,
    standsFor: node.getStart(),
  };
}
