/** Sums of rows that belong together: the gradient of `gather`, hence of embeddings, of weights picked by class … */
import * as tf from "@tensorflow/tfjs";
import { addKernel, type Kernel, valuesOf, zeroTensor } from "./wasm-kernel";

export function registerSegmentSum(): void {
  addKernel("UnsortedSegmentSum", segmentSum);
}

/** Row s of the result is the sum of the rows of `x` whose `segmentIds` is s; rows with an id out of range are left out. */
const segmentSum: Kernel<
  { readonly x: tf.Tensor; readonly segmentIds: tf.Tensor },
  { readonly numSegments: number }
> = ({ inputs: { x, segmentIds }, attrs: { numSegments } }) => {
  const inner = x.shape.slice(segmentIds.rank);
  const width = tf.util.sizeFromShape(inner);
  const sums = zeroTensor([numSegments, ...inner], x.dtype);
  const [from, ids, to] = [valuesOf(x), valuesOf(segmentIds), valuesOf(sums)];
  ids.forEach((id, row) => {
    if (id < 0 || id >= numSegments) return;
    for (let i = 0, read = row * width, write = id * width; i < width; i++) to[write++] += from[read++];
  });
  return sums;
};
