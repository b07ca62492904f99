/**
 * Finds what a user's function would remember from call to call: an assignment to a name from outside of it. A replay does
 * not call the function, so a count in a closure would stand still, and no recording shows it while its use lies far ahead
 * (`if (calls > 1000)`).
 *
 * The function's own text is read, not that of the functions it calls.
 */
import type * as TypeScript from "typescript";
import { UnsupportedStep } from "../../engine/compile";
import { tf } from "../../engine/tf";
import { layerPlaces } from "../../models/weights/weights-layout";

type AnyFunction = (...args: never[]) => unknown;

const MUTATORS = new Set(["push", "pop", "shift", "unshift", "splice", "set", "delete", "clear", "fill", "sort"]);

/** Classes that were there when this library was loaded: TensorFlow.js' and ours. */
const KNOWN_CLASSES = new Set(Object.keys(tf.serialization.SerializationMap.getMap().classNameMap));

/** Throws an {@link UnsupportedStep} when a loss, metric or layer of the user's assigns to what lies outside of it. */
export function checkOutsideWrites(model: tf.LayersModel): void {
  for (const { name, body } of userFunctions(model)) {
    const write = outsideWrite(body);
    if (write === undefined) continue;
    throw new UnsupportedStep(
      "host-state-changes",
      `${name} changes '${write.target}', which lies outside of it (${write.text}); a replay would not. Keep it in a tf.variable, or use a schedule or callback`,
    );
  }
}

interface UserFunction {
  readonly name: string;
  readonly body: AnyFunction;
}

function userFunctions(model: tf.LayersModel): UserFunction[] {
  const { loss, metrics } = model as unknown as Record<"loss" | "metrics", unknown>;
  const named = (kind: string, values: unknown): UserFunction[] =>
    [values].flat().flatMap((body) => {
      if (typeof body !== "function") return [];
      return [{ name: `the ${kind} '${body.name || "anonymous"}'`, body: body as AnyFunction }];
    });
  const layers = layerPlaces(model).flatMap(({ layer }): UserFunction[] => {
    const className = layer.getClassName();
    if (KNOWN_CLASSES.has(className)) return [];
    return [{ name: `layer '${layer.name}' (${className})`, body: layer.call as AnyFunction }];
  });
  return [...named("loss", loss), ...named("metric", metrics), ...layers];
}

interface Write {
  /** What is written to, such as `calls`. */
  readonly target: string;
  /** The expression that writes. */
  readonly text: string;
}

const read = new WeakMap<AnyFunction, { readonly write: Write | undefined }>();

/** The first write of a function to a name that it does not declare; undefined when there is none, or no text to read. */
export function outsideWrite(body: AnyFunction): Write | undefined {
  const known = read.get(body) ?? { write: find(Function.prototype.toString.call(body)) };
  read.set(body, known);
  return known.write;
}

function find(source: string): Write | undefined {
  const ts = require("typescript") as typeof TypeScript;
  const parse = (text: string) => ts.createSourceFile("f.js", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const isBroken = (file: TypeScript.SourceFile) =>
    (file as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length > 0;
  // A function or an arrow, else a method.
  const file = [`(${source})`, `({ ${source} })`].map(parse).find((candidate) => !isBroken(candidate));
  if (file === undefined) return undefined;
  const own = declaredNames(ts, file);
  let write: Write | undefined;
  const visit = (node: TypeScript.Node): void => {
    const target = write ? undefined : writtenBy(ts, node);
    const root = target && rootOf(ts, target);
    if (target && root && !own.has(root)) write = { target: target.getText(file), text: shortened(node.getText(file)) };
    ts.forEachChild(node, visit);
  };
  visit(file);
  return write;
}

/** What a node assigns to, counts up, or changes by a method. */
function writtenBy(ts: typeof TypeScript, node: TypeScript.Node): TypeScript.Expression | undefined {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    return assigns ? node.left : undefined;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const counts = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    return counts ? node.operand : undefined;
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return MUTATORS.has(node.expression.name.text) ? node.expression.expression : undefined;
}

/**
 * The name that a chain of properties begins with; undefined for other expressions (the results of calls belong to nobody)
 * and for a layer's own properties, which are watched by their values (host-state.ts).
 */
function rootOf(ts: typeof TypeScript, target: TypeScript.Expression): string | undefined {
  let node = target;
  let depth = 0;
  while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    node = node.expression;
    depth += 1;
  }
  if (ts.isIdentifier(node)) return node.text;
  return node.kind === ts.SyntaxKind.ThisKeyword && depth > 1 ? "this" : undefined;
}

/** All names that the function declares, in whatever block. */
function declaredNames(ts: typeof TypeScript, file: TypeScript.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: TypeScript.Node): void => {
    const isDeclaration = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    const isNamed = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isFunctionExpression(node);
    if ((isDeclaration || isNamed) && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
