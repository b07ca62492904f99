/** Values as a grader sees them, who reads them from outside of the program: without methods, getters and classes. */
import { types } from "node:util";

/** What a grader reads of one value at most (the kernel's `values.ts` has the same). */
const LIMITS = { values: 100_000, depth: 12, textLength: 1_000_000 } as const;

const { isProxy } = types;
const { getOwnPropertyDescriptors, entries, fromEntries } = Object;

const sourceOf = Function.prototype.toString;

/** A function by its name, a symbol by its text, a computed property by saying so: the grader has no more of them. */
function word(value: unknown): string | undefined {
  if (typeof value === "symbol") return `[${String(value)}]`;
  if (typeof value !== "function") return undefined;
  const name = /^(?:class|function)?\s*([\w$]*)/.exec(sourceOf.call(value))?.[1];
  return `[function ${name || "without a name"}]`;
}

const isList = (value: object): boolean =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/**
 * The value as plain data: own enumerable properties, lists and typed arrays as arrays.
 * @throws Error for what a grader does not read: too many parts, too deep, too long a text, a Proxy
 */
export function plainValue(value: unknown, depth = 0, budget = { left: LIMITS.values as number }): unknown {
  if ((budget.left -= 1) < 0) throw new Error(`the value has more than ${LIMITS.values} parts`);
  if (depth > LIMITS.depth) throw new Error(`the value is nested deeper than ${LIMITS.depth} levels`);
  if (typeof value === "string" && value.length > LIMITS.textLength) throw new Error("the text is too long");
  if (typeof value !== "object" || value === null) return word(value) ?? value;
  if (isProxy(value)) throw new Error("the value is a Proxy");
  const list = isList(value);
  const parts = entries(getOwnPropertyDescriptors(value)).filter(
    ([name, { enumerable }]) => enumerable && (!list || /^\d+$/.test(name)),
  );
  const read = parts.map(([name, property]): [string, unknown] => [
    name,
    "value" in property ? plainValue(property.value, depth + 1, budget) : "[computed property]",
  ]);
  if (!list) return fromEntries(read);
  const all: unknown[] = [];
  for (const [index, each] of read) all[Number(index)] = each;
  if (all.length > LIMITS.values) throw new Error(`the array is longer than ${LIMITS.values}`);
  return Array.from(all);
}
