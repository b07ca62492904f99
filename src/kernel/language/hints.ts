/** What to do about a message of TypeScript, where many stumble: said below the message. */
import ts from "typescript";
import { nodeVersion } from "./platform";

/** Names of Python, and how the same is written here. */
const NAMES: Readonly<Record<string, string>> = {
  print: "console.log(…) prints",
  None: "null, or undefined",
  True: "true",
  False: "false",
  len: "xs.length; map.size",
  range: "for (let i = 0; i < n; i++), or Array.from({ length: n }, (_, i) => i)",
  str: "String(x), or `${x}`",
  int: "Math.trunc(x), or Number.parseInt(text)",
  float: "Number(x)",
  bool: "Boolean(x)",
  list: "[...xs], or Array.from(xs)",
  dict: "{ key: value }, or new Map()",
  set: "new Set()",
  tuple: "[a, b]",
  abs: "Math.abs(x)",
  min: "Math.min(...xs)",
  max: "Math.max(...xs)",
  sum: "xs.reduce((sum, x) => sum + x, 0)",
  round: "Math.round(x), or x.toFixed(digits)",
  sorted: "xs.toSorted()",
  reversed: "xs.toReversed()",
  enumerate: "for (const [i, x] of xs.entries())",
  zip: "xs.map((x, i) => [x, ys[i]])",
  type: "typeof x",
  isinstance: "x instanceof Class, or typeof x === 'string'",
  help: "%help name, or name?",
  dir: "Object.keys(x)",
  open: "readFileSync(path, 'utf8') of node:fs",
  exit: "process.exit(0)",
  quit: "process.exit(0)",
  self: "this",
  np: "TensorFlow.js (tf) takes NumPy's place: import * as tf from '@tensorflow/tfjs'",
  pd: "danfojs-node takes pandas' place",
  plt: "figures are plotly's: a value { data, layout } is shown as one",
  ls: "!ls alone in a cell, or %%sh",
  pip: "%npm install name",
  npm: "%npm install name",
};

/** Lines that no TypeScript begins or ends with, and what is meant. */
const LINES: readonly (readonly [RegExp, string])[] = [
  [/^\s*(?:async\s+)?def\s+\w+\s*\(/, "Functions are written function name(parameters) { … }."],
  [/^\s*from\s+[\w.]+\s+import\b/, 'Imports are written import { name } from "module".'],
  [/^\s*import\s+[\w.]+(?:\s+as\s+\w+)?\s*$/, 'Imports are written import * as name from "module".'],
  [
    /^\s*(?:if|elif|else|for|while|try|except|finally|with|class)\b[^{]*:\s*$/,
    "Blocks stand in braces: if (condition) { … }.",
  ],
  [/^\s*#(?!!|[\w$]+\s*(?:in\b|[=(;]))/, "Comments begin with //."],
  [/\blambda\b[^:]*:/, "Functions without a name are written (x) => x + 1."],
  [/\bf["']/, "Values in texts are written `a ${value} b`, between backticks."],
  [/\b(?:not|and|or)\b(?!\s*[:.(=])/, "Conditions are joined by &&, ||, and negated by !."],
  [/^\s*print\s+\S/, "console.log(…) prints."],
  [/^\s*!\s*[\w./~]/, "Lines for the shell stand in a cell of their own, each with its !, or below %%sh."],
  [/^\s*%%?\w/, "Magics stand before all code of a cell."],
  [/^\s*\?{0,2}[\w$.]+\?{1,2}\s*$/, "name? stands alone in its cell."],
];

/** What a line of a cell with a syntax error seems to mean. */
export function hintForLine(line: string): string | undefined {
  return LINES.find(([pattern]) => pattern.test(line))?.[1];
}

const UNKNOWN_NAMES = new Set([2304, 2552, 2503, 2581, 2582, 2592, 2693, 18004]);
const NO_LIBRARY = new Set([2550, 2583]);
const NO_MODULE = new Set([2307, 2792]);
const NEEDS_DOM = 2584;
const FORGOT_AWAIT = 2773;

/** A hint for a message about a place in a file; undefined where the message says enough. */
export function hintFor(
  diagnostic: ts.Diagnostic,
  file: ts.SourceFile | undefined,
  checker: ts.TypeChecker,
): string | undefined {
  const { code, start = 0 } = diagnostic;
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
  const first = /'([^']*)'/.exec(text)?.[1] ?? "";
  if (UNKNOWN_NAMES.has(code)) return Object.hasOwn(NAMES, first) ? `In TypeScript: ${NAMES[first]}.` : undefined;
  if (code === NEEDS_DOM) return 'Cells run in Node.js. /// <reference lib="dom" /> loads the types of browsers.';
  if (NO_LIBRARY.has(code)) return `This Node.js (${nodeVersion}) does not have it.`;
  if (NO_MODULE.has(code)) return moduleHint(first);
  if (isAboutPromise(diagnostic, text)) return "It is a promise: put await before it.";
  const node = file && nodeAt(file, start);
  const allowed = node && allowedValues(node, checker);
  return allowed && !allowed.every((value) => text.includes(value)) ? `Allowed: ${allowed.join(", ")}.` : undefined;
}

function moduleHint(name: string): string | undefined {
  if (/^https?:/.test(name)) return "Node.js loads no modules from the network: install the package with %npm install.";
  if (/^[./]|^[a-z]+:/.test(name)) return undefined;
  const parts = name.split("/");
  return `%npm install ${parts.slice(0, name.startsWith("@") ? 2 : 1).join("/")} installs it.`;
}

function isAboutPromise({ relatedInformation = [] }: ts.Diagnostic, text: string): boolean {
  if (relatedInformation.some(({ code }) => code === FORGOT_AWAIT)) return true;
  const [line = ""] = text.split("\n", 1);
  return /^(?:Property '[^']*' does not exist on type|Argument of type|Type) 'Promise</.test(line);
}

/** The outermost node that begins at an offset. */
function nodeAt(file: ts.SourceFile, start: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (found || start < node.getFullStart() || start >= node.end) return;
    if (node !== file && !ts.isStatement(node) && node.getStart(file) === start) found = node;
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const MOST_VALUES = 30;

/** The texts that may stand where a node stands, when only certain ones may. */
function allowedValues(node: ts.Node, checker: ts.TypeChecker): string[] | undefined {
  const expected = expectedType(node, checker);
  const types = expected?.isUnion() ? expected.types : [];
  const values = types
    .filter((type) => type.isStringLiteral())
    .map((type) => `"${(type as ts.StringLiteralType).value}"`);
  return values.length > 1 && values.length <= MOST_VALUES ? values : undefined;
}

function expectedType(node: ts.Node, checker: ts.TypeChecker): ts.Type | undefined {
  const { parent } = node;
  if (ts.isPropertyAssignment(node)) return checker.getContextualType(node.initializer);
  if (ts.isPropertyAssignment(parent) && parent.name === node) return checker.getContextualType(parent.initializer);
  if (ts.isVariableDeclaration(node) || (ts.isVariableDeclaration(parent) && parent.name === node))
    return checker.getTypeAtLocation(node);
  if (ts.isBinaryExpression(node)) return checker.getTypeAtLocation(node.left);
  if (ts.isBinaryExpression(parent) && parent.left === node) return checker.getTypeAtLocation(node);
  return ts.isExpression(node) ? checker.getContextualType(node) : undefined;
}
