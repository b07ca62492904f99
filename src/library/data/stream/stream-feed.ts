/** Batches of a stream that wait for their steps: no more than there is room for, so that a fast source waits in its turn. */
import { messageOf } from "dnn-lab-core/errors";
import { rowLength } from "../storage";
import { isLater, type Maybe, type Pull } from "./pull";
import type { StreamDataset } from "./stream-dataset";
import type { StreamSample } from "./stream-sample";

export type StreamBatch = readonly StreamSample[];

/** Throws what is wrong with the labels of a sample. */
export type LabelCheck = (labels: Float32Array) => void;

/** Room for waiting batches, but there is always room for two. */
const MOST_BYTES = 32 * 2 ** 20;
/** Of the rows of one call, which are copied side by side: more calls cost less than more memory. */
const CALL_BYTES = 8 * 2 ** 20;
const MOST_BATCHES = 256;
/** When a batch is there, others are not waited for longer than this. */
const PATIENCE_MS = 100;

export class StreamFeed {
  /** Batches that wait at most. */
  readonly capacity: number;
  /** Batches that are used in one call at most. */
  readonly mostInCall: number;
  private pull: Pull<StreamBatch> | undefined;
  private waiting: StreamBatch[] = [];
  private ended = true;
  private failure: { readonly error: unknown } | undefined;
  /** Whether batches come by themselves at present, while others are used. */
  private arriving = false;
  /** Whether the source has ever made us wait. */
  private isSlow = false;
  private wake: () => void = () => undefined;
  private pass = -1;
  /** Number of the next batch in its pass. */
  private step = 0;

  constructor(
    private readonly data: StreamDataset,
    private readonly check: LabelCheck = () => undefined,
  ) {
    const { features, labels } = data.storage;
    const bytesEach = features.values.BYTES_PER_ELEMENT * rowLength(features.shape) + 4 * rowLength(labels.shape);
    const fitting = (bytes: number) => Math.floor(bytes / (bytesEach * (data.batchSize as number)));
    this.capacity = data.prefetched ?? Math.max(2, Math.min(MOST_BATCHES, fitting(MOST_BYTES)));
    this.mostInCall = Math.max(1, fitting(CALL_BYTES));
  }

  /** Goes to a step of a pass; where it stands there already, it goes on. */
  begin(pass: number, from: number): void {
    if (this.pull && this.pass === pass && this.step === from && !this.failure) return;
    this.close();
    [this.pass, this.step, this.ended] = [pass, from, false];
    const pull = this.data.openBatches(pass);
    this.pull = from === 0 ? pull : withoutFirst(pull, from);
  }

  /** Waits for the next batches, at most `count`, or for the end; undefined when there is nothing to wait for. */
  ready(count: number): Promise<void> | undefined {
    const wanted = Math.min(count, this.capacity);
    const isEnough = patience(() => this.waiting.length, wanted);
    const isDone = () => this.ended || this.failure !== undefined || isEnough();
    while (!this.arriving && !isDone()) this.pullOne();
    return isDone() ? undefined : this.wait(isDone);
  }

  /** Batches that wait, in their order, left where they are. Throws the error of the source when its turn has come. */
  peek(): readonly StreamBatch[] {
    if (this.waiting.length === 0 && this.failure) throw this.failure.error;
    return this.waiting;
  }

  /** Removes so many of them, which makes room for others. */
  drop(count: number): void {
    this.waiting.splice(0, count);
    this.step += count;
    if (this.isSlow && !this.arriving && !this.ended && !this.failure) this.pullOne();
  }

  close(): void {
    this.pull?.close();
    this.pull = undefined;
    [this.waiting, this.ended, this.failure, this.arriving] = [[], true, undefined, false];
    this.wake();
  }

  private async wait(isDone: () => boolean): Promise<void> {
    while (this.arriving && !isDone()) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private pullOne(): void {
    const pull = this.pull as Pull<StreamBatch>;
    try {
      const next = pull.next();
      if (isLater(next)) void this.arrive(pull, next);
      else this.put(next);
    } catch (error) {
      this.failure = { error };
    }
  }

  /** Takes what comes until there is no room. */
  private async arrive(pull: Pull<StreamBatch>, first: Promise<StreamBatch | undefined>): Promise<void> {
    [this.arriving, this.isSlow] = [true, true];
    const isClosed = () => this.pull !== pull;
    try {
      for (let next: Maybe<StreamBatch | undefined> = first; ; next = pull.next()) {
        const batch = isLater(next) ? await next : next;
        if (isClosed()) return;
        this.put(batch);
        this.wake();
        if (this.ended || this.waiting.length >= this.capacity) break;
      }
    } catch (error) {
      if (isClosed()) return;
      this.failure = { error };
    }
    this.arriving = false;
    this.wake();
  }

  private put(batch: StreamBatch | undefined): void {
    if (batch === undefined) this.ended = true;
    else {
      batch.forEach((sample) => this.checkSample(sample));
      this.waiting.push(batch);
    }
  }

  private checkSample({ number, labels }: StreamSample): void {
    try {
      this.check(labels);
    } catch (error) {
      const place = `${this.data.info.name}: sample ${number} of pass ${this.pass}`;
      throw new RangeError(`${place}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Whether so many are there, or some after a while. */
function patience(count: () => number, wanted: number): () => boolean {
  const until = performance.now() + PATIENCE_MS;
  return () => count() >= wanted || (count() > 0 && performance.now() >= until);
}

/** A pass without its first batches, which are passed over. */
function withoutFirst(pull: Pull<StreamBatch>, count: number): Pull<StreamBatch> {
  let left = count;
  const next = async (): Promise<StreamBatch | undefined> => {
    for (; left > 0; left--) if ((await pull.next()) === undefined) break;
    left = 0;
    return pull.next();
  };
  return { next: () => (left > 0 ? next() : pull.next()), close: () => pull.close() };
}
