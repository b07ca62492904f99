/** A data set in memory: described, and shuffled, batched and scaled only when a pass over it begins. */
import { checkNumber } from "dnn-lab-core/check";
import { noteData } from "dnn-lab-core/run-facts";
import type { Step } from "../engine/stateless-random";
import type { Transform } from "./augment";
import type { Batch } from "./batch";
import { columnMapOf, type ColumnMap, type ColumnTransforms } from "./column-transforms";
import { datasetBundle, datasetText, type ShownData } from "./dataset-display";
import type { DatasetInfo } from "./dataset-info";
import type { BatchOptions, ShuffleOptions } from "./dataset-options";
import { firstState, type DatasetState, type StateChange } from "./dataset-state";
import { batchStep, repeatStep, shardStep, shuffleStep, skipStep, subsetStep, takeStep } from "./dataset-steps";
import { oneHotColumn } from "./one-hot";
import { RowPasses, range } from "./row-passes";
import { preparedAhead } from "./prefetch";
import { Samples } from "./samples";
import { unpackColumn } from "./packed-columns";
import { type SampleWeights, weightsByRow } from "./sample-weights";
import { withOtherFeatures } from "./other-features";
import { partOf, type Column, type ColumnLayout, type FeatureValues, type LabelValues, type Storage } from "./storage";

export type { Batch } from "./batch";
export type { ColumnMap } from "./column-transforms";
export type { BatchOptions, ShuffleOptions } from "./dataset-options";

/**
 * Samples with labels, and the steps between them and a training loop, with the semantics of tf.data.
 *
 * A data set is immutable: each method returns a new one that shares the memory. The order of the methods matters:
 * `shuffle` then `batch` mixes samples, `batch` then `shuffle` mixes whole batches; `take` and `skip` count samples
 * before `batch` and batches after it, and after a `shuffle` they pick other elements in each pass.
 *
 * @example
 * train.rescale(1 / 255).shuffle({ bufferSize: 1000, seed: 42 }).batch(16).prefetch(1)
 */
export class Dataset {
  private heldPart: Storage | undefined;

  private constructor(private readonly state: DatasetState) {}

  /** @internal The rows of `storage` with the numbers `rows` (default all), as they lie. */
  static fromStorage(storage: Storage, info: DatasetInfo, rows: Int32Array = range(storage.rows)): Dataset {
    noteData(info);
    return new Dataset(firstState(storage, info, rows));
  }

  /** Samples that a pass yields. */
  get size(): number {
    return this.state.samples;
  }

  /**
   * The samples that the data set holds, one after another, unscaled and not shuffled; `shape` is that of one sample. They
   * are what `subset`, `take`, `skip` and `batch` leave; where a `take` follows a `shuffle`, all samples that it may pick.
   * A part of a larger data set is copied when this is read for the first time.
   */
  get features(): Column<FeatureValues> {
    return this.held.features;
  }

  /** The labels of the same samples. */
  get labels(): LabelValues {
    return this.held.labels.values;
  }

  /** Weight of each of them in the loss, or of each step of them; undefined when all count alike. */
  get sampleWeights(): Column<Float32Array> | undefined {
    return this.held.sampleWeights;
  }

  private get held(): Storage {
    return (this.heldPart ??= partOf(this.storage, this.state.passes.held));
  }

  /** Names and shapes of the weights by output that `sampleWeights` holds side by side; undefined for weights without names. */
  get weightLayout(): ColumnLayout | undefined {
    return this.storage.weightLayout;
  }

  /** Shape of one stored label; empty for a class number. */
  get labelShape(): readonly number[] {
    return this.storage.labels.shape;
  }

  /** Names and shapes of the columns that `features` holds side by side; undefined for a data set without names. */
  get featureLayout(): ColumnLayout | undefined {
    return this.state.source.featureLayout;
  }

  /** The same of the labels. */
  get labelLayout(): ColumnLayout | undefined {
    return this.storage.labelLayout;
  }

  /** @internal The labels of that name by row of the storage, or all of a data set without names. */
  labelColumn(name: string): Column<LabelValues> | undefined {
    const { labels, labelLayout } = this.storage;
    return labelLayout ? unpackColumn(labels, labelLayout, name) : labels;
  }

  /** @internal What the orders of the passes come from: the same for all data sets made from one `shuffle`. */
  get shuffleKey(): object | undefined {
    return this.state.passes.stages.find(({ shuffles }) => shuffles);
  }

  /** @internal Whether a stored batch is not yet what a model gets. */
  get changesBatches(): boolean {
    return this.state.source.changesBatches;
  }

  /** What `map` does to each batch. */
  get transforms(): readonly Transform[] {
    return this.state.source.transforms;
  }

  /** What `map` and `rescale` do to single columns, by their names. */
  get columnTransforms(): ColumnTransforms {
    return this.state.source.columnTransforms;
  }

  /** @internal What the random ones among them draw from; undefined without any. */
  get transformSeed(): number | undefined {
    return this.state.source.transformSeed;
  }

