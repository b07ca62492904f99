/** An update rule with a learning rate, clipping and memory: what `model.compile` takes. */
import { checkNumber, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { tf } from "../../engine/tf";
import { clipping, type ClippingOptions, type NamedGradients } from "../clipping";
import { toSchedule } from "../schedules";
import { CachedScalars } from "./cached-scalars";
import { optimizerFromConfig, toConfig } from "./saved-config";
import { SlotStore, type NamedTensor } from "./slot-store";
import type { UpdateRule } from "./update-rule";

/** Options that every optimizer has. */
export interface OptimizerOptions extends ClippingOptions {
  /** A rate (at least 0) that callbacks may change, or a schedule that gives the rate of each step. */
  learningRate?: number | Schedule;
}

/** A rule's options with every default filled in; they become the saved configuration. */
type CompleteOptions = OptimizerOptions & { learningRate: number | Schedule } & Record<string, unknown>;

type Gradients = NamedGradients | NamedTensor[];

/**
 * A TensorFlow.js optimizer around an update rule; made by `sgd`, `adam` and so on.
 *
 * Works with `model.compile` and `optimizer.minimize`. Its tensors (slots and cached scalars) live until `dispose()`.
 */
export class Optimizer extends tf.Optimizer {
  /** Name under which saved models refer to it. */
  static readonly className = "DnnLabOptimizer";

  /** The rate of each step; undefined when `learningRate` is a number. */
  readonly schedule: Schedule | undefined;
  private rate: number;
  private readonly clipped: (gradients: NamedGradients) => NamedGradients;
  private readonly slots: SlotStore;
  private readonly cached = new CachedScalars();

  constructor(
    /** How one weight moves. */
    readonly rule: UpdateRule,
    private readonly options: Readonly<CompleteOptions>,
  ) {
    super();
    const { learningRate } = options;
    const schedule = toSchedule(rule.name, "learningRate", learningRate);
    this.schedule = typeof learningRate === "number" ? undefined : schedule;
    this.rate = typeof learningRate === "number" ? learningRate : schedule(0);
    this.clipped = clipping(rule.name, options);
    this.slots = new SlotStore(rule);
  }

  /** The rate of the next step. */
  get learningRate(): number {
    return this.rateAt(this.iterations);
  }

  /** Changes the rate for the steps to come; throws a TypeError when the optimizer follows a schedule. */
  set learningRate(rate: number) {
    if (this.schedule) {
      const fix = `Give ${this.rule.name} a number as learningRate to let callbacks change it.`;
      throw new TypeError(`${this.rule.name}: learningRate follows ${show(this.schedule)} and cannot be set. ${fix}`);
    }
    this.rate = checkNumber(this.rule.name, "learningRate", rate, { min: 0 });
  }

  /** Number of steps taken so far. */
  override get iterations(): number {
    return this.iterations_ ?? 0;
  }

  /** Set by who applies steps without `applyGradients` (a replayed graph). */
  override set iterations(steps: number) {
    this.iterations_ = checkNumber(this.rule.name, "iterations", steps, { integer: true, min: 0 });
  }

  /** The numbers that step `step` (from 0) needs; of the same length and order at every step. */
  stepScalars(step: number): number[] {
    return this.rule.scalars(step, this.rateAt(step));
  }

  /** Clipped gradients: new tensors of the caller's, or the very same ones when nothing is to be clipped. */
  clip(gradients: NamedGradients): NamedGradients {
    return this.clipped(gradients);
  }

  /** Makes the slots of these variables beforehand; otherwise each is made at its first gradient. */
  build(variables: readonly tf.Variable[]): void {
    this.slots.prepare(variables);
  }

  /** The slot variables that exist, variable by variable. */
  slotVariables(): tf.Variable[] {
    return this.slots.variables();
  }

  /** Moves the variables by gradients that are clipped already, with the given scalars; counts no step. */
  applyWith(gradients: NamedGradients, scalars: readonly tf.Tensor[]): void {
    const variables = Object.keys(gradients).map((name) => this.variableNamed(name));
    this.slots.prepare(variables);
    tf.tidy(() => {
      for (const variable of variables) {
        const slots = this.slots.of(variable);
        const updated = this.rule.update(variable, gradients[variable.name], slots, scalars, variable.name);
        updated.slots.forEach((value, i) => slots[i].assign(value));
        variable.assign(updated.weight);
      }
    });
  }

  /** One step: clips, moves the variables, counts. The gradients stay the caller's. */
  override applyGradients(gradients: Gradients): void {
    const scalars = this.cached.tensors(this.stepScalars(this.iterations));
    tf.tidy(() => this.applyWith(this.clip(namedGradients(gradients)), scalars));
    this.iterations_ = this.iterations + 1;
  }

  /** A new optimizer of the same rule and options with another rate or schedule, at step 0 and without memory. */
  withLearningRate(learningRate: number | Schedule): Optimizer {
    return new Optimizer(this.rule, { ...this.options, learningRate });
  }

  /** Releases the slots and cached scalars; the next step starts with new slots. */
  override dispose(): void {
    this.slots.dispose();
    this.cached.dispose();
  }

  /** The step counter `iter` and each slot as `variable/slot`; the slots' tensors are live, not copies. */
  override async getWeights(): Promise<NamedTensor[]> {
    return [await this.saveIterations(), ...this.slots.entries()];
  }

  /**
   * Puts back what `getWeights` gave (values are copied). Slots go to variables in the order in which these were made,
   * here at once or, before the first step, at the first step; throws when their number or shapes differ.
   */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const steps = this.iterations;
    const slots = await this.extractIterations(weights);
    try {
      this.slots.restore(slots);
    } catch (error) {
      this.iterations_ = steps;
      throw error;
    }
  }

  /** Plain data from which `fromConfig` makes the same optimizer, at its present rate. */
  override getConfig(): tf.serialization.ConfigDict {
    return toConfig(this.rule.name, { ...this.options, learningRate: this.schedule ?? this.rate });
  }

  /** The name and all options but the learning rate, as plain data. */
  settings(): tf.serialization.ConfigDict {
    return toConfig(this.rule.name, { ...this.options, learningRate: undefined });
  }

  /** Makes an optimizer from what `getConfig` gave; TensorFlow.js calls it when it loads a saved model. */
  static override fromConfig<T extends tf.serialization.Serializable>(_class: unknown, config: object): T {
    return optimizerFromConfig(config) as unknown as T;
  }

  private variableNamed(name: string): tf.Variable {
    const variable = tf.engine().registeredVariables[name];
    if (variable) return variable;
    throw new Error(`${this.rule.name}: there is no variable named '${name}' to update.`);
  }

  private rateAt(step: number): number {
    if (!this.schedule) return this.rate;
    return checkNumber(this.rule.name, `learningRate(${step})`, this.schedule(step), { min: 0 });
  }
}

function namedGradients(gradients: Gradients): NamedGradients {
  const entries = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  // Variables that the loss does not depend on have no gradient and stay as they are.
  return Object.fromEntries(entries.filter(([, gradient]) => gradient));
}
