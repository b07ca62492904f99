/** `compileStep`: a training step of the user's own, recorded once and replayed. */
import { checkNumber, checkOneOf, checkOptions } from "dnn-lab-core/check";
import { PLANS, type StepExplanation, type StepFunction, type StepInputs, UnsupportedStep } from "../../engine/compile";
import { isNative } from "../../engine/compile/native";
import { runStep } from "../../engine/compile/record";
import { tf } from "../../engine/tf";
import { withTrainingStep } from "../../models/layers/training-step";
import { type GivenInputs, inputsOfStep, signatureOf, stackedInputs } from "./given-inputs";
import { outsideWrite } from "./outside-writes";
import type { RunPlan } from "./plan";
import { withRemedy } from "./remedies";
import { PREFIX } from "./step-optimizers";
import { StepRecording } from "./step-recording";

export type { GivenInputs };

/** Options of {@link compileStep}. */
export interface CompileStepOptions {
  /**
   * How the step is run (default `graph`): `lowered` suits convolutions and large matrices, `xla` fuses small
   * operations, `eager` runs op by op.
   */
  plan?: RunPlan;
  /** Number of the first step (default 0), for a run that goes on. */
  firstStep?: number;
}

/** How a compiled step was run so far. */
export interface CompiledStepReport {
  /** `eager` where steps run op by op. */
  readonly plan: RunPlan;
  /** Why this plan. */
  readonly reason: string;
  /** Steps that were run. */
  readonly steps: number;
  /** Inputs of a step, as in `x float32[32, 4]` → what was recorded for them. */
  readonly recordings: Readonly<Record<string, StepExplanation>>;
}

/** Made by {@link compileStep}. */
export interface CompiledStepFunction<Outputs extends Record<string, tf.Tensor>> {
  /** Runs one step; the outputs are the caller's to dispose. */
  (inputs?: GivenInputs): Outputs;
  /**
   * Runs `steps` steps in one call, which blocks. Tensors have the shape `[steps, ...shape]`, numbers hold for all steps;
   * each output is `[steps, ...shape]`.
   */
  run(steps: number, inputs?: GivenInputs): Outputs;
  /** Tells plan, reason, operations and times. */
  explain(): CompiledStepReport;
  /** Throws when the step does something else than when it was recorded. */
  recheck(): void;
  /** Gives the recordings back; models, variables and optimizers stay. */
  dispose(): void;
}

/** Recordings that are kept, each for inputs of another form. */
const MOST_RECORDINGS = 16;

/**
 * Makes a training step of your own fast, as `tf.function` does in Python: written with operations of TensorFlow.js, it is
 * recorded at its first call, and from then on replayed as one graph. It may use several models and optimizers, losses
 * of any kind and gradients of gradients; variables hold their new values after each call.
 *
 * The step is a function of tensors by name and of its number (an int32 scalar from 0, for `statelessNormal` and
 * schedules). It returns tensors by name and changes variables by `assign` or an optimizer's `applyGradients` or
 * `minimize`. Rates and schedules of this library's optimizers are followed; a changed number of TensorFlow.js' own
 * leads to a new recording, and so does each new shape or type of an input. Other numbers of JavaScript are read at
 * the recording and must not change: pass them as inputs. What they are is looked at again in calls 2, 4, 8, …
 *
 * On engines without graphs (wasm, cpu) steps run op by op; `explain()` tells so.
 *
 * @throws {UnsupportedStep} at the first call, when a replay would not do what the step does: with the operation, the line
 * and what to do about it. Nothing has changed then.
 * @example
 * const optimizer = adam({ learningRate: 0.001 });
 * const weights = head.trainableWeights.map((weight) => weight.read() as tf.Variable);
 * const step = compileStep(({ x, y }) => {
 *   const loss = () => tf.losses.softmaxCrossEntropy(y, head.apply(x) as tf.Tensor) as tf.Scalar;
 *   const { value, grads } = tf.variableGrads(loss, weights);
 *   optimizer.applyGradients(grads);
 *   return { loss: value };
 * });
 * const { loss } = step({ x: tf.ones([8, 4]), y: tf.oneHot(tf.zeros([8], "int32"), 10) });
 * console.log(loss.dataSync()[0], step.explain().plan);
 */
