/** Refuses what would never be called: hooks with a misspelt or foreign name, and objects without any hook. */
import { checkFunction, guess, show } from "dnn-lab-core/check";
import type { Callback } from "./callback";

export const HOOKS = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
] as const;

export const MEMORY = ["exportState", "importState"] as const;

/** What an object may hold beside its hooks. */
const KNOWN: readonly string[] = [...HOOKS, ...MEMORY, "name"];

/** Keras' and TensorFlow.js' way of handing the model over; here hooks get the running `fit` instead. */
const SETTERS = /^set_?(model|params)$/i;

/** What the name of a hook looks like, in whatever spelling: `on_epoch_end`, `onEpochend`, `epochEnd`. */
const LIKE_A_HOOK = /^_?on[A-Z_]|(begin|end)$/i;

/** Throws when a value is not a callback; returns the callbacks unchanged. */
export function checkCallbacks(owner: string, callbacks: unknown): readonly Callback[] {
  if (!Array.isArray(callbacks)) {
    throw new TypeError(`${owner}: callbacks must be an array, received ${show(callbacks)}. Wrap it: [callback].`);
  }
  for (const callback of callbacks) checkCallback(owner, callback as Record<string, unknown>);
  return callbacks as readonly Callback[];
}

function checkCallback(owner: string, callback: Record<string, unknown>): void {
  if (callback === null || typeof callback !== "object") {
    throw new TypeError(`${owner}: a callback is an object with hooks such as onEpochEnd, received ${show(callback)}.`);
  }
  for (const hook of [...HOOKS, ...MEMORY]) {
    if (callback[hook] !== undefined) checkFunction(owner, `callback hook ${hook}`, callback[hook]);
  }
  if (Boolean(callback.exportState) !== Boolean(callback.importState)) {
    throw new TypeError(`${owner}: a callback needs both of exportState and importState, or neither.`);
  }
  for (const name of methodsOf(callback)) checkName(owner, name, Object.hasOwn(callback, name));
  if (![...HOOKS, ...MEMORY].some((hook) => callback[hook])) {
    throw new TypeError(`${owner}: a callback has none of the hooks ${HOOKS.join(", ")}; it would never be called.`);
  }
}

/** @param isOwn whether it stands in the object itself, not in its class, whose helpers may be called anything */
function checkName(owner: string, name: string, isOwn: boolean): void {
  if (KNOWN.includes(name)) return;
  if (SETTERS.test(name)) {
    throw new TypeError(
      `${owner}: '${name}' is never called: this is a callback of Keras' or TensorFlow.js' kind. Write its hooks ` +
        "for fit, which gives each of them the running training (context.model) as its last argument.",
    );
  }
  if (!isOwn && !LIKE_A_HOOK.test(name)) return;
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  // Keras' older names of the hooks of a training step.
  const near = camel.replace(/^onBatch(Begin|End)$/, "onTrainBatch$1");
  const hint = (HOOKS as readonly string[]).includes(near) ? ` Did you mean '${near}'?` : guess(near, HOOKS);
  throw new TypeError(`${owner}: '${name}' is not a hook of a callback (${HOOKS.join(", ")}).${hint}`);
}

/** Names of the functions of an object and of its classes. */
function methodsOf(callback: object): string[] {
  const names: string[] = [];
  for (
    let at: object | null = callback;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function" && name !== "constructor") names.push(name);
    }
  }
  return names;
}
