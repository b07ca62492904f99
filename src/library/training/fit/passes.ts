/** Which pass over the data, with which order of the samples, a training takes next. */
import type { Dataset } from "../../data/dataset";
import type { tf } from "../../engine/tf";

/** Model → shuffle → passes begun. */
const begun = new WeakMap<tf.LayersModel, WeakMap<object, number>>();

/** Where a run stands among the passes over its data. */
export interface Place {
  readonly pass: number;
  /** Step within the pass. */
  readonly step: number;
}

/**
 * The passes of one run. A second `fit` of a model goes on with the next orders of the same shuffle, as tf.data does;
 * with an `initialEpoch` beyond these it begins at that pass, as an uninterrupted run would.
 */
export class Passes {
  /** Number of the run's first step, counted over all passes from the first on. */
  start: number;
  private readonly known: WeakMap<object, number>;
  private readonly key: object | undefined;
  private readonly stepsInPass: number;

  /** @param stepsPerEpoch which need not be one pass: what an epoch leaves of it comes in the next one */
  constructor(
    model: tf.LayersModel,
    data: Dataset,
    private readonly initialEpoch: number,
    private readonly stepsPerEpoch: number,
  ) {
    this.known = begun.get(model) ?? new WeakMap<object, number>();
    begun.set(model, this.known);
    this.key = data.shuffleKey;
    this.stepsInPass = data.stepsPerEpoch;
    const before = this.key ? (this.known.get(this.key) ?? 0) : 0;
    this.start = Math.max(before * this.stepsInPass, initialEpoch * stepsPerEpoch);
  }

  /** Where step `step` of an epoch stands. */
  placeOf(epoch: number, step: number): Place {
    const steps = this.start + (epoch - this.initialEpoch) * this.stepsPerEpoch + step;
    return { pass: Math.floor(steps / this.stepsInPass), step: steps % this.stepsInPass };
  }

  /** Notes that a pass has begun. */
  begin(pass: number): void {
    if (this.key) this.known.set(this.key, Math.max(pass + 1, this.known.get(this.key) ?? 0));
  }
}
