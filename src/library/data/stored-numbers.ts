/** Numbers of any kind as the float32 and int32 that a data set stores: nothing wraps, and what is rounded is said. */
import { show } from "dnn-lab-core/check";
import { informOnce } from "./notice";
import type { FeatureValues, LabelValues } from "./storage";

/** Arrays of numbers of one kind, as JavaScript has them. */
export type TypedNumbers =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Whole numbers up to this are the same in float32. */
const EXACT = 2 ** 24;
const INT32 = 2 ** 31;
/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

export function isTypedNumbers(value: unknown): value is TypedNumbers {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * The numbers as they are stored: bytes, int32 and float32 as they are (shared, not copied), all others copied.
 * @param name names the array in errors and notices.
 */
export function storedNumbers(name: string, values: TypedNumbers): FeatureValues | LabelValues {
  if (values instanceof Uint8Array || values instanceof Float32Array) return values;
  if (values instanceof Int32Array) return noticed(name, values);
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values.buffer, values.byteOffset, values.length);
  return compact(name, Array.from(values as Iterable<number | bigint>, Number));
}

/** Whole numbers of 32 bits as int32, all others as float32. Throws for a number that is too large for float32. */
export function compact(name: string, values: readonly number[] | Float64Array): Int32Array | Float32Array {
  let isInt = true;
  for (const value of values) {
    if (isInt && !(Number.isInteger(value) && value >= -INT32 && value < INT32)) isInt = false;
    if (value > LARGEST || value < -LARGEST) {
      if (Number.isFinite(value)) {
        throw new RangeError(
          `${name}: ${value} is too large for float32, in which models compute (at most 3.4e38). Divide by a constant first.`,
        );
      }
    }
  }
  return noticed(name, isInt ? Int32Array.from(values) : Float32Array.from(values), values);
}

/** Says once that whole numbers are not all the same in float32. */
function noticed<T extends Int32Array | Float32Array>(name: string, stored: T, values: ArrayLike<number> = stored): T {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value <= EXACT && value >= -EXACT) continue;
    if (!Number.isInteger(value) || Math.fround(value) === value) continue;
    informOnce(
      `${name}: whole numbers above 2^24 are rounded to float32 (${value} becomes ${Math.fround(value)}). ` +
        "Subtract a constant or divide by one where the difference matters.",
    );
    break;
  }
  return stored;
}

/** What stands in a nested array as a number: true and false as 1 and 0, a BigInt as the nearest number. */
export function asNumber(entry: unknown): number | undefined {
  if (typeof entry === "number") return entry;
  if (typeof entry === "boolean") return Number(entry);
  return typeof entry === "bigint" ? Number(entry) : undefined;
}

/** Why an entry is no number, and what to do. */
export function notANumber(name: string, entry: unknown, place: string): TypeError {
  const advice =
    entry === null || entry === undefined
      ? " A missing value: leave the sample out, or put a number in its place."
      : typeof entry === "string"
        ? " Convert texts first: Number(text), or the class's number, classNames.indexOf(text)."
        : "";
  return new TypeError(`${name}: expected a number at ${place}, found ${show(entry)}.${advice}`);
}
