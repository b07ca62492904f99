import {
  type CompiledStep,
  deviceData,
  type DeviceData,
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
import type { Dataset } from "../../data/dataset";
import type { BatchTask } from "./batch-task";
import { runEagerly } from "./eager-steps";
import { withHostStateWatched } from "./host-state";
import { checkOutsideWrites } from "./outside-writes";
import type { StepRunner } from "./runner";

export interface CompiledStepsOptions {
  readonly model: tf.LayersModel;
  readonly task: BatchTask;
  readonly data: Dataset;
  readonly plan: Plan;
}

/**
 * Records one step and replays it, many steps in a call, on data that stay bytes on the engine: batches are gathered
 * by row number inside the graph. The smaller last batch of a pass runs op by op.
 */
export class CompiledSteps implements StepRunner {
  private readonly batchSize: number;
  private readonly features: DeviceData;
  private readonly labels: DeviceData;
  private readonly sampleWeights: DeviceData | undefined;
  private compiled!: CompiledStep;
  private order: Int32Array = new Int32Array();
  private offsets: Int32Array = new Int32Array(1);
  private position = 0;

  private readonly task: BatchTask;
  private readonly data: Dataset;

  private constructor(private readonly options: CompiledStepsOptions) {
    const { model, task, data } = options;
    checkOutsideWrites(model);
    this.task = task;
    this.data = data;
    this.batchSize = data.batchSize as number;
    const { features, labels, sampleWeights } = data.storage;
    this.features = deviceData(features.values, features.shape);
    this.labels = deviceData(labels.values, labels.shape);
    this.sampleWeights = sampleWeights && deviceData(sampleWeights.values, sampleWeights.shape);
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

  explain(): StepExplanation {
    return this.compiled.explain();
  }

  /** Throws an `UnsupportedStep` when the step does something else than when it was recorded. */
  recheck(): void {
    this.compiled.recheck();
  }

  begin(pass: number, from = 0): void {
    this.order = this.data.storedOrder(pass);
    this.offsets = this.data.batchOffsets(pass);
    this.position = from;
  }

  run(count: number): number {
    const steps = this.fullBatches(Math.min(count, this.compiled.mostSteps, this.offsets.length - 1 - this.position));
    if (steps > 0) this.replay(steps);
    else if (this.position < this.offsets.length - 1) this.runSmaller();
    else return 0;
    const ran = Math.max(1, steps);
    this.position += ran;
    return ran;
  }

  dispose(): void {
    this.compiled.dispose();
    this.disposeData();
  }

  /** How many of the next `count` batches are full, up to the first that is not. */
  private fullBatches(count: number): number {
    const { offsets, position, batchSize } = this;
    let steps = 0;
    while (steps < count && offsets[position + steps + 1] - offsets[position + steps] === batchSize) steps++;
    return steps;
  }

  private rows(from: number, to: number): Int32Array {
    return this.order.subarray(this.offsets[from], this.offsets[to]);
  }

  private replay(steps: number): void {
    const { task, position } = this;
    const firstStep = task.stepNumber();
    const numbers = Array.from({ length: steps }, (_, i) => task.scalars(firstStep + i));
    const inputs: Record<string, Int32Array | Float32Array> = { rows: this.rows(position, position + steps) };
    numbers[0].forEach((_, i) => (inputs[`scalar${i}`] = Float32Array.from(numbers, (row) => row[i])));
    const { means } = this.compiled.run({ steps, firstStep, inputs });
    task.means.addRows(this.batchSize, means.dataSync() as Float32Array);
    means.dispose();
    task.advance(steps);
  }

  private runSmaller(): void {
    tf.tidy(() => {
      const rows = tf.tensor1d(this.rows(this.position, this.position + 1), "int32");
      runEagerly(this.task, this.gather(rows));
    });
  }

  private gather(rows: tf.Tensor): Batch {
    const { features, labels, sampleWeights, data } = this;
    return {
      features: gatherRows(features, rows, data.scale),
      labels: gatherRows(labels, rows),
      ...(sampleWeights && { sampleWeights: gatherRows(sampleWeights, rows) }),
    };
  }

  /** What is recorded. Throws when a user's function would not be repeated by a replay. */
  private recording(): RecordOptions {
    const { task } = this;
    const { model, plan } = this.options;
    let ran = false;
    // The first of all steps may build what is missing.
    const watched = <T>(body: () => T): T => (ran ? withHostStateWatched(model, body) : ((ran = true), body()));
    const count = task.scalars(task.stepNumber()).length;
    const step = (inputs: StepInputs, number: tf.Scalar) => {
      const scalars = Array.from({ length: count }, (_, i) => inputs[`scalar${i}`]);
      return { means: watched(() => task.compute(this.gather(inputs.rows), scalars, number)) };
    };
    return { step, examples: [this.example(0), this.example(1)], plan };
  }

  /** Real inputs of two steps: what differs between them must not be frozen by the recording. */
  private example(index: number): StepInputs {
    const { task, batchSize, data } = this;
    const all = data.storedOrder(0);
    const from = Math.min(index * batchSize, all.length - batchSize);
    const inputs: StepInputs = { rows: tf.tensor1d(all.slice(from, from + batchSize), "int32") };
    task.scalars(task.stepNumber() + index).forEach((value, i) => (inputs[`scalar${i}`] = tf.scalar(value)));
    return inputs;
  }

  /** After recording: its examples are released, and all of the data when nothing was recorded. */
  private settle(recording: RecordOptions, compiled: CompiledStep | undefined): void {
    tf.dispose(recording.examples as [StepInputs, StepInputs]);
    if (compiled) this.compiled = compiled;
    else this.disposeData();
  }

  private disposeData(): void {
    this.features.dispose();
    this.labels.dispose();
    this.sampleWeights?.dispose();
  }
}