  /** Shapes of a sample and of its label as a model gets them, after `map`. */
  get elementShapes(): { readonly features: readonly number[]; readonly labels: readonly number[] } {
    return this.state.source.shapes;
  }

  /** Features are multiplied by this when a batch becomes float32. */
  get scale(): number {
    return this.state.source.scale;
  }

  /** Samples in a batch; undefined before `batch`. */
  get batchSize(): number | undefined {
    return this.state.batchSize;
  }

  /** Whether a last batch that is not full is left out. */
  get dropRemainder(): boolean {
    return this.state.dropRemainder;
  }

  /** Batches in a pass (samples when not batched). */
  get stepsPerEpoch(): number {
    return this.state.elements;
  }

  /** What the data are and where they came from. */
  get info(): DatasetInfo {
    return this.state.info;
  }

  /**
   * Multiplies the features by `factor`, on top of earlier calls: `rescale(1 / 255)` for pixels.
   * @param column the one that is meant, where the features are named columns.
   */
  rescale(factor: number, column?: string): Dataset {
    checkNumber("Dataset.rescale", "factor", factor);
    if (factor === 0) throw new RangeError("Dataset.rescale: factor must not be 0, which would erase the features.");
    return this.with({ source: this.state.source.rescaled(factor, column) });
  }

  /**
   * Changes each batch on its way to the model, on the engine: `resize`, `preprocessInput`, `randomFlip` … in the order
   * given, after the changes of earlier calls. As tf.data's `map`, but for batches at a time, so that it may stand
   * before or after `shuffle` and `batch`.
   *
   * Random transforms act in the training steps of `fit` alone; its validation, `evaluate` and `predict` leave them out
   * when they get the same data set. They draw for each step by its number, from one seed: the next of the library's
   * global stream (`setRandomSeed`).
   *
   * Where the features are named columns, transforms are given by their names: `map({ image: [resize(96), randomFlip()] })`.
   *
   * @throws Error when a transform does not suit the shape of the samples.
   * @example train.map(resize(96), randomFlip(), preprocessInput("mobilenet_v2")).shuffle({ bufferSize: 1000 }).batch(32)
   */
  map(...transforms: readonly Transform[] | readonly [ColumnMap]): Dataset {
    const { source } = this.state;
    const byColumn = columnMapOf(transforms);
    if (byColumn) return this.with({ source: source.columnsMapped("Dataset.map", byColumn) });
    return this.with({ source: source.mapped("Dataset.map", transforms as readonly Transform[]) });
  }

  /**
   * Class numbers as rows of `classes` zeros and ones, for `"categoricalCrossentropy"`.
   * @param classes default: as many as the data set names. @throws RangeError for a label that is no class.
   */
  oneHot(classes: number = this.info.classNames.length): Dataset {
    const owner = "Dataset.oneHot";
    checkNumber(owner, "classes", classes, { integer: true, min: 2, fix: "Pass it when the classes have no names." });
    return this.withLabels(oneHotColumn(owner, this.storage.labels, classes), this.info.classNames);
  }

  /**
   * Shuffles through a buffer: it is filled with the first `bufferSize` elements, then a slot is drawn at random, its
   * element comes out and the next element of the input takes its place. An element can come out at most
   * `bufferSize − 1` places early, but arbitrarily late; only a buffer of `size` or more shuffles uniformly.
   *
   * The order equals that of TensorFlow's `shuffle(bufferSize, seed)` after `tf.random.set_seed(seed)`, pass by pass.
   */
  shuffle(options: ShuffleOptions): Dataset {
    return this.with(shuffleStep(this.state, options));
  }

  /** Joins `batchSize` consecutive samples; the last batch holds what is left unless `dropRemainder`. */
  batch(batchSize: number, options: BatchOptions = {}): Dataset {
    return this.with(batchStep(this.state, batchSize, options));
  }

  /**
   * Keeps up to `count` batches ready: whenever the loop that consumes them waits for something, the next ones are
   * gathered and scaled. It changes when the work is done, never the result.
   */
  prefetch(count: number): Dataset {
    checkNumber("Dataset.prefetch", "count", count, { integer: true, min: 0 });
    return this.with({ prefetch: count });
  }

  /** The first `count` elements (samples, or batches once batched); all of them when there are fewer, or for −1. */
  take(count: number): Dataset {
    return this.with(takeStep(this.state, count));
  }

  /** All but the first `count` elements (samples, or batches once batched); none for −1, as in tf.data. */
  skip(count: number): Dataset {
    return this.with(skipStep(this.state, count));
  }

  /** Of each `count` elements the one with number `index` (from 0): part `index` of `count`, as in tf.data. */
  shard(count: number, index: number): Dataset {
    return this.with(shardStep(this.state, count, index));
  }

  /** `count` passes as one, each with the order that it would have by itself; batches after it may span two of them. */
  repeat(count: number): Dataset {
    return this.with(repeatStep(this.state, count));
  }

