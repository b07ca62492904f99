/** Stored samples and what is done to them on their way to a model. Which of them come when is the data set's matter. */
import { show } from "dnn-lab-core/check";
import { nextSeed } from "dnn-lab-core/random";
import type { Step } from "../engine/stateless-random";
import { tf } from "../engine/tf";
import { rescaleImages } from "./augment";
import {
  applyTransforms,
  transformedLabelShape,
  transformedShape,
  type Transform,
  type TransformBatch,
} from "./augment/transform";
import { type Batch, batchTensors, prepareBatch, type PreparedBatch } from "./batch";
import {
  type ColumnTransforms,
  joinColumnTransforms,
  readColumnTransforms,
  rescaleColumn,
  transformColumns,
  transformedLayout,
} from "./column-transforms";
import { unpackColumns } from "./packed-columns";
import type { ColumnLayout, Storage } from "./storage";

interface Preparation {
  /** Features are multiplied by this. */
  readonly scale: number;
  /** What `map` does to each batch, after the scaling. */
  readonly transforms: readonly Transform[];
  /** What the random ones among them draw from; undefined without any. */
  readonly transformSeed: number | undefined;
  /** What is done to single columns. */
  readonly columns: ColumnTransforms;
}

const NONE: Preparation = { scale: 1, transforms: [], transformSeed: undefined, columns: {} };

export class Samples {
  constructor(
    readonly storage: Storage,
    private readonly preparation: Preparation = NONE,
  ) {}

  get scale(): number {
    return this.preparation.scale;
  }

  get transforms(): readonly Transform[] {
    return this.preparation.transforms;
  }

  get transformSeed(): number | undefined {
    return this.preparation.transformSeed;
  }

  get columnTransforms(): ColumnTransforms {
    return this.preparation.columns;
  }

  /** Names and shapes of the columns as a model gets them; undefined for a data set without names. */
  get featureLayout(): ColumnLayout | undefined {
    const { featureLayout } = this.storage;
    return featureLayout && transformedLayout(featureLayout, this.preparation.columns);
  }

  /** Shapes of a sample and of its label as a model gets them. Throws when a transform does not suit the samples. */
  get shapes(): { readonly features: readonly number[]; readonly labels: readonly number[] } {
    const { transforms, storage } = this;
    return {
      features: transformedShape(transforms, storage.features.shape),
      labels: transformedLabelShape(transforms, storage.labels.shape),
    };
  }

  /** The same preparation of other rows, labels or weights. */
  withStorage(storage: Storage): Samples {
    return new Samples(storage, this.preparation);
  }

  /** Whether a stored batch is not yet what a model gets. */
  get changesBatches(): boolean {
    return this.transforms.length > 0 || this.isNamed;
  }

  private get isNamed(): boolean {
    const { featureLayout, labelLayout, weightLayout } = this.storage;
    return featureLayout !== undefined || labelLayout !== undefined || weightLayout !== undefined;
  }

  rescaled(factor: number, column?: string): Samples {
    if (column !== undefined) return this.columnsMapped("Dataset.rescale", { [column]: rescaleColumn(factor) });
    this.checkOneColumn("Dataset.rescale", 'rescale(1 / 255, "image")');
    if (this.transforms.length > 0) return this.mapped("Dataset.rescale", [rescaleImages(factor)]);
    return new Samples(this.storage, { ...this.preparation, scale: this.scale * factor });
  }

  mapped(owner: string, more: readonly Transform[]): Samples {
    if (more.length === 0 || more.some((transform) => typeof transform?.outputShape !== "function")) {
      const received = more.map(show).join(", ") || "none";
      throw new TypeError(`${owner}: expected transforms such as resize(96), received ${received}.`);
    }
    this.checkOneColumn(owner, "map({ image: resize(96) })");
    const transformSeed = this.seedFor(more);
    const transforms = [...this.transforms, ...more];
    const mapped = new Samples(this.storage, { ...this.preparation, transforms, transformSeed });
    // Throws now rather than at the first batch.
    void mapped.shapes;
    return mapped;
  }

  /** Transforms of single columns, by their names. */
  columnsMapped(owner: string, given: Readonly<Record<string, Transform | readonly Transform[]>>): Samples {
    const { featureLayout } = this.storage;
    if (!featureLayout) {
      const [name] = Object.keys(given);
      throw new Error(
        `${owner}: the samples are one column without a name, so there is no '${name}'; leave the name out.`,
      );
    }
    const more = readColumnTransforms(owner, given, featureLayout);
    const transformSeed = this.seedFor(Object.values(more).flat());
    const columns = joinColumnTransforms(this.preparation.columns, more);
    const mapped = new Samples(this.storage, { ...this.preparation, columns, transformSeed });
    // Throws now rather than at the first batch.
    void mapped.featureLayout;
    return mapped;
  }

  private seedFor(more: readonly Transform[]): number | undefined {
    return this.transformSeed ?? (more.some(({ random }) => random) ? nextSeed() : undefined);
  }

  /** The rows in plain memory, scaled. */
  prepare(rows: Int32Array): PreparedBatch {
    return prepareBatch(this.storage, rows, this.scale);
  }

  /** Prepared rows on the engine, not transformed yet. */
  tensors(prepared: PreparedBatch): Batch {
    return batchTensors(this.storage, prepared);
  }

  /**
   * What `map` does, to a batch of prepared rows: new tensors, or `batch` itself when nothing is to be done.
   * @param step number of the training step; without it random transforms are left out.
   */
  transform(batch: Batch, step?: Step): Batch {
    const { transforms, transformSeed = 0 } = this;
    const changed =
      transforms.length === 0 ? batch : applyTransforms(transforms, batch as TransformBatch, transformSeed, step);
    return this.isNamed ? this.withNames(changed, step) : changed;
  }

  /** The same, and disposes of `batch`. */
  transformed(batch: Batch, step?: Step): Batch {
    const result = this.transform(batch, step);
    if (this.transforms.length > 0 && result !== batch) tf.dispose({ ...batch });
    return result;
  }

  private withNames(batch: Batch, step: Step | undefined): Batch {
    const { featureLayout, labelLayout, weightLayout } = this.storage;
    const { sampleWeights } = batch;
    return {
      ...batch,
      ...(featureLayout && { featuresByName: this.namedFeatures(batch.features, featureLayout, step) }),
      ...(labelLayout && { labelsByName: unpackColumns(batch.labels, labelLayout) }),
      ...(weightLayout && sampleWeights && { weightsByName: unpackColumns(sampleWeights, weightLayout) }),
    };
  }

  private namedFeatures(packed: tf.Tensor, layout: ColumnLayout, step: Step | undefined): Record<string, tf.Tensor> {
    const { columns, transformSeed = 0 } = this.preparation;
    return transformColumns(unpackColumns(packed, layout), columns, transformSeed, step);
  }

  private checkOneColumn(owner: string, example: string): void {
    const { featureLayout } = this.storage;
    if (!featureLayout) return;
    const names = Object.keys(featureLayout).join(", ");
    throw new Error(`${owner}: the samples have the columns ${names}; say which one is meant: ${example}.`);
  }
}
