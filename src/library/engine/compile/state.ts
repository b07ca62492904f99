/** All variables of the engine: found, told apart, saved and put back around a recording. */
import { tf } from "../tf";
import { attribute, nativeId, type NativeBackend } from "./native";

interface EngineInternals {
  readonly state: { readonly registeredVariables: Record<string, tf.Variable> };
}

/** Every variable that exists now. */
export function allVariables(): tf.Variable[] {
  return Object.values((tf.engine() as unknown as EngineInternals).state.registeredVariables);
}

/**
 * Gives every variable a handle of its own. After `a.assign(b)` two variables share one, and so do a variable and its
 * clone; a recording could not tell which of them an operation reads.
 */
export function separateVariables(backend: NativeBackend): void {
  for (const variable of allVariables()) {
    if (backend.refCount(variable.dataId) < 2) continue;
    const type = attribute.type("T", backend.tensorMap.get(variable.dataId).dtype);
    assignAndDispose(variable, backend.executeSingleOutput("Identity", [type], [variable]));
  }
}

/** Assigns `value`, which nobody else needs, to `variable`. */
export function assignAndDispose(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}

/**
 * Runs `body` and puts the variables back as they were before; those that `body` creates, as they were created. A copy is
 * kept of those alone that are assigned to: a process may hold thousands of other models' variables.
 */
export function withStateRestored<T>(body: () => T): T {
  const saved = new Map<tf.Variable, tf.Tensor>();
  const { prototype } = tf.Variable;
  const { assign } = prototype;
  prototype.assign = function (this: tf.Variable, value) {
    if (!saved.has(this)) saved.set(this, keptCopy(this));
    assign.call(this, value);
  };
  try {
    return body();
  } finally {
    prototype.assign = assign;
    for (const [variable, value] of saved) {
      if (variable.isDisposed) value.dispose();
      else assignAndDispose(variable, value);
    }
  }
}

/** A copy (it shares the data, which no operation changes in place) that no `tidy` disposes. */
export function keptCopy(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tensor.clone());
}

export function variableHandles(backend: NativeBackend): Map<tf.Variable, number> {
  return new Map(allVariables().map((variable) => [variable, nativeId(backend, variable)]));
}
