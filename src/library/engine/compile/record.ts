/** Runs one step eagerly and returns its tape. */
import { tf } from "../tf";
import { nativeBackend, nativeId, type NativeBackend } from "./native";
import { Recorder } from "./recorder";
import { allVariables, separateVariables, variableHandles } from "./state";
import type { Source, Tape } from "./tape";
import { UnsupportedStep } from "./unsupported";
import { watch } from "./watch";

/** A tensor per named input of the step. */
export type StepInputs = Record<string, tf.Tensor>;

/**
 * A step: tensors in, named tensors out, variables changed by `assign`.
 * `step` is the number of the step (an int32 scalar), for schedules and stateless random numbers.
 */
export type StepFunction = (inputs: StepInputs, step: tf.Scalar) => Record<string, tf.Tensor>;

/** Called while a step is recorded. */
export interface RecordEvents {
  /** All is prepared, and the step itself begins. */
  begin?: () => void;
  /** The step has run; its results are still there, and variables have their new values. */
  end?: (tape: Tape, results: Readonly<Record<string, tf.Tensor>>) => void;
}

/** Records one call of `step`. The call takes effect: restoring variables is the caller's business. */
export function recordTape(
  step: StepFunction,
  inputs: StepInputs,
  stepNumber: tf.Scalar,
  { begin, end }: RecordEvents = {},
): Tape {
  const backend = nativeBackend();
  separateVariables(backend);
  const before = variableHandles(backend);
  const recorder = new Recorder(backend, knownHandles(backend, before, inputs, stepNumber));
  begin?.();
  try {
    return watch(backend, recorder, () => {
      const results = runStep(step, inputs, stepNumber);
      try {
        const tape = finishTape(recorder, backend, before, results);
        end?.(tape, results);
        return tape;
      } finally {
        tf.dispose(results);
      }
    });
  } finally {
    recorder.throwRefusal();
  }
}

/** Runs a step; the results belong to the caller, even where the step returns an input or a variable. */
export function runStep(step: StepFunction, inputs: StepInputs, stepNumber: tf.Scalar): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const results = checkResults(step(inputs, stepNumber));
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.clone()]));
  });
}

function knownHandles(
  backend: NativeBackend,
  variables: ReadonlyMap<tf.Variable, number>,
  inputs: StepInputs,
  stepNumber: tf.Scalar,
): Map<number, Source> {
  const known = new Map<number, Source>([[nativeId(backend, stepNumber), { kind: "step" }]]);
  for (const [name, tensor] of Object.entries(inputs)) known.set(nativeId(backend, tensor), { kind: "input", name });
  for (const [variable, handle] of variables) known.set(handle, { kind: "variable", variable });
  return known;
}

function checkResults(results: unknown): Record<string, tf.Tensor> {
  if (results instanceof Promise) {
    results.catch(() => undefined);
    throw new UnsupportedStep(
      "asynchronous",
      "the step is asynchronous; a step to compile returns tensors, no promise",
    );
  }
  const isRecord = typeof results === "object" && results !== null && !(results instanceof tf.Tensor);
  if (!isRecord || !Object.values(results).every((one) => one instanceof tf.Tensor)) {
    throw new TypeError("A step must return an object of tensors, such as { loss }.");
  }
  return results as Record<string, tf.Tensor>;
}

function finishTape(
  recorder: Recorder,
  backend: NativeBackend,
  before: ReadonlyMap<tf.Variable, number>,
  results: Record<string, tf.Tensor>,
): Tape {
  const outputs = new Map(Object.entries(results).map(([name, tensor]) => [name, nativeId(backend, tensor)]));
  const after = variableHandles(backend);
  const changed = [...after].filter(([variable, handle]) => before.get(variable) !== handle);
  const created = allVariables().find((variable) => !before.has(variable));
  if (created) {
    throw new UnsupportedStep(
      "creates-variable",
      `every step creates a variable ('${created.name}'); create it once, before`,
    );
  }
  recorder.checkLifetimes(new Set([...outputs.values(), ...after.values()]));
  const valueOf = ([key, handle]: [string, number]): [string, number] => [key, recorder.valueOf(handle)];
  return {
    values: recorder.values,
    operations: recorder.operations,
    outputs: new Map([...outputs].map(valueOf)),
    updates: new Map(changed.map(([variable, handle]) => [variable, recorder.valueOf(handle)])),
  };
}
