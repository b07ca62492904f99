import { Object, SyntaxError, WeakMap } from "../../intrinsics";
const namespaces = new WeakMap<object, object>();

/** A module as it was loaded: what a CommonJS module exports, or the namespace of an ES module. */
export interface Loaded {
  readonly exports: unknown;
  readonly isNamespace: boolean;
}

/**
 * What `import * as` of a module gives, by TypeScript's interop: an ES module, and a CommonJS one marked `__esModule`, is its
 * own namespace, any other one is the `default` beside its own keys. The same module always gives the same namespace.
 */
export function namespaceOf({ exports, isNamespace }: Loaded): object {
  if (isNamespace) return exports as object;
  if (!isObject(exports)) return Object.freeze({ default: exports });
  const module = exports as Record<string, unknown>;
  if (module["__esModule"] === true) return module;
  let namespace = namespaces.get(module);
  if (namespace === undefined) {
    namespace = makeNamespace(module);
    namespaces.set(module, namespace);
  }
  return namespace;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function makeNamespace(module: Record<string, unknown>): object {
  const namespace = {};
  for (const key of Object.keys(module)) {
    // A getter, because CommonJS modules may change their exports later.
    if (key !== "default")
      Object.defineProperty(namespace, key, { get: () => module[key], enumerable: true, configurable: true });
  }
  Object.defineProperty(namespace, "default", { value: module, enumerable: true });
  return namespace;
}

/**
 * An object that has, now and later, what a module exports as `key`. Methods that an exported object inherits count, as they
 * do in the code that TypeScript emits.
 */
export function holderOf(key: string | null, module: Loaded, specifier: string): object {
  const namespace = namespaceOf(module);
  if (key === null) return namespace;
  const holder = key === "default" || !isObject(module.exports) ? namespace : module.exports;
  return key in holder ? holder : missing(key, holder, specifier);
}

/** What is not there may be a type, and is an error only when it is used. */
function missing(key: string, holder: object, specifier: string): object {
  const get = (): unknown => {
    if (key in holder) return (holder as Record<string, unknown>)[key];
    throw new SyntaxError(`The module '${specifier}' has no export named '${key}' (nothing but a type, perhaps)`);
  };
  return Object.defineProperty({}, key, { get });
}

/** An ES module as `require` gives it to code that TypeScript emitted. */
export function asCommonJs(namespace: object): object {
  const module = Object.defineProperty({}, "__esModule", { value: true });
  for (const key of Object.keys(namespace)) {
    Object.defineProperty(module, key, {
      get: () => (namespace as Record<string, unknown>)[key],
      enumerable: true,
    });
  }
  return module;
}
