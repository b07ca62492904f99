/** What callbacks see of a running `fit` (see callback.ts), over a TensorFlow.js model and its optimizer. */
import { checkNumber, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { TrainingContext } from "./callback";

/** The learning rate fields of the library's and of TensorFlow.js' own optimizers. */
interface RateFields {
  learningRate?: number;
  schedule?: unknown;
  rule?: { name: string };
  setLearningRate?(rate: number): void;
}

export interface Run {
  model: tf.LayersModel;
  stepsPerEpoch: number;
  epochs: number;
  metricNames: readonly string[];
  notify(line: string): void;
}

export class RunContext implements TrainingContext {
  readonly model: tf.LayersModel;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly metricNames: readonly string[];
  readonly notify: (line: string) => void;
  /** Why training is to end; undefined while it goes on. */
  stopReason: string | undefined;

  constructor(run: Run) {
    this.model = run.model;
    this.stepsPerEpoch = run.stepsPerEpoch;
    this.epochs = run.epochs;
    this.metricNames = run.metricNames;
    this.notify = run.notify;
  }

  learningRate(): number {
    const rate = this.fields.learningRate;
    if (typeof rate === "number") return rate;
    throw new Error(
      `fit: ${this.optimizerName} does not tell its learning rate. Use an optimizer of this library, such as sgd().`,
    );
  }

  setLearningRate(rate: number): void {
    checkNumber("fit", "the learning rate set by a callback", rate, { min: 0 });
    const { fields } = this;
    if (fields.schedule) {
      throw new Error(
        `fit: a callback set the learning rate to ${show(rate)}, but ${this.optimizerName} follows a schedule. Give it a number as learningRate, or leave the callback out.`,
      );
    }
    if (fields.setLearningRate) fields.setLearningRate(rate);
    else fields.learningRate = rate;
  }

  async getWeights(): Promise<Float32Array[]> {
    const read = this.model.weights.map((weight) => weight.read().data() as Promise<Float32Array>);
    // `data()` may hand out the engine's own memory: copy.
    return (await Promise.all(read)).map((values) => Float32Array.from(values));
  }

  setWeights(weights: readonly Float32Array[]): void {
    const targets = this.model.weights;
    if (weights.length !== targets.length) {
      throw new Error(
        `setWeights: expected ${targets.length} arrays, one for each weight, received ${weights.length}.`,
      );
    }
    tf.tidy(() => {
      targets.forEach((target, i) =>
        (target.read() as tf.Variable).assign(tf.tensor(weights[i], target.shape as number[])),
      );
    });
  }

  stopTraining(reason = "a callback asked for it"): void {
    this.stopReason ??= reason;
  }

  private get fields(): RateFields {
    return this.model.optimizer as unknown as RateFields;
  }

  private get optimizerName(): string {
    return this.fields.rule?.name ?? this.model.optimizer.getClassName();
  }
}
