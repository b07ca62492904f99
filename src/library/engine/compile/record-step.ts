/** Records a step, checks that it can be replayed, and makes a compiled step of it. */
import { checkOneOf, checkOptions } from "dnn-lab-core/check";
import { tf } from "../tf";
import { CompiledStep } from "./compiled-step";
import { Examples } from "./examples";
import { withoutFusedOperations } from "./fused-operations";
import { LoopRunner } from "./loop-runner";
import { isNative } from "./native";
import { optimizeTape } from "./optimize";
import { PLANS, type Plan } from "./plan";
import { recordTape, runStep, type StepFunction, type StepInputs } from "./record";
import { checkSameStep, differsWithoutComputing } from "./same-step";
import { checkReplay, Outcome } from "./self-check";
import { withStateRestored } from "./state";
import { withoutSites, type Tape } from "./tape";
import { UnsupportedStep } from "./unsupported";

export interface RecordOptions {
  /** The step: see {@link StepFunction}. */
  step: StepFunction;
  /**
   * Inputs of two different steps, of equal shapes, to record with: real row numbers, two learning rates, … The step
   * runs on them, and every variable is put back afterwards.
   */
  examples: readonly [StepInputs, StepInputs];
  /** How the recorded step is run (default `graph`); `fit` chooses by the model's size. */
  plan?: Plan;
  /** Whether all that the step makes at its first call (variables, numbers that it keeps) is there: it then runs once less (default false). */
  settled?: boolean;
}

/**
 * Turns a step into a graph whose loop runs it many times in one call: forward pass, gradients and updates, without
 * TensorFlow.js between the operations.
 *
 * The step runs eagerly, first unwatched (layers and optimizers create their variables then), then recorded; then once
 * more with other inputs and another step number, but without computing. Whatever the two recordings do not share would be
 * frozen by a replay, so a step that reads values, draws random numbers in JavaScript or computes numbers there that
 * change is refused with an {@link UnsupportedStep} that names operation and line; the caller then runs it eagerly. At last
 * one replayed step is compared with what the recorded one gave.
 *
 * Numbers from the host (a learning rate) enter as inputs. Variables need not be listed: those that the step reads or
 * assigns are found. Other tensors that it reads (data on the engine) are read at each call.
 *
 * @example
 * const compiled = recordStep({
 *   step: ({ rows, rate }, step) => {
 *     const { value, grads } = tf.variableGrads(() => loss(model.apply(gatherRows(images, rows)), gatherRows(labels, rows)));
 *     for (const v of weights) v.assign(tf.sub(v, tf.mul(grads[v.name], rate)));
 *     return { loss: value };
 *   },
 *   examples: [0, 1].map((i) => ({ rows: tf.tensor1d([i, i + 2], "int32"), rate: tf.scalar(0.1 + i) })),
 * });
 * const { loss } = compiled.run({ steps: 500, inputs: { rows: order, rate: rates } });   // loss: [500]
 */
export function recordStep(options: RecordOptions): CompiledStep {
  const parts = recording(options);
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/**
 * The same in parts, none longer than one run of the step, with `pause` between them: the variables are then as they were
 * before. For steps that take long to record.
 */
export async function recordStepInParts(options: RecordOptions, pause: () => Promise<void>): Promise<CompiledStep> {
  const parts = recording(options);
  try {
    for (;;) {
      const { done, value } = parts.next();
      if (done) return value;
      await pause();
    }
  } finally {
    // After an interrupt: what the recording holds is released.
    parts.return(undefined as never);
  }
}

function* recording(options: RecordOptions): Generator<void, CompiledStep, void> {
  checkOptions("recordStep", options, { step: true, examples: true, plan: true, settled: true });
  const { examples: given, plan = "graph" } = options;
  checkOneOf("recordStep", "plan", plan, PLANS);
  const step: StepFunction = (...call) => withoutFusedOperations(() => options.step(...call), plan === "xla");
  if (!isNative()) throw new UnsupportedStep("other-engine", `the engine in use, ${tf.getBackend()}, runs no graphs`);
  const started = performance.now();
  const { tape, outcome } = yield* recorded({ ...options, step });
  try {
    const [original, optimized] = [withoutSites(tape), withoutSites(optimizeTape(tape))];
    const recordMs = performance.now() - started;
    yield;
    const [runner, examples] = [new LoopRunner(optimized), new Examples(given)];
    try {
      const variables = [...optimized.updates.keys()];
      checkReplay({ runner, examples, outcome, variables }, plan);
      const prepareMs = performance.now() - started - recordMs;
      return new CompiledStep({ step, recorded: original, optimized, runner, examples, plan, recordMs, prepareMs });
    } catch (error) {
      runner.dispose();
      throw error;
    }
  } finally {
    outcome.dispose();
  }
}

interface Recorded {
  readonly tape: Tape;
  /** What the recorded step gave. */
  readonly outcome: Outcome;
}

/** The tape of the step, which does the same with both examples. */
function* recorded({ step, examples, settled = false }: RecordOptions): Generator<void, Recorded, void> {
  if (settled) {
    try {
      return yield* recordedAndChecked(step, examples);
    } catch (error) {
      if (!(error instanceof UnsupportedStep)) throw error;
      // Something may have been missing all the same, and is there now.
    }
  }
  atStep(0, (number) => tf.dispose(runStep(step, examples[0], number)));
  yield;
  return yield* recordedAndChecked(step, examples);
}

function* recordedAndChecked(
  step: StepFunction,
  [first, second]: RecordOptions["examples"],
): Generator<void, Recorded, void> {
  const inputs = () => copyOf(second);
  const quick = recordedOnce(step, first);
  let isSame = false;
  try {
    yield;
    isSame = !differsWithoutComputing(quick.tape, step, inputs, 1);
    if (isSame) return quick;
  } finally {
    if (!isSame) quick.outcome.dispose();
  }
  // Two steps in earnest, one after the other, to be sure and to name numbers and line.
  const slow = recordedOnce(step, first);
  try {
    checkSameStep(slow.tape, step, inputs, 1);
    return slow;
  } catch (error) {
    slow.outcome.dispose();
    throw error;
  }
}

function recordedOnce(step: StepFunction, inputs: StepInputs): Recorded {
  let outcome!: Outcome;
  const end = (...of: ConstructorParameters<typeof Outcome>) => void (outcome = new Outcome(...of));
  const tape = atStep(0, (number) => recordTape(step, inputs, number, { end }));
  return { tape, outcome };
}

/** Runs `body` as step `number`, and puts the variables back. */
function atStep<T>(number: number, body: (number: tf.Scalar) => T): T {
  const scalar = tf.scalar(number, "int32");
  try {
    return withStateRestored(() => body(scalar));
  } finally {
    scalar.dispose();
  }
}

const copyOf = (inputs: StepInputs): StepInputs =>
  Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, tensor.clone()]));
