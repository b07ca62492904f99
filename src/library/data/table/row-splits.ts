/** Which rows train, validate and test. */
import { RandomStream } from "dnn-lab-core/random";

export interface RowSplitOptions {
  /** Shares of the rows. */
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
  /** Rows of a group stay together; undefined when each stands for itself. */
  readonly groups?: readonly string[];
  /** Classes whose shares are kept in all parts; undefined when they are left to chance. */
  readonly strata?: readonly string[];
}

export interface RowSplit {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** The numbers of the rows of each part, ascending; drawn at random, the same for the same seed. */
export function splitRows(rows: number, { validation, test, seed, groups, strata }: RowSplitOptions): RowSplit {
  const random = new RandomStream(seed);
  const parts: Record<keyof RowSplit, number[]> = { train: [], validation: [], test: [] };
  const units = groups ? byKey(groups) : Array.from({ length: rows }, (_, row) => [row]);
  for (const stratum of strata ? [...byKey(strata)] : [units.flat()]) {
    const members = groups ? units : stratum.map((row) => [row]);
    const order = shuffled(members, random);
    const total = members.reduce((sum, unit) => sum + unit.length, 0);
    const [forTest, forValidation] = [Math.round(total * test), Math.round(total * validation)];
    let taken = 0;
    for (const unit of order) {
      const part = taken < forTest ? "test" : taken < forTest + forValidation ? "validation" : "train";
      parts[part].push(...unit);
      taken += unit.length;
    }
  }
  const ascending = (part: number[]) => Int32Array.from(part).sort();
  return { train: ascending(parts.train), validation: ascending(parts.validation), test: ascending(parts.test) };
}

/** The rows of each key, keys in the order in which they come. */
function byKey(keys: readonly string[]): number[][] {
  const rows = new Map<string, number[]>();
  keys.forEach((key, row) => {
    const known = rows.get(key);
    if (known) known.push(row);
    else rows.set(key, [row]);
  });
  return [...rows.values()];
}

/** Fisher and Yates' shuffle. */
function shuffled<T>(items: readonly T[], random: RandomStream): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}
