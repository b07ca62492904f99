/** From loaded parts to the data sets that the splits name; the same for every data set with parts. */
import { show } from "dnn-lab-core/check";
import { Dataset } from "./dataset";
import type { DatasetInfo } from "./dataset-info";
import { selectRanges } from "./select";
import { parseSplit } from "./splits";
import { concatenate, fingerprintOf, type Storage } from "./storage";

/** The splits asked for, understood. */
export interface SplitRequest<Part extends string> {
  /** The parts that the splits take samples from. */
  readonly parts: readonly Part[];
  /** The data sets, from the parts' storage; one for a single split, else an array. */
  datasets(
    storageOf: (part: Part) => Storage,
    describe: (split: string, parts: readonly Part[]) => Description,
  ): Dataset | Dataset[];
}

/** All of a data set's description but what is known from its split. */
export type Description = Omit<DatasetInfo, "split" | "fingerprint">;

/** Checks and reads `split`: a string or an array of them. @param sizes samples in each part */
export function requestSplits<Part extends string>(
  owner: string,
  split: unknown,
  sizes: Readonly<Record<Part, number>>,
): SplitRequest<Part> {
  const splits = checkSplits(owner, split);
  const ranges = splits.map((text) => parseSplit(owner, text, sizes));
  const namesIn = (index: number) => [...new Set(ranges[index].map(({ name }) => name as Part))];
  return {
    parts: [...new Set(splits.flatMap((_, index) => namesIn(index)))],
    datasets(storageOf, describe) {
      const fingerprint = memoized(fingerprintOf);
      const join = memoized((names: string) => concatenate(names.split("+").map((name) => storageOf(name as Part))));
      const datasets = splits.map((text, index) => {
        const { storage, rows } = selectRanges(ranges[index], join);
        const info = { ...describe(text, namesIn(index)), split: text, fingerprint: fingerprint(storage) };
        return Dataset.fromStorage(storage, info, rows);
      });
      return typeof split === "string" ? datasets[0] : datasets;
    },
  };
}

function checkSplits(owner: string, split: unknown): readonly string[] {
  if (typeof split === "string") return [split];
  if (Array.isArray(split) && split.length > 0) return split as string[];
  throw new TypeError(
    `${owner}: split must be a split such as "train[:70%]" or an array of them, received ${show(split)}.`,
  );
}

function memoized<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const values = new Map<Key, Value>();
  return (key) => {
    if (!values.has(key)) values.set(key, compute(key));
    return values.get(key) as Value;
  };
}
