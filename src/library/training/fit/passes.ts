/** Which pass over the data, with which order of the samples, a training takes next. */
import type { Dataset } from "../../data/dataset";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import type { tf } from "../../engine/tf";

/** Model → shuffle → passes begun. */
const begun = new WeakMap<tf.LayersModel, WeakMap<object, number>>();

/** Where a run stands among the passes over its data. */
export interface Place {
  readonly pass: number;
  /** Step within the pass. */
  readonly step: number;
}

/** Tells where each step of a run stands among the passes over its data. */
export interface Passes {
  /** Where step `step` of an epoch stands. */
  placeOf(epoch: number, step: number): Place;
  /** Notes that a pass has begun. */
  begin(pass: number): void;
  /** Notes that before that step of an epoch the data of a pass have come to their end. */
  ended(epoch: number, step: number): void;
  exportState(): PassesState;
  importState(state: PassesState): void;
}

/** As plain data, for a checkpoint. */
export interface PassesState {
  /** Number of the run's first step, counted over all passes from the first on; of a stream the number of its first pass. */
  readonly start: number;
  /** Of a stream: at which step of the run each of its passes began. */
  readonly passStarts?: readonly number[];
}

/**
 * The passes of one run. A second `fit` of a model goes on with the next orders of the same shuffle, as tf.data does;
 * with an `initialEpoch` beyond these it begins at that pass, as an uninterrupted run would.
 */
export class StoredPasses implements Passes {
  private start: number;
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

  placeOf(epoch: number, step: number): Place {
    const steps = this.start + (epoch - this.initialEpoch) * this.stepsPerEpoch + step;
    return { pass: Math.floor(steps / this.stepsInPass), step: steps % this.stepsInPass };
  }

  begin(pass: number): void {
    if (this.key) this.known.set(this.key, Math.max(pass + 1, this.known.get(this.key) ?? 0));
  }

  /** That is known beforehand. */
  ended(): void {
    // Nothing to note.
  }

  exportState(): PassesState {
    return { start: this.start };
  }

  importState({ start }: PassesState): void {
    this.start = start;
  }
}

/** The passes over a stream, whose length nobody need know: each begins where the one before has ended. */
export class StreamPasses implements Passes {
  private first: number;
  private starts: number[] = [0];
  private readonly known: WeakMap<object, number>;

  constructor(
    model: tf.LayersModel,
    private readonly data: StreamDataset,
    private readonly initialEpoch: number,
    private readonly stepsPerEpoch: number,
  ) {
    this.known = begun.get(model) ?? new WeakMap<object, number>();
    begun.set(model, this.known);
    const before = data.shuffleKey ? (this.known.get(data.shuffleKey) ?? 0) : 0;
    const skipped = initialEpoch * stepsPerEpoch;
    this.first = Math.max(before, Math.floor(skipped / (data.stepsPerEpoch ?? stepsPerEpoch)));
  }

  placeOf(epoch: number, step: number): Place {
    const steps = this.stepsBefore(epoch, step);
    const index = this.starts.findLastIndex((start) => start <= steps);
    return { pass: this.first + index, step: steps - this.starts[index] };
  }

  begin(pass: number): void {
    const key = this.data.shuffleKey;
    if (key) this.known.set(key, Math.max(pass + 1, this.known.get(key) ?? 0));
  }

  ended(epoch: number, step: number): void {
    this.starts.push(this.stepsBefore(epoch, step));
  }

  exportState(): PassesState {
    return { start: this.first, passStarts: [...this.starts] };
  }

  importState({ start, passStarts = [0] }: PassesState): void {
    this.first = start;
    this.starts = [...passStarts];
  }

  private stepsBefore(epoch: number, step: number): number {
    return (epoch - this.initialEpoch) * this.stepsPerEpoch + step;
  }
}

/** The passes of a run over these data. */
export function passesOf(model: tf.LayersModel, data: AnyDataset, initialEpoch: number, stepsPerEpoch: number): Passes {
  if (data instanceof StreamDataset) return new StreamPasses(model, data, initialEpoch, stepsPerEpoch);
  return new StoredPasses(model, data, initialEpoch, stepsPerEpoch);
}
