/**
 * An expression of a test, taken apart: what only the student's program can say (names, and calls of its functions) is asked of the
 * kernel and read plain; what is computed with it is computed here, where nobody has replaced `Math.min`.
 */
import ts from "typescript";

export interface ExpressionPlan {
  /** What the kernel is asked for, one expression each. */
  readonly asked: readonly string[];
  /** The expression's value, from those. */
  compute(values: readonly unknown[]): unknown;
  /** Whether it asks for more than the values of names: then code of the student's may run, and know what was asked. */
  readonly runsCode: boolean;
}

/** Names that mean here what they mean in the language. */
const ours = new Set(
  (
    "undefined NaN Infinity Math Number String Boolean BigInt Array Object JSON isNaN isFinite parseFloat parseInt RegExp " +
    "Error TypeError RangeError SyntaxError ReferenceError"
  ).split(" "),
);
/** Methods of lists, texts and numbers. Where a chain goes on with another method, its object is none of these. */
const ofData = new Set(
  (
    "at concat every some filter find findIndex findLast findLastIndex flat flatMap includes indexOf lastIndexOf join map " +
    "reduce reduceRight slice toSorted toReversed sort reverse toFixed toPrecision toUpperCase toLowerCase trim trimStart " +
    "trimEnd split startsWith endsWith replace replaceAll match padStart padEnd repeat charAt charCodeAt codePointAt " +
    "substring localeCompare search"
  ).split(" "),
);

const takesFunction = new Set(
  "every some filter find findIndex findLast findLastIndex flatMap map reduce reduceRight toSorted sort".split(" "),
);

/** Who can say what a part is worth: `here` anybody; `kernel` the student's program alone; `nobody` without what is around it. */
type Where = "here" | "kernel" | "nobody";
type Bound = ReadonlySet<string>;

interface Leaf {
  readonly node: ts.Node;
  readonly code: string;
  readonly put: (name: string) => string;
}

