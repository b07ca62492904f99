import {
  type CompiledStep,
  gatherRows,
  type Plan,
  type RecordOptions,
  recordStep,
  recordStepInParts,
  type StepExplanation,
  type StepInputs,
} from "../../engine/compile";
import { tf } from "../../engine/tf";
import type { Batch } from "../../data/batch";
import type { AnyDataset } from "../../data/stream/stream-dataset";
import type { BatchRows, RowPlaces } from "./batch-rows";
import type { BatchTask, TaskName } from "./batch-task";
import { runEagerly } from "./eager-steps";
import { withHostStateWatched } from "./host-state";
import type { Recording } from "./kept-steps";
import { checkOutsideWrites, hasOwnFunctions } from "./outside-writes";
import type { StepRunner } from "./runner";

export interface CompiledStepsOptions {
  readonly model: tf.LayersModel;
  readonly task: BatchTask;
  readonly data: AnyDataset;
  /** Where its rows are; they are disposed of with the steps. */
  readonly rows: () => BatchRows;
  readonly plan: Plan;
}

/** What steps work on. */
interface Work {
  readonly task: BatchTask;
  readonly rows: BatchRows;
}

/**
 * Records one step and replays it, many steps in a call, on data that stay bytes on the engine: batches are gathered
 * by row number inside the graph. The smaller last batch of a pass runs op by op.
 */
export class CompiledSteps implements StepRunner, Recording {
  readonly taskName: TaskName;
  /** Where the recording finds its data. */
  readonly places: RowPlaces | undefined;
  private readonly model: tf.LayersModel;
  private readonly plan: Plan;
  private readonly batchSize: number;
  private readonly scale: number | undefined;
  private compiled!: CompiledStep;
  /** None while the recording waits at its model for the next data: it would keep those of before in memory. */
  private work: Work | undefined;
  /** Takes the recording when the steps are disposed of; without it the recording goes, too. */
  putAway: (() => void) | undefined;

  private constructor({ model, task, data, rows, plan }: CompiledStepsOptions) {
    checkOutsideWrites(model);
    this.model = model;
    this.plan = plan;
    this.taskName = task.name;
    this.batchSize = data.batchSize as number;
    this.scale = data.scale;
    this.work = { task, rows: rows() };
    this.places = this.rows.places;
  }

  /** Records the step, with `pause` between the parts. Throws an `UnsupportedStep` when it cannot be replayed. */
  static async record(options: CompiledStepsOptions, pause: () => Promise<void>): Promise<CompiledSteps> {
    const steps = new CompiledSteps(options);
    const recording = steps.recording();
    let compiled: CompiledStep | undefined;
    try {
      compiled = await recordStepInParts(recording, pause);
    } finally {
      steps.settle(recording, compiled);
    }
    return steps;
  }

  /** The same without a pause, for who holds the state of the model meanwhile. */
  static recordAtOnce(options: CompiledStepsOptions): CompiledSteps {
    const steps = new CompiledSteps(options);
    const recording = steps.recording();
    let compiled: CompiledStep | undefined;
    try {
      compiled = recordStep(recording);
    } finally {
      steps.settle(recording, compiled);
    }
    return steps;
  }

  private get task(): BatchTask {
    return (this.work as Work).task;
  }

  private get rows(): BatchRows {
    return (this.work as Work).rows;
  }

  /** Whether the recording can be used again. */
  get isAlive(): boolean {
    return this.compiled.isAlive;
  }

  /** Goes on, after `dispose`, with a task of the same kind on data of the same form, in the places of the old. */
  takeUp(task: BatchTask, rows: BatchRows): void {
    this.work = { task, rows };
  }

  explain(): StepExplanation {
    return this.compiled.explain();
  }

  /** Throws an `UnsupportedStep` when the step does something else than when it was recorded. */
  recheck(): void {
    this.compiled.recheck();
  }

  begin(pass: number, from = 0): void {
    this.rows.begin(pass, from);
  }

  ready(count: number): Promise<void> | undefined {
    return this.rows.ready?.(count);
  }

  run(count: number): number {
    const full = this.rows.takeFull(Math.min(count, this.compiled.mostSteps));
    if (full.length > 0) {
      const steps = full.length / this.batchSize;
      this.replay(steps, full);
      return steps;
    }
    const smaller = this.rows.takeSmaller();
    if (!smaller) return 0;
    this.runSmaller(smaller);
    return 1;
  }

  dispose(): void {
    this.giveUpData();
    if (this.putAway) this.putAway();
    else this.compiled.dispose();
  }

  /** Gives the recording back, and the data where it has them. */
  discard(): void {
    this.putAway = undefined;
    this.giveUpData();
    this.compiled.dispose();
  }

  private giveUpData(): void {
    this.work?.rows.dispose();
    this.work = undefined;
  }

  private replay(steps: number, rows: Int32Array): void {
    const { task } = this;
    const firstStep = task.stepNumber();
    const numbers = Array.from({ length: steps }, (_, i) => task.scalars(firstStep + i));
    const inputs: Record<string, Int32Array | Float32Array> = { rows };
    numbers[0].forEach((_, i) => (inputs[`scalar${i}`] = Float32Array.from(numbers, (row) => row[i])));
    const { means } = this.compiled.run({ steps, firstStep, inputs });
    task.means.addRows(this.batchSize, means.dataSync() as Float32Array);
    means.dispose();
    task.advance(steps);
  }

  private runSmaller(rows: Int32Array): void {
    tf.tidy(() => runEagerly(this.task, this.gather(tf.tensor1d(rows, "int32"))));
  }

  private gather(rows: tf.Tensor): Batch {
    const { features, labels, sampleWeights } = this.rows;
    return {
      features: gatherRows(features, rows, this.scale),
      labels: gatherRows(labels, rows),
      ...(sampleWeights && { sampleWeights: gatherRows(sampleWeights, rows) }),
    };
  }

  /** What is recorded. Throws when a user's function would not be repeated by a replay. */
  private recording(): RecordOptions {
    const { model, plan, task } = this;
    const settled = task.settled && !hasOwnFunctions(model);
    let ran = settled;
    // The first of all steps may build what is missing.
    const watched = <T>(body: () => T): T => (ran ? withHostStateWatched(model, body) : ((ran = true), body()));
    const count = this.task.scalars(this.task.stepNumber()).length;
    const step = (inputs: StepInputs, number: tf.Scalar) => {
      const scalars = Array.from({ length: count }, (_, i) => inputs[`scalar${i}`]);
      return { means: watched(() => this.task.compute(this.gather(inputs.rows), scalars, number)) };
    };
    return { step, examples: [this.example(0), this.example(1)], plan, settled };
  }

  /** Real inputs of two steps: what differs between them must not be frozen by the recording. */
  private example(index: number): StepInputs {
    const { task, rows } = this;
    const inputs: StepInputs = { rows: tf.tensor1d(rows.example(index), "int32") };
    task.scalars(task.stepNumber() + index).forEach((value, i) => (inputs[`scalar${i}`] = tf.scalar(value)));
    return inputs;
  }

  /** After recording: its examples are released, and all of the data when nothing was recorded. */
  private settle(recording: RecordOptions, compiled: CompiledStep | undefined): void {
    tf.dispose(recording.examples as [StepInputs, StepInputs]);
    if (compiled) this.compiled = compiled;
    else this.giveUpData();
  }
}
