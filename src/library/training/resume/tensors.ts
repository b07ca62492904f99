/** Numbers with a shape in plain memory, as a checkpoint holds them. */

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: TypedArray;
}

export interface NamedArray extends StoredTensor {
  readonly name: string;
}

export function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

export function isStoredTensor(value: object): value is StoredTensor {
  return (
    Object.keys(value).length === 2 &&
    Array.isArray((value as StoredTensor).shape) &&
    isTypedArray((value as StoredTensor).values)
  );
}
