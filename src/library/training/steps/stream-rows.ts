/** Batches of a stream in a ring on the engine, where the recorded step finds them: the rows change, the recording stays. */
import { deviceRing, type DeviceRing, UnsupportedStep } from "../../engine/compile";
import type { StreamDataset } from "../../data/stream/stream-dataset";
import { type LabelCheck, type StreamBatch, StreamFeed } from "../../data/stream/stream-feed";
import { packSamples } from "../../data/stream/pack-samples";
import { range } from "../../data/row-passes";
import type { FeatureValues } from "../../data/storage";
import { type BatchRows, RowPlaces } from "./batch-rows";

export class StreamRows implements BatchRows {
  readonly features: DeviceRing;
  readonly labels: DeviceRing;
  readonly sampleWeights: DeviceRing | undefined;
  private readonly batchSize: number;
  /** Where the rows of each call lie. */
  private memory: FeatureValues;

  private constructor(
    private readonly data: StreamDataset,
    private readonly feed: StreamFeed,
    first: readonly StreamBatch[],
    readonly places: RowPlaces,
  ) {
    this.batchSize = data.batchSize as number;
    this.memory = data.storage.features.values;
    const { features, labels, sampleWeights } = this.pack(first);
    this.features = deviceRing(features, data.storage.features.shape, places.features);
    this.labels = deviceRing(labels, data.storage.labels.shape, places.labels);
    this.sampleWeights = sampleWeights && deviceRing(sampleWeights, [], places.sampleWeights);
  }

  /**
   * Waits for the first batches of a pass, which the step is recorded with; training begins with them, too.
   * @param places where a recording of before finds the rows
   */
  static async open(
    data: StreamDataset,
    check: LabelCheck,
    pass: number,
    places = new RowPlaces(),
  ): Promise<StreamRows> {
    const feed = new StreamFeed(data, check);
    try {
      feed.begin(pass, 0);
      await feed.ready(2);
      const full = feed.peek().filter(({ length }) => length === data.batchSize);
      // Always two, so that rings of one form begin alike.
      if (full.length > 0) return new StreamRows(data, feed, [full[0], full[1] ?? full[0]], places);
      throw new UnsupportedStep("structure-changes", `no batch of ${data.batchSize} is full`);
    } catch (error) {
      feed.close();
      throw error;
    }
  }

  begin(pass: number, from: number): void {
    this.feed.begin(pass, from);
  }

  ready(count: number): Promise<void> | undefined {
    return this.feed.ready(count);
  }

  takeFull(count: number): Int32Array {
    const waiting = this.feed.peek();
    let steps = 0;
    const most = Math.min(count, waiting.length, this.feed.mostInCall);
    while (steps < most && waiting[steps].length === this.batchSize) steps++;
    return this.take(waiting.slice(0, steps));
  }

  takeSmaller(): Int32Array | undefined {
    const [batch] = this.feed.peek();
    if (!batch) return undefined;
    // The ring never has less rows than a full batch: the recording is looked at again by such numbers.
    const rest = Array.from({ length: this.batchSize - batch.length }, () => batch[0]);
    this.take([batch, rest], 1);
    return range(batch.length);
  }

  example(index: number): Int32Array {
    const { batchSize } = this;
    const from = Math.min(index * batchSize, this.features.rows - batchSize);
    return range(batchSize).map((row) => from + row);
  }

  dispose(): void {
    this.feed.close();
    this.memory = this.data.storage.features.values;
    this.features.dispose();
    this.labels.dispose();
    this.sampleWeights?.dispose();
  }

  /** Puts the batches into the ring. */
  private take(batches: readonly StreamBatch[], dropped = batches.length): Int32Array {
    if (batches.length === 0) return new Int32Array();
    const { count, features, labels, sampleWeights } = this.pack(batches);
    this.features.refill(features);
    this.labels.refill(labels);
    if (sampleWeights) this.sampleWeights?.refill(sampleWeights);
    this.feed.drop(dropped);
    return range(count);
  }

  private pack(batches: readonly StreamBatch[]) {
    const packed = packSamples(this.data.storage, batches.flat(), 1, this.memory);
    // The call before has ended: its memory is used again, where it is enough.
    if (packed.features.length > this.memory.length) this.memory = packed.features;
    return packed;
  }
}
