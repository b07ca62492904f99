/** How much each sample counts in the loss. */
import { checkNumber } from "dnn-lab-core/check";

/**
 * The weights of `rows` by row of the storage; 1 for rows that are not among them.
 *
 * @throws RangeError when there is not one finite number, at least 0, for each row.
 */
export function weightsByRow(
  owner: string,
  weights: ArrayLike<number>,
  rows: Int32Array,
  storageRows: number,
): Float32Array {
  if (weights.length !== rows.length) {
    throw new RangeError(`${owner}: expected ${rows.length} weights, one for each sample, received ${weights.length}.`);
  }
  const byRow = new Float32Array(storageRows).fill(1);
  rows.forEach((row, i) => (byRow[row] = checkNumber(owner, `weights[${i}]`, weights[i], { min: 0 })));
  return byRow;
}
