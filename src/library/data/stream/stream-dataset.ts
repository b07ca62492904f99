/** A data set that is larger than memory: samples that pass by, one after another. */
import { checkNumber, show } from "dnn-lab-core/check";
import { noteData } from "dnn-lab-core/run-facts";
import type { Step } from "../../engine/stateless-random";
import type { Transform } from "../augment";
import type { Batch } from "../batch";
import { Dataset } from "../dataset";
import type { DatasetInfo } from "../dataset-info";
import type { BatchOptions, ShuffleOptions } from "../dataset-options";
import { type Column, type ColumnLayout, type LabelValues, rowLength, type Storage } from "../storage";
import { Samples } from "../samples";
import { isLater, type Open, type Pull } from "./pull";
import type { StreamSample } from "./stream-sample";
import { packSamples } from "./pack-samples";
import {
  batchStream,
  cacheStream,
  repeatStream,
  shardStream,
  shuffleStream,
  skipStream,
  type StreamState,
  takeStream,
} from "./stream-state";

/** What a new stream starts from. */
export interface StreamBeginning {
  readonly open: Open<StreamSample>;
  /** The form of its samples: a storage without rows. */
  readonly form: Storage;
  readonly info: DatasetInfo;
  readonly size: number | undefined;
  readonly steps: readonly string[];
}

/**
 * Samples that come from a generator and are never all in memory; made by `datasetFromGenerator`. It is immutable, and
 * its methods mean what they mean in tf.data: the order of them matters, `take`, `skip` and `shard` count samples before
 * `batch` and batches after it.
 *
 * `fit`, `evaluate` and `predict` take it as they take a `Dataset`. While the steps of one call run, the next batches are
 * waited for, but no more than fit into some 32 MB (`prefetch` says otherwise): a fast source waits for the training.
 *
 * @example
 * const numbers = datasetFromGenerator({
 *   generator: function* () { for (let i = 0; i < 1000; i++) yield [[i / 1000], i % 2]; }, shape: [1], size: 1000,
 * });
 * const train = numbers.shuffle({ bufferSize: 100, seed: 1 }).batch(32);
 */
export class StreamDataset {
  private constructor(private readonly state: StreamState) {}

  /** @internal */
  static from({ open, form, info, size, steps }: StreamBeginning): StreamDataset {
    noteData(info);
    return new StreamDataset({
      ...{ open, info, steps, source: new Samples(form) },
      ...{ elements: size, samples: size, batchSize: undefined, dropRemainder: false },
      ...{ prefetch: undefined, shuffleKey: undefined },
    });
  }

  /** Samples of a pass; undefined when that is not known, Infinity after `repeat()`. */
  get size(): number | undefined {
    return this.state.samples;
  }

  /** Batches of a pass (samples when not batched); undefined when that is not known, Infinity after `repeat()`. */
  get stepsPerEpoch(): number | undefined {
    return this.state.elements;
  }

  /** Samples in a batch; undefined before `batch`. */
  get batchSize(): number | undefined {
    return this.state.batchSize;
  }

  /** Whether a last batch that is not full is left out. */
  get dropRemainder(): boolean {
    return this.state.dropRemainder;
  }

  /** What the data are. */
  get info(): DatasetInfo {
    return this.state.info;
  }

  /** Shapes of a sample and of its label as a model gets them, after `map`. */
  get elementShapes(): { readonly features: readonly number[]; readonly labels: readonly number[] } {
    return this.state.source.shapes;
  }

  /** Features are multiplied by this when a batch becomes float32. */
  get scale(): number {
    return this.state.source.scale;
  }

  /** What `map` does to each batch. */
  get transforms(): readonly Transform[] {
    return this.state.source.transforms;
  }

  /** Multiplies the features by `factor`, as `Dataset.rescale`. */
  rescale(factor: number): StreamDataset {
    checkNumber("StreamDataset.rescale", "factor", factor);
    if (factor === 0)
      throw new RangeError("StreamDataset.rescale: factor must not be 0, which would erase the features.");
    return this.with({ source: this.state.source.rescaled(factor) });
  }

