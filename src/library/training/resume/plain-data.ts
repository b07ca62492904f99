/** Plain data as JSON beside named arrays, and back, to the bit: also NaN, infinities and −0, which JSON does not know. */
import { show } from "dnn-lab-core/check";
import { isStoredTensor, isTypedArray, type NamedArray, type StoredTensor, type TypedArray } from "./tensors";

export interface Packed {
  readonly json: unknown;
  readonly arrays: readonly NamedArray[];
}

/** What stands in the JSON for a value that it cannot hold. */
type Mark = { $array: string } | { $tensor: string } | { $value: string };

const VALUES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
  ["undefined", undefined],
]);

/**
 * Takes typed arrays and stored tensors out of `value` and names them by their place in it, `weights/3`. Properties that
 * are undefined are left out.
 *
 * @param owner who gave the value, for the error: a TypeError for functions, tensors and other objects with a class.
 */
export function pack(owner: string, value: unknown): Packed {
  const arrays: NamedArray[] = [];
  const keep = (path: string, { shape, values }: StoredTensor) => (arrays.push({ name: path, shape, values }), path);
  const visit = (item: unknown, path: string): unknown => {
    if (item === null || typeof item === "string" || typeof item === "boolean") return item;
    if (item === undefined || typeof item === "number") return packNumber(item);
    if (isTypedArray(item)) return { $array: keep(path, { shape: [item.length], values: item }) } satisfies Mark;
    if (Array.isArray(item)) return item.map((entry, i) => visit(entry, `${path}/${i}`));
    if (!isPlainObject(item)) throw new TypeError(`${owner}: ${path} is ${show(item)}. ${FIX}`);
    if (isStoredTensor(item)) return { $tensor: keep(path, item) } satisfies Mark;
    const entries = Object.entries(item).filter(([, entry]) => entry !== undefined);
    const reserved = entries.find(([key]) => key.startsWith("$"));
    if (reserved) throw new TypeError(`${owner}: ${path} has a key that begins with '$', '${reserved[0]}'; rename it.`);
    return Object.fromEntries(entries.map(([key, entry]) => [key, visit(entry, path ? `${path}/${key}` : key)]));
  };
  return { json: visit(value, ""), arrays };
}

const FIX = "A checkpoint holds plain data: numbers, texts, arrays, objects, typed arrays.";

function packNumber(value: number | undefined): unknown {
  const known = [...VALUES].find(([, each]) => Object.is(each, value));
  return known ? ({ $value: known[0] } satisfies Mark) : value;
}

/** What {@link pack} was given. */
export function unpack({ json, arrays }: Packed): unknown {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const visit = (item: unknown): unknown => {
    if (item === null || typeof item !== "object") return item;
    if (Array.isArray(item)) return item.map(visit);
    if ("$value" in item) return VALUES.get(String(item.$value));
    if ("$array" in item) return arrayNamed(byName, String(item.$array)).values satisfies TypedArray;
    if ("$tensor" in item) {
      const { shape, values } = arrayNamed(byName, String(item.$tensor));
      return { shape, values } satisfies StoredTensor;
    }
    return Object.fromEntries(Object.entries(item).map(([key, entry]) => [key, visit(entry)]));
  };
  return visit(json);
}

function arrayNamed(arrays: ReadonlyMap<string, NamedArray>, name: string): NamedArray {
  const array = arrays.get(name);
  if (array) return array;
  throw new Error(`the array '${name}' is missing`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
