/** What one step did, as plain data: values in order of their appearance, and the operations that made them. */
import type { tf } from "../tf";
import type { DataId, OpAttribute } from "./native";
import { nowhere, type Site } from "./unsupported";

/** Where a value comes from. */
export type Source =
  | { readonly kind: "step" }
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "variable"; readonly variable: tf.Variable }
  | { readonly kind: "capture"; readonly dataId: DataId }
  | { readonly kind: "constant"; readonly bytes: Uint8Array }
  | { readonly kind: "operation"; readonly operation: number; readonly output: number };

export interface Value {
  readonly source: Source;
  /** TensorFlow's number of the element type. */
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly site: Site;
}

export interface Operation {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  /** Indices of values. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly site: Site;
}

/** One recorded step. Numbers are indices into `values`. */
export interface Tape {
  readonly values: readonly Value[];
  readonly operations: readonly Operation[];
  /** Name → value that the step returned. */
  readonly outputs: ReadonlyMap<string, number>;
  /** Variable → value that it holds after the step, for each variable that the step assigns. */
  readonly updates: ReadonlyMap<tf.Variable, number>;
}

/** The tape without its places in the code, which hold a lot of memory. */
export function withoutSites(tape: Tape): Tape {
  const site = nowhere;
  return {
    ...tape,
    values: tape.values.map((value) => ({ ...value, site })),
    operations: tape.operations.map((operation) => ({ ...operation, site })),
  };
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
