/**
 * JavaScript's own globals as they were before the first cell. Cells share one global scope with the kernel's code on the main
 * thread: `const performance = 0.93` in a cell would shadow the name everywhere. So that code takes its globals from here, and
 * uses no others (the lint rule `kernel/no-free-globals` checks it).
 */
export const realm = globalThis;

/** A copy of what a namespace holds: a cell may also replace `JSON.stringify` itself. */
function copyOf<T extends object>(namespace: T): T {
  const { freeze, create, getOwnPropertyDescriptors } = realm.Object;
  return freeze(create(null, getOwnPropertyDescriptors(namespace)) as T);
}

export const Atomics = copyOf(realm.Atomics);
export const Intl = copyOf(realm.Intl);
export const JSON = copyOf(realm.JSON);
export const Math = copyOf(realm.Math);
export const Reflect = copyOf(realm.Reflect);
/** Their functions only: neither is called itself. */
export const Object = copyOf(realm.Object);
export const Array: Pick<ArrayConstructor, "from" | "isArray" | "of"> = copyOf(realm.Array);

export const {
  AbortController,
  ArrayBuffer,
  BigInt,
  Boolean,
  Buffer,
  DataView,
  Error,
  Int32Array,
  Map,
  Number,
  Promise,
  Proxy,
  RangeError,
  RegExp,
  Set,
  String,
  Symbol,
  SyntaxError,
  TextDecoder,
  TypeError,
  URL,
  Uint8Array,
  Uint8ClampedArray,
  WeakMap,
  clearImmediate,
  clearTimeout,
  decodeURIComponent,
  encodeURIComponent,
  performance,
  process,
  setImmediate,
  setTimeout,
} = realm;