export function compileStep<Outputs extends Record<string, tf.Tensor>>(
  step: (inputs: StepInputs, step: tf.Scalar) => Outputs,
  options: CompileStepOptions = {},
): CompiledStepFunction<Outputs> {
  if (typeof step !== "function") {
    throw new TypeError(`compileStep: the step must be a function, received ${typeof step}.`);
  }
  checkOptions("compileStep", options, { plan: true, firstStep: true });
  const plan = checkOneOf("compileStep", "plan", options.plan ?? "graph", ["eager", ...PLANS] as const);
  const firstStep = checkNumber("compileStep", "firstStep", options.firstStep ?? 0, {
    integer: true,
    min: 0,
    below: 2 ** 31,
  });
  const steps = new UserSteps(step, plan, firstStep);
  const once = (inputs: GivenInputs = {}) => steps.once(inputs) as Outputs;
  return Object.assign(once, {
    run: (count: number, inputs: GivenInputs = {}) => steps.run(count, inputs) as Outputs,
    explain: () => steps.explain(),
    recheck: () => steps.recheck(),
    dispose: () => steps.dispose(),
  });
}

class UserSteps {
  private readonly recordings = new Map<string, StepRecording>();
  private readonly step: StepFunction;
  private done = 0;

  constructor(
    private readonly given: StepFunction,
    private readonly plan: RunPlan,
    private readonly firstStep: number,
  ) {
    this.step = (inputs, number) => withTrainingStep(number, () => given(inputs, number));
  }

  once(given: GivenInputs): Record<string, tf.Tensor> {
    return tf.tidy(() => {
      const outputs = this.outputs(stackedInputs(given, PREFIX, undefined), 1);
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tf.squeeze(tensor, [0])]));
    });
  }

  run(count: number, given: GivenInputs): Record<string, tf.Tensor> {
    const steps = checkNumber("compileStep", "steps", count, { integer: true, min: 1 });
    return tf.tidy(() => this.outputs(stackedInputs(given, PREFIX, steps), steps));
  }

  explain(): CompiledStepReport {
    const { plan, done: steps } = this;
    const recordings = Object.fromEntries([...this.recordings].map(([key, { compiled }]) => [key, compiled.explain()]));
    if (plan === "eager") return { plan, reason: 'plan: "eager" asks for it', steps, recordings };
    if (!isNative()) {
      const reason = `the engine in use, ${tf.getBackend()}, runs no graphs`;
      return { plan: "eager", reason, steps, recordings };
    }
    return { plan, reason: "steps are recorded and replayed", steps, recordings };
  }

  recheck(): void {
    refusing(() => this.recordings.forEach((recording) => recording.recheck()));
  }

  dispose(): void {
    this.recordings.forEach((recording) => recording.dispose());
    this.recordings.clear();
  }

  private outputs(stacked: StepInputs, steps: number): Record<string, tf.Tensor> {
    const next = this.firstStep + this.done;
    const replays = this.plan !== "eager" && isNative();
    const outputs = replays
      ? refusing(() => this.recordingFor(stacked, next).run(stacked, steps, next))
      : this.opByOp(stacked, steps, next);
    this.done += steps;
    return outputs;
  }

  private opByOp(stacked: StepInputs, steps: number, first: number): Record<string, tf.Tensor> {
    const rows = Array.from({ length: steps }, (_, i) =>
      tf.tidy(() => runStep(this.step, inputsOfStep(stacked, i), tf.scalar(first + i, "int32"))),
    );
    return Object.fromEntries(Object.keys(rows[0]).map((name) => [name, tf.stack(rows.map((row) => row[name]))]));
  }

  private recordingFor(stacked: StepInputs, firstStep: number): StepRecording {
    const key = signatureOf(stacked);
    const known = this.recordings.get(key);
    this.recordings.delete(key);
    if (known?.outdated) known.dispose();
    const recording = known && !known.outdated ? known : this.record(stacked, firstStep);
    // Put back at the end: the first of the map is the one that was used the longest ago.
    this.recordings.set(key, recording);
    if (this.recordings.size > MOST_RECORDINGS) {
      const [oldest] = this.recordings.keys();
      this.recordings.get(oldest)?.dispose();
      this.recordings.delete(oldest);
    }
    return recording;
  }

  private record(stacked: StepInputs, firstStep: number): StepRecording {
    const write = outsideWrite(this.given as (...args: never[]) => unknown);
    if (write) {
      const explanation = `the step changes '${write.target}', which lies outside of it (${write.text}); a replay would not`;
      throw new UnsupportedStep("host-state-changes", explanation);
    }
    return new StepRecording(this.step, stacked, this.plan as Exclude<RunPlan, "eager">, firstStep);
  }
}

function refusing<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof UnsupportedStep ? withRemedy(error) : error;
  }
}
