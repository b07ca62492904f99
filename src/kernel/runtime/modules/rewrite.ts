/** What TypeScript's emit to CommonJS leaves to be done, and what it can tell of a file. */
import type * as TypeScript from "typescript";

type Compiler = typeof TypeScript;

/**
 * `import()` and `import.meta` of a file that runs as CommonJS become calls of the kernel's own functions. Notes whether the
 * file awaits at its top level.
 */
export function rewriteForCommonJs(
  ts: Compiler,
  context: TypeScript.TransformationContext,
  file: TypeScript.SourceFile,
  found: { isAsync: boolean },
): TypeScript.SourceFile {
  const { factory } = context;
  const call = (name: string, given: readonly TypeScript.Expression[]): TypeScript.Expression =>
    factory.createCallExpression(factory.createIdentifier(name), undefined, [
      factory.createIdentifier("__filename"),
      ...given,
    ]);
  const visitAt = (isTopLevel: boolean) => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (isTopLevel && awaits(ts, node)) found.isAsync = true;
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
        return call(
          "__dnn_importFrom",
          node.arguments.map((one) => ts.visitNode(one, visit) as TypeScript.Expression),
        );
      if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return call("__dnn_metaOf", []);
      const inner = isTopLevel && isScopeOfAwait(ts, node) ? visitAt(false) : visit;
      return ts.visitEachChild(node, inner, context);
    };
    return visit;
  };
  return ts.visitNode(file, visitAt(true)) as TypeScript.SourceFile;
}

function awaits(ts: Compiler, node: TypeScript.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isForOfStatement(node)) return node.awaitModifier !== undefined;
  return ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing;
}

function isScopeOfAwait(ts: Compiler, node: TypeScript.Node): boolean {
  return ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node) || ts.isPropertyDeclaration(node);
}

/** The specifiers of `require` calls at the top level of emitted code: what import declarations have become. */
export function importsOf(ts: Compiler, file: TypeScript.SourceFile): string[] {
  const specifiers: string[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isFunctionLike(node) || ts.isTryStatement(node) || ts.isIfStatement(node)) return;
    const [argument] = ts.isCallExpression(node) ? node.arguments : [];
    const isRequire =
      ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "require";
    if (isRequire && argument && ts.isStringLiteral(argument)) specifiers.push(argument.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return specifiers;
}
