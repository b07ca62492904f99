/** Where the rows of the next batches lie on the engine, for steps that gather them there. */
import { type DataId, deviceData, type DeviceData } from "../../engine/compile";
import type { Dataset } from "../../data/dataset";

/** Where a recording finds the columns: data of the same form may take the places of others. */
export class RowPlaces {
  readonly features: DataId = {};
  readonly labels: DataId = {};
  readonly sampleWeights: DataId = {};
}

export interface BatchRows {
  readonly features: DeviceData;
  readonly labels: DeviceData;
  readonly sampleWeights: DeviceData | undefined;
  /** Undefined where no others may follow. */
  readonly places?: RowPlaces;
  /** Goes to step `from` of a pass. */
  begin(pass: number, from: number): void;
  /** See `StepRunner.ready`. */
  ready?(count: number): Promise<void> | undefined;
  /** Row numbers of the next batches that are full, at most `count` of them; they are used at once. */
  takeFull(count: number): Int32Array;
  /** Row numbers of the next batch when it is a smaller one; undefined at the end of the pass. */
  takeSmaller(): Int32Array | undefined;
  /** Row numbers of full batch 0 or 1, to record with. */
  example(index: number): Int32Array;
  dispose(): void;
}

/** Of a data set in memory: all rows stay on the engine. */
export class StoredRows implements BatchRows {
  readonly features: DeviceData;
  readonly labels: DeviceData;
  readonly sampleWeights: DeviceData | undefined;
  private order: Int32Array = new Int32Array();
  private offsets: Int32Array = new Int32Array(1);
  private position = 0;

  constructor(
    private readonly data: Dataset,
    readonly places: RowPlaces = new RowPlaces(),
  ) {
    const { features, labels, sampleWeights } = data.storage;
    this.features = deviceData(features.values, features.shape, places.features);
    this.labels = deviceData(labels.values, labels.shape, places.labels);
    this.sampleWeights = sampleWeights && deviceData(sampleWeights.values, sampleWeights.shape, places.sampleWeights);
  }

  begin(pass: number, from: number): void {
    ({ order: this.order, offsets: this.offsets } = this.data.storedPass(pass));
    this.position = from;
  }

  takeFull(count: number): Int32Array {
    const { offsets, position } = this;
    const batchSize = this.data.batchSize as number;
    const most = Math.min(count, offsets.length - 1 - position);
    let steps = 0;
    while (steps < most && offsets[position + steps + 1] - offsets[position + steps] === batchSize) steps++;
    return this.take(steps);
  }

  takeSmaller(): Int32Array | undefined {
    return this.position < this.offsets.length - 1 ? this.take(1) : undefined;
  }

  example(index: number): Int32Array {
    const all = this.data.storedOrder(0);
    const batchSize = this.data.batchSize as number;
    const from = Math.min(index * batchSize, all.length - batchSize);
    return all.slice(from, from + batchSize);
  }

  dispose(): void {
    this.features.dispose();
    this.labels.dispose();
    this.sampleWeights?.dispose();
  }

  private take(steps: number): Int32Array {
    const from = this.position;
    this.position += steps;
    return this.order.subarray(this.offsets[from], this.offsets[this.position]);
  }
}
