/** An update rule with a learning rate, clipping and memory: what `model.compile` takes. */
import { checkNumber, type OptionNames, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import { tf } from "../../engine/tf";
import { clipping, CLIPPING_OPTIONS, type ClippingOptions, type NamedGradients } from "../clipping";
import { toSchedule } from "../schedules/compose";
import {
  ACCUMULATION_OPTIONS,
  type AccumulationOptions,
  accumulationScalars,
  accumulationSteps,
  ACCUMULATOR,
  means,
  summed,
} from "./accumulation";
import { CachedScalars } from "./cached-scalars";
import { givenScalars } from "./given-scalars";
import { LAYER_MULTIPLIER_OPTIONS, type LayerMultiplierOptions, LayerMultipliers } from "./layer-multipliers";
import {
  AVERAGE,
  chosen,
  MOVING_AVERAGE_OPTIONS,
  type MovingAverage,
  movingAverage,
  type MovingAverageOptions,
} from "./moving-average";
import { optimizerFromConfig, toConfig } from "./saved-config";
import { SlotStore, type NamedTensor } from "./slot-store";
import type { UpdateRule } from "./update-rule";
import { WEIGHT_DECAY_OPTIONS, type WeightDecayOptions, withWeightDecay } from "./weight-decay";

/** Options that every optimizer has. */
export interface OptimizerOptions
  extends ClippingOptions, AccumulationOptions, MovingAverageOptions, WeightDecayOptions, LayerMultiplierOptions {
  /** A rate (at least 0) that callbacks may change, or a schedule that gives the rate of each step (batch). */
  learningRate?: number | Schedule;
}

/** Names of the options that every optimizer has. */
export const SHARED_OPTIONS: OptionNames<OptimizerOptions> = {
  learningRate: true,
  ...CLIPPING_OPTIONS,
  ...ACCUMULATION_OPTIONS,
  ...MOVING_AVERAGE_OPTIONS,
  ...WEIGHT_DECAY_OPTIONS,
  ...LAYER_MULTIPLIER_OPTIONS,
};

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
  /** How one weight moves. */
  readonly rule: UpdateRule;
  /** Batches whose gradients make one update. */
  private readonly batchesPerUpdate: number;
  private readonly clip: (gradients: NamedGradients) => NamedGradients;
  private readonly average: MovingAverage | undefined;
  private readonly multipliers: LayerMultipliers;
  private readonly slots: SlotStore;
  private readonly cached = new CachedScalars();

  constructor(
    private readonly bareRule: UpdateRule,
    private readonly options: Readonly<CompleteOptions>,
  ) {
    super();
    const rule = withWeightDecay(bareRule, options);
    this.rule = rule;
    const { learningRate } = options;
    const schedule = toSchedule(rule.name, "learningRate", learningRate);
    this.schedule = typeof learningRate === "number" ? undefined : schedule;
    this.rate = typeof learningRate === "number" ? learningRate : schedule(0);
    this.clip = clipping(rule.name, options);
    this.batchesPerUpdate = accumulationSteps(rule.name, options);
    this.average = movingAverage(rule.name, options);
    this.multipliers = new LayerMultipliers(rule.name, options.layerMultipliers);
    const own = [...(this.accumulates ? [ACCUMULATOR] : []), ...(this.average ? [AVERAGE] : [])];
    this.slots = new SlotStore(rule, own);
  }

  /** The rate of the next step. */
  get learningRate(): number {
    return this.rateAt(this.steps);
  }

  /** Changes the rate for the steps to come; throws a TypeError when the optimizer follows a schedule. */
  set learningRate(rate: number) {
    if (this.schedule) {
      const fix = `Give ${this.rule.name} a number as learningRate to let callbacks change it.`;
      throw new TypeError(`${this.rule.name}: learningRate follows ${show(this.schedule)} and cannot be set. ${fix}`);
    }
    this.rate = checkNumber(this.rule.name, "learningRate", rate, { min: 0 });
  }

  /** Number of updates so far, as in Keras: with gradient accumulation several batches make one. */
  override get iterations(): number {
    return this.updatesBefore(this.steps);
  }

  /** Number of batches whose gradients it got. */
  get steps(): number {
    return this.iterations_ ?? 0;
  }

  /** Set by who applies steps without `applyGradients` (a replayed graph). */
  set steps(steps: number) {
    this.iterations_ = checkNumber(this.rule.name, "steps", steps, { integer: true, min: 0 });
  }

  /** Whether the gradients of several batches make one update. */
  get accumulates(): boolean {
    return this.batchesPerUpdate > 1;
  }

  /** The numbers that step `step` (from 0) needs; of the same length and order at every step. */
  stepScalars(step: number): number[] {
    const updates = this.updatesBefore(step);
    const rate = this.rateAt(step);
    return [
      ...this.multipliers.values.flatMap((multiplier) => this.rule.scalars(updates, rate * multiplier)),
      ...(this.accumulates ? accumulationScalars(step, this.batchesPerUpdate) : []),
      ...(this.average?.scalars(updates) ?? []),
    ];
  }

  /** Finds the layers that `layerMultipliers` names in a model; throws for a name that it does not have. */
  findLayers(model: tf.LayersModel): void {
    this.multipliers.resolve(model);
  }

  /** Makes the slots of these variables beforehand; otherwise each is made at its first gradient. */
  build(variables: readonly tf.Variable[]): void {
    this.slots.prepare(variables);
  }

  /** The slot variables that exist, variable by variable. */
  slotVariables(): tf.Variable[] {
    return this.slots.variables();
  }

  /** One batch's part of a step, with the given scalars: accumulates, clips, moves the variables; counts nothing. */
  applyWith(gradients: NamedGradients, scalars: readonly tf.Tensor[]): void {
    const variables = Object.keys(gradients).map((name) => this.variableNamed(name));
    this.slots.prepare(variables);
    const perGroup = this.rule.scalars(0, 0).length;
    const shared = scalars.slice(perGroup * this.multipliers.values.length);
    tf.tidy(() => {
      const sums = this.accumulates ? summed(gradients, (name) => this.ownSlot(name, ACCUMULATOR)) : gradients;
      const moving = this.clip(this.accumulates ? means(sums, shared[1]) : sums);
      for (const variable of variables) {
        const group = this.multipliers.groupOf(variable.name) * perGroup;
        const own = scalars.slice(group, group + perGroup);
        this.move(variable, { sum: sums[variable.name], gradient: moving[variable.name] }, own, shared);
      }
    });
  }

  /** One step: clips, moves the variables, counts. The gradients stay the caller's. */
  override applyGradients(gradients: Gradients): void {
    const given = givenScalars(this);
    const scalars = given ?? this.cached.tensors(this.stepScalars(this.steps));
    tf.tidy(() => this.applyWith(namedGradients(gradients), scalars));
    if (!given) this.iterations_ = this.steps + 1;
  }

  /** When training ends: puts the moving average in the place of each weight (with `useEma`), as Keras does. */
  finalizeVariableValues(variables: readonly tf.Variable[]): void {
    if (!this.average) return;
    for (const variable of variables) {
      if (this.slots.has(variable)) variable.assign(this.ownSlot(variable.name, AVERAGE));
    }
  }

  /** A new optimizer of the same rule and options with another rate or schedule, at step 0 and without memory. */
  withLearningRate(learningRate: number | Schedule): Optimizer {
    return new Optimizer(this.bareRule, { ...this.options, learningRate });
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
    const { steps } = this;
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
    return this.configWith(this.schedule ?? this.rate);
  }

  /** The name and all options but the learning rate, as plain data. */
  settings(): tf.serialization.ConfigDict {
    return this.configWith(undefined);
  }

  /** Makes an optimizer from what `getConfig` gave; TensorFlow.js calls it when it loads a saved model. */
  static override fromConfig<T extends tf.serialization.Serializable>(_class: unknown, config: object): T {
    return optimizerFromConfig(config) as unknown as T;
  }

  private configWith(learningRate: number | Schedule | undefined): tf.serialization.ConfigDict {
    const layerMultipliers = this.multipliers.toConfig();
    return toConfig(this.rule.name, { ...this.options, layerMultipliers, learningRate });
  }

  /** Moves one variable. `shared` are the scalars of accumulation (is it an update? batches per update), then of the average. */
  private move(
    variable: tf.Variable,
    { sum, gradient }: { sum: tf.Tensor; gradient: tf.Tensor },
    scalars: readonly tf.Tensor[],
    shared: readonly tf.Tensor[],
  ): void {
    const slots = this.slots.of(variable).slice(0, this.rule.slots.length);
    let { weight, slots: values } = this.rule.update(variable, gradient, slots, scalars, variable.name);
    if (this.accumulates) {
      const [isUpdate] = shared;
      weight = chosen(isUpdate, weight, variable);
      values = values.map((value, i) => chosen(isUpdate, value, slots[i]));
      this.ownSlot(variable.name, ACCUMULATOR).assign(chosen(isUpdate, tf.zerosLike(sum), sum));
    }
    if (this.average) {
      const slot = this.ownSlot(variable.name, AVERAGE);
      const averaged = this.average.update(weight, slot, shared.slice(this.accumulates ? 2 : 0));
      slot.assign(averaged.average);
      ({ weight } = averaged);
    }
    values.forEach((value, i) => slots[i].assign(value));
    variable.assign(weight);
  }

  /** The slot of a variable that is not the rule's. */
  private ownSlot(variable: string, slot: string): tf.Variable {
    return this.slots.named(variable, slot);
  }

  private updatesBefore(step: number): number {
    return Math.floor(step / this.batchesPerUpdate);
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
