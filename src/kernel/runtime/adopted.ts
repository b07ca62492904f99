import { types } from "node:util";
import { Array, Object } from "../intrinsics";

/** Plain data of another realm as objects and arrays of this one, whose prototypes no cell has changed. Bytes stay as they are. */
export function adopted<T>(value: T): T {
  if (typeof value !== "object" || value === null || types.isArrayBufferView(value)) return value;
  const source = value as Readonly<Record<string, unknown>>;
  const copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>;
  for (const key of Object.keys(value)) copy[key] = adopted(source[key]);
  return copy as T;
}
