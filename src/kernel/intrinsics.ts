/**
 * JavaScript's own globals as they were before the first cell. On the thread of the cells the kernel's code has a realm of its own
 * (`runtime/own-realm.ts`): its arrays, promises and maps have other prototypes than those of cells. What cells are to take for
 * theirs (errors, bytes) and what only Node has comes from their realm, as it was before the first cell. Code on that thread takes
 * its globals from here, and uses no others (the lint rule `kernel/no-free-globals` checks it).
 */

/** The name of the symbol under which the kernel's own realm has the global object of the cells. */
export const MAIN_REALM = "dnn-lab.main-realm";

const own = globalThis;

/** The global object of the cells. */
export const realm = ((own as unknown as Record<symbol, unknown>)[own.Symbol.for(MAIN_REALM)] ??
  own) as typeof globalThis;

/** A copy of what a namespace holds: a cell may also replace `JSON.stringify` itself. */
function copyOf<T extends object>(namespace: T): T {
  const { freeze, create, getOwnPropertyDescriptors } = own.Object;
  return freeze(create(null, getOwnPropertyDescriptors(namespace)) as T);
}

export const Atomics = copyOf(own.Atomics);
export const Intl = copyOf(own.Intl);
export const JSON = copyOf(own.JSON);
export const Math = copyOf(own.Math);
export const Reflect = copyOf(own.Reflect);
/** Their functions only: neither is called itself. */
export const Object = copyOf(own.Object);
export const Array: Pick<ArrayConstructor, "from" | "isArray" | "of"> = copyOf(own.Array);

export const { BigInt, Boolean, Map, Number, Promise, Proxy, RegExp, Set, String, Symbol, WeakMap } = own;

/** Its functions only. */
export const Buffer: Pick<BufferConstructor, "from" | "allocUnsafe" | "alloc" | "concat" | "isBuffer"> & {
  readonly prototype: Buffer;
} = copyOf(realm.Buffer);

export const {
  AbortController,
  ArrayBuffer,
  DataView,
  Error,
  Int32Array,
  RangeError,
  SyntaxError,
  TextDecoder,
  TypeError,
  URL,
  Uint8Array,
  Uint8ClampedArray,
  clearImmediate,
  clearTimeout,
  decodeURIComponent,
  encodeURIComponent,
  process,
  setImmediate,
  setTimeout,
} = realm;

/** The clock of cells, whose function a cell may replace. */
export const performance = { now: realm.performance.now.bind(realm.performance) };
