/** Finds shapes of computation on a tape, such as "dy times one minus the square of y". */
import type { TapeBuilder } from "./tape-builder";

/**
 * - a name stands for any value, the same one wherever the name occurs;
 * - `{ all: 1 }` for a tensor whose elements are all known to be 1;
 * - `[operation, ...inputs]` for the result of an operation.
 */
export type Pattern = string | { readonly all: number } | readonly [string, ...Pattern[]];

export type Bindings = Readonly<Record<string, number>>;

const COMMUTATIVE = new Set(["Mul", "Add", "AddV2"]);

/** What the names of `pattern` stand for when `value` has its form; undefined otherwise. */
export function match(tape: TapeBuilder, pattern: Pattern, value: number, bound: Bindings = {}): Bindings | undefined {
  if (typeof pattern === "string") {
    if (pattern in bound) return bound[pattern] === value ? bound : undefined;
    return { ...bound, [pattern]: value };
  }
  if ("all" in pattern) return isFilledWith(tape, value, pattern.all) ? bound : undefined;
  const operation = tape.producer(value);
  return operation && matchOperation(tape, pattern, operation, bound);
}

/** True when every element of `value` is known to be `number`. */
export function isFilledWith(tape: TapeBuilder, value: number, number: number): boolean {
  const operation = tape.producer(value);
  // Large fills are not folded into constants; their second input is the number.
  const numbers = tape.constant(operation?.name === "Fill" ? operation.inputs[1] : value);
  return numbers?.every((one) => one === number) ?? false;
}

/** As {@link match}, for an operation that need not be on the tape yet. */
export function matchOperation(
  tape: TapeBuilder,
  [name, ...inputs]: readonly [string, ...Pattern[]],
  operation: { readonly name: string; readonly inputs: readonly number[] },
  bound: Bindings = {},
): Bindings | undefined {
  if (operation.name !== name || operation.inputs.length !== inputs.length) return undefined;
  const inOrder = (order: readonly number[]) =>
    order.reduce<Bindings | undefined>((found, value, i) => found && match(tape, inputs[i], value, found), bound);
  return inOrder(operation.inputs) ?? (COMMUTATIVE.has(name) ? inOrder([...operation.inputs].reverse()) : undefined);
}
