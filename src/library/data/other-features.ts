/** The same samples with other features. */
import { type Column, type FeatureValues, selectRows, type Storage } from "./storage";

export interface OtherFeatures {
  readonly storage: Storage;
  /** Old row → new row. */
  readonly places: ReadonlyMap<number, number>;
}

/** The rows `used` of a storage, row i of `features` in the place of the features of `used[i]`. */
export function withOtherFeatures(storage: Storage, used: Int32Array, features: Column<FeatureValues>): OtherFeatures {
  const { labels, labelLayout, sampleWeights, weightLayout } = storage;
  return {
    storage: {
      rows: used.length,
      features,
      labels: selectRows(labels, used),
      ...(labelLayout && { labelLayout }),
      ...(sampleWeights && { sampleWeights: selectRows(sampleWeights, used) }),
      ...(weightLayout && { weightLayout }),
    },
    places: new Map(Array.from(used, (row, place) => [row, place])),
  };
}
