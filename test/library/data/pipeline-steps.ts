/** The steps of tf.data's pipelines in `shuffles.json`, for data in memory and streams alike. */
export interface Pipeline<D> {
  take(count: number): D;
  skip(count: number): D;
  shard(count: number, index: number): D;
  repeat(count: number): D;
  batch(size: number, options: { dropRemainder: boolean }): D;
  shuffle(options: { bufferSize: number; seed: number; reshuffleEachIteration: boolean }): D;
}

export function apply<D extends Pipeline<D>>(
  data: D,
  seed: number,
  [name, argument, flag]: (string | number | boolean)[],
): D {
  const count = argument as number;
  if (name === "take") return data.take(count);
  if (name === "skip") return data.skip(count);
  if (name === "shard") return data.shard(count, flag as number);
  if (name === "repeat") return data.repeat(count);
  if (name === "batch") return data.batch(count, { dropRemainder: flag === true });
  return data.shuffle({ bufferSize: count, seed, reshuffleEachIteration: flag !== false });
}