  /** The samples at these positions of an unshuffled, unbatched data set, in the order given. */
  subset(positions: ArrayLike<number>): Dataset {
    return this.with(subsetStep(this.state, positions));
  }

  /** @internal The same samples with other labels, by row of the storage. */
  withLabels(labels: Column<LabelValues>, classNames: readonly string[]): Dataset {
    return this.with({ ...this.stored({ ...this.storage, labels }), info: { ...this.info, classNames } });
  }

  /**
   * The same samples, each counting as much in the loss as its weight says (Keras' `sample_weight`): `fit` and
   * `evaluate` multiply a sample's loss by it; metrics stay unweighted.
   *
   * @param weights one number for each sample, in order, at least 0; or a row of numbers, one for each step of its labels;
   * or these by the names of a model's outputs, `{ kind: [1, 2, …] }`. Before shuffle, batch, take and skip.
   */
  withSampleWeights(weights: SampleWeights): Dataset {
    const owner = "Dataset.withSampleWeights";
    const { stages, rows } = this.state.passes;
    if (stages.length > 0) throw new Error(`${owner}: give the weights before shuffle, batch, take and skip.`);
    const { weightLayout: _, ...storage } = this.storage;
    return this.with(this.stored({ ...storage, ...weightsByRow(owner, weights, rows, storage.rows) }));
  }

  /** Which samples pass number `pass` (from 0) yields, one after another: their places in `features` and `labels`. */
  order(pass: number): Int32Array {
    return this.state.passes.order(pass);
  }

  /** @internal The same as row numbers of `storage`. */
  storedOrder(pass: number): Int32Array {
    return this.state.passes.storedOrder(pass);
  }

  /** @internal `storedOrder` and `batchOffsets` at once: shuffles of many samples take a while. */
  storedPass(pass: number): { readonly order: Int32Array; readonly offsets: Int32Array } {
    return this.state.passes.batchedOrder(pass);
  }

  /** @internal Those rows of the storage as a batch, random transforms left out. */
  rowsAsBatch(rows: Int32Array): Batch {
    const { source } = this.state;
    return source.transformed(source.tensors(source.prepare(rows)));
  }

  /** @internal Numbers of the rows that passes take samples from, ascending. */
  usedRows(): Int32Array {
    return Int32Array.from(new Set(this.state.passes.held)).sort();
  }

  /**
   * @internal The same samples in the same steps with what a base has made of their features, scaling and transforms
   * included: row i of `features` is that of row `usedRows()[i]`. @param key names their content
   */
  withFeatures(features: Column<FeatureValues>, key: string): Dataset {
    const { info, passes } = this.state;
    const { storage, places } = withOtherFeatures(this.storage, this.usedRows(), features);
    return this.with({
      source: new Samples(storage),
      info: { ...info, fingerprint: key, notes: [...info.notes, "features of a frozen base"] },
      // Rows that no pass takes have no place.
      passes: new RowPasses(
        passes.rows.map((row) => places.get(row) ?? -1),
        passes.stages,
      ),
    });
  }

  /** Where each batch of a pass begins in `order(pass)`, and at the end its length: `stepsPerEpoch + 1` numbers. */
  batchOffsets(pass: number): Int32Array {
    return this.state.passes.batchedOrder(pass).offsets;
  }

  /** The batches of pass number `pass` (from 0), as the training steps of a first `fit` get them. */
  *batches(pass: number): Generator<Batch, void, undefined> {
    let step = pass * this.stepsPerEpoch;
    for (const batch of this.storedBatches(pass)) yield this.state.source.transformed(batch, step++);
  }

  /** @internal The same without what `map` does. */
  *storedBatches(pass: number): Generator<Batch, void, undefined> {
    const { source, prefetch } = this.state;
    const prepare = (rows: Int32Array) => source.prepare(rows);
    for (const batch of preparedAhead(this.state.passes.batches(pass), prepare, prefetch)) yield source.tensors(batch);
  }

  /** @internal See `Samples.transform`. */
  transform(batch: Batch, step?: Step): Batch {
    return this.state.source.transform(batch, step);
  }

  /** Everything that a pass yields as one batch, in the order of the rows: shuffles and random transforms are left out. */
  tensors(): Batch {
    return this.rowsAsBatch(this.state.passes.unshuffled);
  }

  /** How a notebook shows it: size, shapes, classes, the first samples. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return datasetBundle(this.shown);
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return datasetText(this.shown);
  }

  private get shown(): ShownData {
    const { info, size, batchSize, stepsPerEpoch, storage } = this;
    return { info, storage, rows: this.state.passes.held, size, batchSize, stepsPerEpoch };
  }

  /** @internal What the rows are taken from: more than the data set holds when it is a part of another. */
  get storage(): Storage {
    return this.state.source.storage;
  }

  /** Other rows, labels or weights. */
  private stored(storage: Storage): Pick<DatasetState, "source"> {
    return { source: this.state.source.withStorage(storage) };
  }

  private with(change: StateChange): Dataset {
    return new Dataset({ ...this.state, ...change });
  }
}
