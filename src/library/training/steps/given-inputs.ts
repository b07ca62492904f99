/** Inputs as a compiled step is given them: tensors and numbers by name. */
import { tf } from "../../engine/tf";
import type { StepInputs } from "../../engine/compile";

/** Tensors by name; a number becomes a float32 scalar. */
export type GivenInputs = Readonly<Record<string, tf.Tensor | number>>;

/**
 * Checked inputs of `steps` steps, stacked: `[steps, ...shape]`. Call within `tf.tidy`.
 *
 * @param steps undefined for the inputs of a single step, which have no such axis.
 */
export function stackedInputs(given: GivenInputs, reserved: string, steps: number | undefined): StepInputs {
  if (typeof given !== "object" || given === null || given instanceof tf.Tensor) {
    throw new TypeError("A compiled step takes its inputs by name, as in step({ x, y }).");
  }
  const entries = Object.entries(given).map(([name, value]) => {
    if (name.startsWith(reserved)) throw new Error(`Input '${name}': names that begin with '${reserved}' are taken.`);
    if (typeof value === "number") return [name, tf.fill([steps ?? 1], value)] as const;
    if (!(value instanceof tf.Tensor)) {
      throw new TypeError(`Input '${name}' must be a tensor or a number, received ${typeof value}.`);
    }
    if (steps === undefined) return [name, tf.expandDims(value, 0)] as const;
    if (value.shape[0] === steps) return [name, value] as const;
    const shape = value.shape.join(", ");
    throw new RangeError(`Input '${name}' needs shape [${steps}, …], a row for each step, received [${shape}].`);
  });
  return Object.fromEntries(entries);
}

/** Row `step` of each input. */
export function inputsOfStep(stacked: StepInputs, step: number): StepInputs {
  return Object.fromEntries(
    Object.entries(stacked).map(([name, tensor]) => [name, tf.squeeze(tf.slice(tensor, step, 1), [0])]),
  );
}

/** Names, types and shapes of one step's inputs, as in `x float32[32, 4]`. */
export function signatureOf(stacked: StepInputs): string {
  const parts = Object.entries(stacked).map(
    ([name, { dtype, shape }]) => `${name} ${dtype}[${shape.slice(1).join(", ")}]`,
  );
  return parts.sort().join(", ");
}
