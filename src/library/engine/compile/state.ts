/** All variables of the engine: found, told apart, saved and put back around a recording. */
import { tf } from "../tf";
import { attribute, nativeId, type NativeBackend } from "./native";

interface EngineInternals {
  readonly state: { readonly registeredVariables: Record<string, tf.Variable> };
  makeVariable(initialValue: tf.Tensor, ...rest: unknown[]): tf.Variable;
}

const internals = (): EngineInternals => tf.engine() as unknown as EngineInternals;

/** Every variable that exists now. */
export function allVariables(): tf.Variable[] {
  return Object.values(internals().state.registeredVariables);
}

/**
 * Gives every variable a handle of its own. After `a.assign(b)` two variables share one, and a recording could not
 * tell which of them an operation reads.
 */
export function separateVariables(backend: NativeBackend): void {
  for (const variable of allVariables()) {
    const type = attribute.type("T", backend.tensorMap.get(variable.dataId).dtype);
    assignAndDispose(variable, backend.executeSingleOutput("Identity", [type], [variable]));
  }
}

/** Assigns `value`, which nobody else needs, to `variable`. */
export function assignAndDispose(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}

/** Runs `body` and puts the variables back as they were before; those that `body` creates, as they were created. */
export function withStateRestored<T>(body: () => T): T {
  const saved = new Map(allVariables().map((variable) => [variable, keptCopy(variable)]));
  const engine = internals();
  const makeVariable = engine.makeVariable.bind(engine);
  engine.makeVariable = (initialValue, ...rest) => {
    const copy = keptCopy(initialValue);
    const variable = makeVariable(initialValue, ...rest);
    saved.set(variable, copy);
    return variable;
  };
  try {
    return body();
  } finally {
    Reflect.deleteProperty(engine, "makeVariable");
    for (const [variable, value] of saved) {
      if (variable.isDisposed) value.dispose();
      else assignAndDispose(variable, value);
    }
  }
}

/** A copy (it shares the data, which no operation changes in place) that no `tidy` disposes. */
function keptCopy(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tensor.clone());
}

export function variableHandles(backend: NativeBackend): Map<tf.Variable, number> {
  return new Map(allVariables().map((variable) => [variable, nativeId(backend, variable)]));
}
