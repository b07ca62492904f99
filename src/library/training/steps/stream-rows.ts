/** Batches of a stream in a ring on the engine, where the recorded step finds them: the rows change, the recording stays. */
import { deviceRing, type DeviceRing, UnsupportedStep } from "../../engine/compile";
import type { StreamDataset } from "../../data/stream/stream-dataset";
import { type LabelCheck, type StreamBatch, StreamFeed } from "../../data/stream/stream-feed";
import { packSamples } from "../../data/stream/pack-samples";
import { range } from "../../data/row-passes";
import type { BatchRows } from "./batch-rows";

export class StreamRows implements BatchRows {
  readonly features: DeviceRing;
  readonly labels: DeviceRing;
  readonly sampleWeights: DeviceRing | undefined;
  private readonly batchSize: number;

  private constructor(
    private readonly data: StreamDataset,
    private readonly feed: StreamFeed,
    first: readonly StreamBatch[],
  ) {
    this.batchSize = data.batchSize as number;
    const { features, labels, sampleWeights } = this.pack(first);
    this.features = deviceRing(features, data.storage.features.shape);
    this.labels = deviceRing(labels, data.storage.labels.shape);
    this.sampleWeights = sampleWeights && deviceRing(sampleWeights, []);
  }

  /** Waits for the first batches of a pass, which the step is recorded with; training begins with them, too. */
  static async open(data: StreamDataset, check: LabelCheck, pass: number): Promise<StreamRows> {
    const feed = new StreamFeed(data, check);
    try {
      feed.begin(pass, 0);
      await feed.ready(2);
      const full = feed.peek().filter(({ length }) => length === data.batchSize);
      if (full.length > 0) return new StreamRows(data, feed, full.slice(0, 2));
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
    while (steps < Math.min(count, waiting.length) && waiting[steps].length === this.batchSize) steps++;
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
    const { storage } = this.data;
    return packSamples(storage, batches.flat(), 1, storage.features.values);
  }
}