/** The plan of an expression. Throws a `SyntaxError` when the text is not an expression. `whole`: the kernel computes all of it. */
export function planOf(expression: string, whole = false): ExpressionPlan {
  const text = `(${expression}\n)`;
  const file = ts.createSourceFile("expression.ts", text, ts.ScriptTarget.Latest, true);
  const [statement, more] = file.statements;
  const errors = (file as unknown as { parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics;
  if (errors[0]) throw new SyntaxError(ts.flattenDiagnosticMessageText(errors[0].messageText, "\n"));
  if (more || !statement || !ts.isExpressionStatement(statement) || !isWhole(statement.expression, text))
    throw new SyntaxError("it must be one expression");
  const leaves: Leaf[] = [];
  const where = whole ? "kernel" : new Parting(file, leaves).visit(statement.expression, new Set());
  if (where !== "here")
    return {
      asked: [expression],
      compute: ([value]) => value,
      runsCode: !/^\s*[\p{ID_Start}$_][\p{ID_Continue}$]*\s*$/u.test(expression),
    };
  return {
    asked: leaves.map(({ code }) => code),
    compute: computed(text, leaves),
    runsCode: leaves.some(({ node }) => !ts.isIdentifier(node)),
  };
}

/** Whether the brackets that were put around an expression are a pair of their own: `1)(2` would make a call of them. */
const isWhole = (node: ts.Expression, text: string): boolean =>
  ts.isParenthesizedExpression(node) && node.getStart() === 0 && node.getEnd() === text.length;

/** The expression as a function of its leaves' values. */
function computed(text: string, leaves: readonly Leaf[]): ExpressionPlan["compute"] {
  let code = text;
  const names = leaves.map((_, i) => `$asked${i}`);
  const inOrder = leaves
    .map((leaf, i) => ({ ...leaf, name: names[i]! }))
    .sort((a, b) => b.node.getStart() - a.node.getStart());
  for (const { node, put, name } of inOrder)
    code = code.slice(0, node.getStart()) + put(name) + code.slice(node.getEnd());
  const { outputText } = ts.transpileModule(`return ${code}`, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const run = new Function(...names, `"use strict"; ${outputText}`) as (...values: readonly unknown[]) => unknown;
  return (values) => run(...values);
}

/** Walks through an expression, and collects the parts that the kernel is asked for. */
class Parting {
  constructor(
    private readonly file: ts.SourceFile,
    private readonly leaves: Leaf[],
  ) {}

  /** `chain`: whether all methods that are called on it are those of data. */
  visit(node: ts.Node, bound: Bound, chain = true): Where {
    if (ts.isIdentifier(node)) return bound.has(node.text) || ours.has(node.text) ? "here" : "kernel";
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node))
      return this.visit(node.expression, bound, chain);
    if (ts.isPropertyAccessExpression(node)) return this.visit(node.expression, bound, chain);
    if (ts.isElementAccessExpression(node)) return this.element(node, bound, chain);
    if (ts.isCallExpression(node)) return this.call(node, bound, chain);
    if (ts.isNewExpression(node)) return this.usesOnlyOurs(node, bound) ? "here" : this.whole(node, bound);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return this.arrow(node, bound);
    if (ts.isFunctionLike(node) || ts.isClassExpression(node))
      return this.usesOnlyOurs(node, bound) ? "here" : "nobody";
    if (ts.isTypeOfExpression(node) || isInstanceOf(node))
      return this.usesOnlyOurs(node, bound) ? "here" : this.whole(node, bound);
    if (ts.isAwaitExpression(node) || ts.isYieldExpression(node) || isAssignment(node)) return this.whole(node, bound);
    return this.parts(node, ts.isExpression(node) ? childrenOf(node) : [], bound);
  }

  /** A part all of whose own parts are looked at: those that are the kernel's are asked for. */
  private parts(node: ts.Node, children: readonly ts.Node[], bound: Bound): Where {
    const mark = this.leaves.length;
    for (const child of children) {
      const inner = ts.isSpreadElement(child)
        ? child.expression
        : ts.isShorthandPropertyAssignment(child)
          ? child.name
          : child;
      const where = this.visit(inner, bound);
      if (where === "here") continue;
      if (where === "nobody" || this.uses(inner, bound)) {
        this.leaves.length = mark;
        return this.whole(node, bound);
      }
      this.ask(child, inner);
    }
    return "here";
  }

  private ask(node: ts.Node, inner: ts.Node): void {
    const text = inner.getText(this.file);
    if (ts.isSpreadElement(node)) this.leaves.push({ node, code: `[...(${text})]`, put: (name) => `...${name}` });
    else if (ts.isShorthandPropertyAssignment(node))
      this.leaves.push({ node, code: text, put: (name) => `${text}: ${name}` });
    else this.leaves.push({ node, code: text, put: (name) => name });
  }

  private element(node: ts.ElementAccessExpression, bound: Bound, chain: boolean): Where {
    const mark = this.leaves.length;
    const where = this.visit(node.expression, bound, chain);
    if (where === "nobody" || (where === "kernel" && !this.uses(node.argumentExpression, bound))) return where;
    // The place is known only here: the list is read as a whole.
    if (where === "kernel") {
      if (this.uses(node.expression, bound)) return "nobody";
      this.ask(node.expression, node.expression);
    }
    const rest = this.parts(node, [node.argumentExpression], bound);
    if (rest !== "here") this.leaves.length = mark;
    return rest;
  }

  private call(node: ts.CallExpression, bound: Bound, chain: boolean): Where {
    const callee = ts.isParenthesizedExpression(node.expression) ? node.expression.expression : node.expression;
    if (!ts.isPropertyAccessExpression(callee)) {
      const where = this.visit(callee, bound);
      const isOurs = ts.isIdentifier(callee) && ours.has(callee.text);
      return where === "here" && (isOurs || ts.isFunctionLike(callee))
        ? this.parts(node, node.arguments, bound)
        : this.whole(node, bound);
    }
    const isData = chain && ofData.has(callee.name.text);
    const mark = this.leaves.length;
    const receiver = this.visit(callee.expression, bound, isData);
    const isOurs =
      ts.isIdentifier(callee.expression) && ours.has(callee.expression.text) && !bound.has(callee.expression.text);
    if (receiver === "nobody" || (!isData && !isOurs && !this.isMade(callee.expression))) {
      this.leaves.length = mark;
      return this.whole(node, bound);
    }
    if (receiver === "kernel") {
      if (this.uses(callee.expression, bound)) return "nobody";
      this.ask(callee.expression, callee.expression);
    }
    const before = this.leaves.length;
    const asked = this.parts(node, node.arguments, bound);
    // A function of the student's runs where it is.
    const [first] = node.arguments;
    const called =
      first && takesFunction.has(callee.name.text) && this.leaves.slice(before).some((leaf) => leaf.node === first);
    if (asked === "here" && !called) return "here";
    this.leaves.length = mark;
    return called ? this.whole(node, bound) : asked;
  }

  /** What is written down in the expression itself, such as a pattern. */
  private isMade(node: ts.Node): boolean {
    return ts.isRegularExpressionLiteral(node) || ts.isArrayLiteralExpression(node) || ts.isStringLiteralLike(node);
  }

  private arrow(node: ts.ArrowFunction, bound: Bound): Where {
    const names = new Set([...bound, ...node.parameters.flatMap(({ name }) => namesIn(name))]);
    const mark = this.leaves.length;
    const where = this.parts(node, [node.body], names);
    if (where !== "here") this.leaves.length = mark;
    return where === "here" ? "here" : "nobody";
  }

  /** All of a part is the kernel's, unless it uses what is known only here. */
  private whole(node: ts.Node, bound: Bound): Where {
    return ts.isFunctionLike(node) || this.uses(node, bound) ? "nobody" : "kernel";
  }

  private uses(node: ts.Node, bound: Bound): boolean {
    return bound.size > 0 && identifiersIn(node).some((name) => bound.has(name));
  }

  private usesOnlyOurs(node: ts.Node, bound: Bound): boolean {
    const own = new Set<string>();
    const collect = (each: ts.Node): void => {
      if (ts.isParameter(each) || ts.isVariableDeclaration(each)) for (const name of namesIn(each.name)) own.add(name);
      ts.forEachChild(each, collect);
    };
    collect(node);
    return identifiersIn(node).every((name) => ours.has(name) || bound.has(name) || own.has(name));
  }
}

const isInstanceOf = (node: ts.Node): boolean =>
  ts.isBinaryExpression(node) &&
  [ts.SyntaxKind.InstanceOfKeyword, ts.SyntaxKind.InKeyword].includes(node.operatorToken.kind);

function isAssignment(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node))
    return (
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  const changing = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken];
  return (
    ts.isDeleteExpression(node) ||
    ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && changing.includes(node.operator))
  );
}

/** The expressions of which a part is made. */
function childrenOf(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    if (ts.isPropertyAssignment(child)) {
      if (ts.isComputedPropertyName(child.name)) found.push(child.name.expression);
      found.push(child.initializer);
    } else if (ts.isSpreadAssignment(child)) found.push(child.expression);
    else if (ts.isTemplateSpan(child)) found.push(child.expression);
    else if (ts.isExpression(child) || ts.isShorthandPropertyAssignment(child) || ts.isSpreadElement(child))
      found.push(child);
  });
  return found;
}

function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((each) => (ts.isOmittedExpression(each) ? [] : namesIn(each.name)));
}

/** Names that a part refers to; names of properties do not count. */
function identifiersIn(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  const found: string[] = [];
  ts.forEachChild(node, (child) => {
    const isName =
      (ts.isPropertyAccessExpression(node) && child === node.name) ||
      (ts.isPropertyAssignment(node) && child === node.name && ts.isIdentifier(child));
    if (!isName) found.push(...identifiersIn(child));
  });
  return found;
}
