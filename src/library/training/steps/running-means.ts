/**
 * Loss and metrics of an epoch over all samples seen so far, as Keras reports them: means, and numbers made from sums.
 *
 * Batches that run one by one leave their rows on the engine for a while, so that a step seldom waits for a number to
 * be read back; batches that run many at a time bring their rows along. Either way they are added up in double
 * precision, where counts stay exact.
 */
import type { Logs } from "dnn-lab-core/types";
import { tf } from "../../engine/tf";

/** A number in the logs, and what a batch's row holds for it. */
export interface LogColumn {
  readonly name: string;
  /** Numbers in the row (default 1). */
  readonly width?: number;
  /** The number from their sums over the batches; without it the row holds a mean over the batch's samples. */
  readonly result?: (sums: Float64Array) => number;
}

/** The sums so far, as plain data. */
export interface MeansState {
  readonly samples: number;
  readonly totals: Float64Array;
}

/** Rows that wait on the engine at most. */
const MOST_WAITING = 64;

export class RunningMeans {
  private samples = 0;
  private readonly totals: Float64Array;
  /** Of each number of a row: whether it is a mean, which counts once for each sample. */
  private readonly isMean: readonly boolean[];
  private waiting: { readonly samples: number; readonly row: tf.Tensor1D }[] = [];

  constructor(readonly columns: readonly LogColumn[]) {
    this.isMean = columns.flatMap(({ width = 1, result }) => Array<boolean>(width).fill(result === undefined));
    this.totals = new Float64Array(this.isMean.length);
  }

  /** Adds the row of a batch of `samples`, which stays on the engine and the caller's to dispose of. */
  add(samples: number, row: tf.Tensor1D): void {
    this.waiting.push({ samples, row: tf.keep(tf.clone(row)) });
    if (this.waiting.length >= MOST_WAITING) this.read();
  }

  /** Adds the rows of batches of `samples` each, one after another. */
  addRows(samples: number, rows: Float32Array): void {
    this.read();
    const width = this.isMean.length;
    for (let start = 0; start < rows.length; start += width) this.addRow(samples, rows, start);
  }

  /** The numbers so far. */
  logs(): Logs {
    this.read();
    let start = 0;
    return Object.fromEntries(
      this.columns.map(({ name, width = 1, result }) => {
        const sums = this.totals.subarray(start, (start += width));
        return [name, result ? result(sums) : sums[0] / this.samples];
      }),
    );
  }

  exportState(): MeansState {
    this.read();
    return { samples: this.samples, totals: this.totals.slice() };
  }

  importState({ samples, totals }: MeansState): void {
    this.forget();
    this.samples = samples;
    this.totals.set(totals);
  }

  reset(): void {
    this.forget();
    this.samples = 0;
    this.totals.fill(0);
  }

  dispose(): void {
    this.forget();
  }

  private addRow(samples: number, values: Float32Array, start: number): void {
    this.samples += samples;
    this.isMean.forEach((mean, i) => (this.totals[i] += (mean ? samples : 1) * values[start + i]));
  }

  private read(): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    const values = tf.tidy(() => tf.stack(waiting.map(({ row }) => row)).dataSync()) as Float32Array;
    waiting.forEach(({ samples, row }, i) => {
      this.addRow(samples, values, i * this.isMean.length);
      row.dispose();
    });
  }

  private forget(): void {
    tf.dispose(this.waiting.map(({ row }) => row));
    this.waiting = [];
  }
}
