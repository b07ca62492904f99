/** What a data set is made of; it never changes. Each step makes another one. */
import type { DatasetInfo } from "./dataset-info";
import { RowPasses } from "./row-passes";
import { Samples } from "./samples";
import type { Storage } from "./storage";

export interface DatasetState {
  readonly source: Samples;
  readonly info: DatasetInfo;
  readonly passes: RowPasses;
  readonly samples: number;
  /** Elements of a pass: samples, or batches once batched. */
  readonly elements: number;
  readonly batchSize: number | undefined;
  readonly dropRemainder: boolean;
  /** A shuffle after `batch` has put the ragged last batch anywhere. */
  readonly raggedAnywhere: boolean;
  readonly prefetch: number;
}

/** What a step changes. */
export type StateChange = Partial<DatasetState>;

/** The rows of `storage` with these numbers, before any step. */
export function firstState(storage: Storage, info: DatasetInfo, rows: Int32Array): DatasetState {
  return {
    source: new Samples(storage),
    info,
    ...onlyRows(rows),
    batchSize: undefined,
    dropRemainder: false,
    raggedAnywhere: false,
    prefetch: 0,
  };
}

/** These rows of the storage, one after another, as single samples. */
export function onlyRows(rows: Int32Array): Pick<DatasetState, "passes" | "samples" | "elements"> {
  return { passes: new RowPasses(rows), samples: rows.length, elements: rows.length };
}
