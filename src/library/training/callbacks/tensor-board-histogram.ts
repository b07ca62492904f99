/** TensorBoard's histogram of a tensor (tensorboard/plugins/histogram/summary_v2.py). */
const BUCKETS = 30;

/**
 * Rows of left edge, right edge and count for 30 buckets of one width from the smallest to the largest value. Where all
 * values are the same, all edges are this value and the last bucket counts them. Undefined when a value is not finite.
 */
export function histogramBuckets(values: ArrayLike<number>): Float64Array | undefined {
  const rows = new Float64Array(3 * BUCKETS);
  if (values.length === 0) return rows;
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) return undefined;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const width = (max - min) / BUCKETS;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    rows[3 * bucket] = min + bucket * width;
    rows[3 * bucket + 1] = bucket === BUCKETS - 1 ? max : min + (bucket + 1) * width;
  }
  for (let i = 0; i < values.length; i++) {
    const bucket = width === 0 ? BUCKETS - 1 : Math.min(BUCKETS - 1, Math.floor((values[i] - min) / width));
    rows[3 * bucket + 2]++;
  }
  return rows;
}
