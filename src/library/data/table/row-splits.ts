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
  // The part of each row, train, validation or test: tables may have millions of rows.
  const parts = new Uint8Array(rows);
  const units = groups && byKey(groups);
  for (const stratum of strata ? byKey(strata) : [range(units?.length ?? rows)]) {
    const total = units ? rows : stratum.length;
    const [forTest, forValidation] = [Math.round(total * test), Math.round(total * validation)];
    let taken = 0;
    for (const unit of shuffled(stratum, random)) {
      const part = taken < forTest ? 2 : taken < forTest + forValidation ? 1 : 0;
      if (units) for (const row of units[unit]) parts[row] = part;
      else parts[unit] = part;
      taken += units ? units[unit].length : 1;
    }
  }
  const of = (part: number) => range(rows).filter((row) => parts[row] === part);
  return { train: of(0), validation: of(1), test: of(2) };
}

const range = (length: number): Int32Array => new Int32Array(length).map((_, i) => i);

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
function shuffled(items: ArrayLike<number>, random: RandomStream): Int32Array {
  const all = Int32Array.from(items);
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}
