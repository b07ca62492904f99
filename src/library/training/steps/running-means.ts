/**
 * Loss and metrics of an epoch: means over all samples seen so far, as Keras reports them.
 *
 * Batches that run one by one leave their sums on the engine, so that a step never waits for a number to be read back;
 * batches that run many at a time bring their numbers along.
 */
import type { Logs } from "dnn-lab-core/types";
import { tf } from "../../engine/tf";

/** The sums so far, as plain data. */
export interface MeansState {
  readonly samples: number;
  readonly totals: Float64Array;
  readonly sums: Float32Array;
}

export class RunningMeans {
  private samples = 0;
  private totals: Float64Array;
  private readonly sums: tf.Variable<tf.Rank.R1>;

  constructor(readonly names: readonly string[]) {
    this.totals = new Float64Array(names.length);
    this.sums = tf.tidy(() => tf.variable(tf.zeros([names.length]) as tf.Tensor1D, false));
  }

  /** Adds a batch of `samples` with the means `[names]`, which stay on the engine. */
  add(samples: number, means: tf.Tensor1D): void {
    this.samples += samples;
    tf.tidy(() => this.sums.assign(tf.add(this.sums, tf.mul(means, samples))));
  }

  /** Adds batches of `samples` each, whose means stand in `rows`: `[batches × names]`. */
  addRows(samples: number, rows: Float32Array): void {
    const width = this.names.length;
    this.samples += (samples * rows.length) / width;
    rows.forEach((mean, i) => (this.totals[i % width] += samples * mean));
  }

  /** Reads the means so far. */
  logs(): Logs {
    const sums = this.sums.dataSync();
    return Object.fromEntries(this.names.map((name, i) => [name, (this.totals[i] + sums[i]) / this.samples]));
  }

  exportState(): MeansState {
    return { samples: this.samples, totals: this.totals.slice(), sums: this.sums.dataSync<"float32">().slice() };
  }

  importState({ samples, totals, sums }: MeansState): void {
    this.samples = samples;
    this.totals = totals.slice();
    tf.tidy(() => this.sums.assign(tf.tensor1d(sums)));
  }

  reset(): void {
    this.samples = 0;
    this.totals.fill(0);
    tf.tidy(() => this.sums.assign(tf.zerosLike(this.sums)));
  }

  dispose(): void {
    this.sums.dispose();
  }
}
