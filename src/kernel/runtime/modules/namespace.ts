const namespaces = new WeakMap<object, object>();

/**
 * What `import * as` of a CommonJS module gives, by TypeScript's interop: a module marked `__esModule` is its own namespace,
 * any other one is the `default` beside its own keys. The same module always gives the same namespace.
 */
export function namespaceOf(exports: unknown): object {
  const isObject = (typeof exports === "object" && exports !== null) || typeof exports === "function";
  if (!isObject) return Object.freeze({ default: exports });
  const module = exports as Record<string, unknown>;
  if (module["__esModule"] === true) return module;
  let namespace = namespaces.get(module);
  if (namespace === undefined) {
    namespace = makeNamespace(module);
    namespaces.set(module, namespace);
  }
  return namespace;
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