  /** Changes each batch on its way to the model, as `Dataset.map`. */
  map(...transforms: readonly Transform[]): StreamDataset {
    return this.with({ source: this.state.source.mapped("StreamDataset.map", transforms) });
  }

  /**
   * Shuffles through a buffer of `bufferSize` elements, as `Dataset.shuffle` and with the same orders: seeded, pass by
   * pass. Only what is in the buffer is in memory.
   */
  shuffle(options: ShuffleOptions): StreamDataset {
    return this.with(shuffleStream(this.state, options));
  }

  /** Joins `batchSize` consecutive samples; the last batch holds what is left unless `dropRemainder`. */
  batch(batchSize: number, options: BatchOptions = {}): StreamDataset {
    return this.with(batchStream(this.state, batchSize, options));
  }

  /** The first `count` elements; all for −1. The source is closed after them. */
  take(count: number): StreamDataset {
    return this.with(takeStream(this.state, count));
  }

  /** All but the first `count` elements; none for −1. */
  skip(count: number): StreamDataset {
    return this.with(skipStream(this.state, count));
  }

  /** Of each `count` elements the one with number `index`: part `index` of `count`, as for several machines or folds. */
  shard(count: number, index: number): StreamDataset {
    return this.with(shardStream(this.state, count, index));
  }

  /** `count` passes as one, each with its own order; without `count` it never ends, and `fit` needs `stepsPerEpoch`. */
  repeat(count = Infinity): StreamDataset {
    return this.with(repeatStream(this.state, count));
  }

  /** Keeps the elements of the first whole pass in memory: later passes do not ask the source again. */
  cache(): StreamDataset {
    return this.with(cacheStream(this.state));
  }

  /** How many batches wait ready at most (default: as many as fit into 32 MB, 256 at most). */
  prefetch(count: number): StreamDataset {
    checkNumber("StreamDataset.prefetch", "count", count, { integer: true, min: 1 });
    return this.with({ prefetch: count });
  }

  /** The batches of pass number `pass` (from 0), as the training steps of a first `fit` get them; yours to dispose of. */
  async *batches(pass: number): AsyncGenerator<Batch, void, undefined> {
    const { source } = this.state;
    let step = pass * (Number.isFinite(this.stepsPerEpoch) ? (this.stepsPerEpoch as number) : 0);
    for await (const samples of iterate(this.openBatches(pass))) {
      yield source.transformed(source.tensors(packSamples(this.storage, samples, this.scale)), step++);
    }
  }

  /** What one pass yields, in memory. @param pass number of the pass, for its order (default 0) */
  async toDataset(pass = 0): Promise<Dataset> {
    if (this.size === Infinity) {
      throw new Error("StreamDataset.toDataset: the stream has no end; call take(count) first.");
    }
    const samples: StreamSample[] = [];
    for await (const element of iterate(this.state.open(pass))) samples.push(...[element].flat());
    if (samples.length > 0) return this.inMemory(samples);
    throw new RangeError(`${this.info.name}: pass ${pass} holds no samples.`);
  }

  /** @internal These samples as a data set in memory, with the same changes and batches. */
  inMemory(samples: readonly StreamSample[]): Dataset {
    const { info, source, batchSize, dropRemainder } = this.state;
    const { storage: form } = this;
    const { features, labels, sampleWeights } = packSamples(form, samples, 1, form.features.values);
    const storage: Storage = {
      rows: samples.length,
      features: { shape: form.features.shape, values: features },
      labels: { shape: form.labels.shape, values: labels },
      ...(sampleWeights && { sampleWeights: { shape: [], values: sampleWeights } }),
    };
    let data = Dataset.fromStorage(storage, info);
    if (source.scale !== 1) data = data.rescale(source.scale);
    if (source.transforms.length > 0) data = data.map(...source.transforms);
    return batchSize === undefined ? data : data.batch(batchSize, { dropRemainder });
  }

  /** @internal Begins a pass of batches. */
  openBatches(pass: number): Pull<readonly StreamSample[]> {
    if (this.batchSize === undefined) {
      throw new Error(`${this.info.name}: the samples are not in batches yet; call batch(batchSize) first.`);
    }
    return this.state.open(pass) as Pull<readonly StreamSample[]>;
  }

