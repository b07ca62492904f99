/**
 * Finds what a user's function would remember from call to call: an assignment to a name from outside of it. A replay does
 * not call the function, so a count in a closure would stand still, and no recording shows it while its use lies far ahead
 * (`if (calls > 1000)`).
 *
 * The function's own text is read, not that of the functions it calls.
 */
import { parse } from "acorn";
import { isRecord } from "dnn-lab-core/objects";
import { UnsupportedStep } from "../../engine/compile";
import { tf } from "../../engine/tf";
import { layersWithin } from "../../models/weights/weights-layout";

/** A node of the syntax tree, as ESTree describes it. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => isRecord(value) && typeof value.type === "string";

type AnyFunction = (...args: never[]) => unknown;

const MUTATORS = new Set(["push", "pop", "shift", "unshift", "splice", "set", "delete", "clear", "fill", "sort"]);

/** Classes that were there when this library was loaded: TensorFlow.js' and ours. */
const KNOWN_CLASSES = new Set(Object.keys(tf.serialization.SerializationMap.getMap().classNameMap));

/** Whether TensorFlow.js or this library has a layer, activation, regularizer … of that name. */
export function isKnownClass(className: string): boolean {
  return KNOWN_CLASSES.has(className);
}

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

/** Whether a loss, a metric or a layer is of the user's own making. */
export function hasOwnFunctions(model: tf.LayersModel): boolean {
  return userFunctions(model).length > 0;
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
  const layers = [...layersWithin(model)].flatMap((layer): UserFunction[] => {
    const className = layer.getClassName();
    if (isKnownClass(className)) return [];
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

/** A method may use private fields of its class, which is not there when it is read alone. */
const READING = { ecmaVersion: "latest", checkPrivateFields: false } as const;

/** A function or an arrow, else a method, as the parser reads it; undefined for what it cannot read (native code). */
function parsed(source: string): { readonly text: string; readonly tree: Node } | undefined {
  for (const text of [`(${source})`, `({ ${source} })`]) {
    try {
      return { text, tree: parse(text, READING) as unknown as Node };
    } catch {
      // The other form, or none.
    }
  }
  return undefined;
}

function find(source: string): Write | undefined {
  const body = parsed(source);
  if (body === undefined) return undefined;
  const textOf = ({ start, end }: Node): string => body.text.slice(start, end);
  const own = new Set<string>();
  visit(body.tree, (node) => declaredBy(node).forEach((name) => own.add(name)));
  let write: Write | undefined;
  visit(body.tree, (node) => {
    if (write) return;
    const target = writtenBy(node);
    const outside = target?.find((each) => {
      const root = rootOf(each);
      return root !== undefined && !own.has(root);
    });
    if (outside) write = { target: textOf(outside), text: shortened(textOf(node)) };
  });
  return write;
}

/** Calls `use` for a node and all below it. */
function visit(node: Node, use: (node: Node) => void): void {
  use(node);
  for (const value of Object.values(node)) {
    for (const child of [value].flat()) if (isNode(child)) visit(child, use);
  }
}

/** What a node assigns to, counts up, or changes by a method. */
function writtenBy(node: Node): readonly Node[] | undefined {
  if (node.type === "AssignmentExpression") return targetsIn(node.left as Node);
  if (node.type === "UpdateExpression") return [node.argument as Node];
  if (node.type !== "CallExpression") return undefined;
  const callee = node.callee as Node;
  const method = callee.type === "MemberExpression" && !callee.computed ? (callee.property as Node).name : undefined;
  return typeof method === "string" && MUTATORS.has(method) ? [callee.object as Node] : undefined;
}

/** The single places that a pattern assigns to: `[a, o.b]` to `a` and `o.b`. */
function targetsIn(pattern: Node): readonly Node[] {
  const inner: Readonly<Record<string, (node: Node) => readonly (Node | null)[]>> = {
    ArrayPattern: (node) => node.elements as readonly (Node | null)[],
    ObjectPattern: (node) => node.properties as readonly Node[],
    Property: (node) => [node.value as Node],
    AssignmentPattern: (node) => [node.left as Node],
    RestElement: (node) => [node.argument as Node],
  };
  const parts = inner[pattern.type]?.(pattern);
  return parts ? parts.flatMap((part) => (part ? targetsIn(part) : [])) : [pattern];
}

/**
 * The name that a chain of properties begins with; undefined for other expressions (the results of calls belong to nobody)
 * and for a layer's own properties, which are watched by their values (host-state.ts).
 */
function rootOf(target: Node): string | undefined {
  let node = target;
  let depth = 0;
  while (node.type === "MemberExpression") {
    node = node.object as Node;
    depth += 1;
  }
  if (node.type === "Identifier") return node.name as string;
  return node.type === "ThisExpression" && depth > 1 ? "this" : undefined;
}

/** The names that a node declares: variables, parameters, functions and classes, in whatever block. */
function declaredBy(node: Node): readonly string[] {
  const patterns: (Node | null | undefined)[] = [];
  if (node.type === "VariableDeclarator" || /^(Function|Class)(Declaration|Expression)$/.test(node.type))
    patterns.push(node.id as Node | null);
  if (node.type === "CatchClause") patterns.push(node.param as Node | null);
  if (Array.isArray(node.params)) patterns.push(...(node.params as Node[]));
  return patterns
    .flatMap((pattern) => (pattern ? targetsIn(pattern) : []))
    .flatMap(({ type, name }) => (type === "Identifier" ? [name as string] : []));
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
