/** Options of a data set's methods. */
/** Options of `Dataset.shuffle`. */
export interface ShuffleOptions {
  /** Elements that wait in the buffer (see `Dataset.shuffle`). */
  bufferSize: number;
  /** Default: the next seed of the library's global stream (`setRandomSeed`). */
  seed?: number;
  /** Another order in each pass (default true). */
  reshuffleEachIteration?: boolean;
}

/** Options of `Dataset.batch`. */
export interface BatchOptions {
  /** Leave out a last batch that is not full (default false). */
  dropRemainder?: boolean;
}