  /** @internal Begins a pass of samples; refused once batched. */
  openSamples(owner: string): Open<StreamSample> {
    if (this.batchSize === undefined && this.scale === 1 && this.transforms.length === 0)
      return this.state.open as Open<StreamSample>;
    throw new Error(`${owner}: join streams before rescale, map and batch.`);
  }

  /** @internal Form of the rows; it has none. */
  get storage(): Storage {
    return this.state.source.storage;
  }

  /** @internal Batches to keep ready. */
  get prefetched(): number | undefined {
    return this.state.prefetch;
  }

  /** @internal */
  get steps(): readonly string[] {
    return this.state.steps;
  }

  /** @internal */
  get shuffleKey(): object | undefined {
    return this.state.shuffleKey;
  }

  /** @internal What the random transforms draw from. */
  get transformSeed(): number | undefined {
    return this.state.source.transformSeed;
  }

  /** @internal Streams have one column. */
  get featureLayout(): ColumnLayout | undefined {
    return undefined;
  }

  /** @internal */
  get labelLayout(): ColumnLayout | undefined {
    return undefined;
  }

  /** @internal */
  get weightLayout(): ColumnLayout | undefined {
    return undefined;
  }

  /** @internal The form of the labels; values are looked at when they come. */
  labelColumn(_name: string): Column<LabelValues> {
    return this.storage.labels;
  }

  /** @internal */
  usedRows(): Int32Array {
    return new Int32Array();
  }

  /** @internal Whether a stored batch is not yet what a model gets. */
  get changesBatches(): boolean {
    return this.state.source.changesBatches;
  }

  /** @internal See `Samples.transform`. */
  transform(batch: Batch, step?: Step): Batch {
    return this.state.source.transform(batch, step);
  }

  /** @internal These samples as a batch on the engine, scaled. */
  asBatch(samples: readonly StreamSample[]): Batch {
    return this.state.source.tensors(packSamples(this.storage, samples, this.scale));
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.text;
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.text };
  }

  private get text(): string {
    const { info, storage, size, batchSize, stepsPerEpoch } = this;
    const shape = (sizes: readonly number[]) => `[${sizes.join(", ")}]`;
    const batches = batchSize === undefined ? "" : `, ${countText(stepsPerEpoch)} batches of ${batchSize}`;
    return `${info.name}: a stream of ${countText(size)} samples ${shape(storage.features.shape)}, labels ${shape(storage.labels.shape)}${batches}`;
  }

  private with(change: Partial<StreamState>): StreamDataset {
    return new StreamDataset({ ...this.state, ...change });
  }
}

function countText(size: number | undefined): string {
  if (size === undefined) return "an unknown number of";
  return size === Infinity ? "endlessly many" : String(size);
}

/** Bytes of a part. */
const PART_BYTES = 64 * 2 ** 20;

/** @internal A pass in parts of whole batches, each in memory. */
export async function* streamParts(data: StreamDataset): AsyncGenerator<Dataset, void, undefined> {
  const bytes = 4 * rowLength(data.storage.features.shape);
  let samples: StreamSample[] = [];
  for await (const batch of iterate(data.openBatches(0))) {
    samples.push(...batch);
    if (samples.length * bytes < PART_BYTES) continue;
    yield data.inMemory(samples);
    samples = [];
  }
  if (samples.length > 0) yield data.inMemory(samples);
}

/** The elements of a pass; it is closed at the end, also when nobody wants the rest. */
async function* iterate<T>(source: Pull<T>): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const next = source.next();
      const element = isLater(next) ? await next : next;
      if (element === undefined) return;
      yield element;
    }
  } finally {
    source.close();
  }
}

/** A data set of either kind. */
export type AnyDataset = Dataset | StreamDataset;

/** Throws where only data in memory will do. */
export function checkInMemory(owner: string, data: unknown): void {
  if (!(data instanceof StreamDataset)) return;
  throw new TypeError(
    `${owner}: a stream passes by only once; this needs data in memory. Pass await stream.take(1000).toDataset(), received ${show(data)}.`,
  );
}
