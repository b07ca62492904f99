/** The rows that a split names, in as little memory as they need. */
import type { SplitRange } from "./splits";
import type { Storage } from "./storage";

export interface Selection {
  readonly storage: Storage;
  readonly rows: Int32Array;
}

/**
 * Row numbers of the ranges, in order, in the storage of the parts that they name.
 *
 * @param join gives the storage of the parts whose names are joined by `+`; splits of one part so share its memory
 */
export function selectRanges(ranges: readonly SplitRange[], join: (names: string) => Storage): Selection {
  const names = [...new Set(ranges.map(({ name }) => name))];
  const offsets = new Map<string, number>();
  let total = 0;
  for (const name of names) {
    offsets.set(name, total);
    total += join(name).rows;
  }
  const rows = ranges.flatMap(({ name, start, end }) =>
    Array.from({ length: end - start }, (_, i) => (offsets.get(name) ?? 0) + start + i),
  );
  return { storage: join(names.join("+")), rows: Int32Array.from(rows) };
}
