/** Names in a test's expression whose values the grader itself has given: it does not ask a student's program for them. */
import ts from "typescript";

/** Whether an identifier stands for a variable, and not for a property or for something that it declares. */
function isVariable(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !ts.isShorthandPropertyAssignment(parent);
}

/** The names that functions within an expression declare: there they mean something else. */
function declaredWithin(root: ts.Node): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name =
      ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isBindingElement(node) ? node.name : undefined;
    if (name && ts.isIdentifier(name)) found.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** The expression with the values in place of the names; `values` are JSON. What cannot be read is left for its own error. */
export function withConstants(expression: string, values: Readonly<Record<string, string>>): string {
  if (Object.keys(values).length === 0) return expression;
  const text = `(${expression}\n)`;
  const file = ts.createSourceFile("expression.ts", text, ts.ScriptTarget.Latest, true);
  const declared = declaredWithin(file);
  const edits: { start: number; end: number; value: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && Object.hasOwn(values, node.text) && !declared.has(node.text)) {
      const value = values[node.text]!;
      const [start, end] = [node.getStart(file), node.getEnd()];
      if (isVariable(node)) edits.push({ start, end, value: `(${value})` });
      else if (ts.isShorthandPropertyAssignment(node.parent))
        edits.push({ start, end, value: `${node.text}: (${value})` });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const changed = edits.reduceRight(
    (code, { start, end, value }) => code.slice(0, start) + value + code.slice(end),
    text,
  );
  return changed.slice(1, -2);
}
