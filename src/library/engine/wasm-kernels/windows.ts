/** The windows of pooling over pixels and over voxels; pixels are voxels of a single layer. */
import * as tf from "@tensorflow/tfjs";

export interface PoolAttributes<Size> {
  readonly filterSize: Size;
  readonly strides: Size;
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

export type Attributes2D = PoolAttributes<number | [number, number]>;
export type Attributes3D = PoolAttributes<number | [number, number, number]>;

/** Along one axis: length of the input, number of windows, their size, distance, and how far the first lies outside. */
interface Axis {
  readonly length: number;
  readonly windows: number;
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

export interface Pool {
  readonly batch: number;
  readonly channels: number;
  readonly axes: readonly [depth: Axis, height: Axis, width: Axis];
  readonly outShape: readonly number[];
}

type Info = tf.backend_util.Conv2DInfo | tf.backend_util.Conv3DInfo;

export function pool2D({ shape }: tf.Tensor, { filterSize, strides, pad, dimRoundingMode }: Attributes2D): Pool {
  const images = shape as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(images, filterSize, strides, 1, pad, dimRoundingMode);
  return poolOf(info, { length: 1, windows: 1, size: 1, stride: 1, padding: 0 });
}

export function pool3D({ shape }: tf.Tensor, { filterSize, strides, pad, dimRoundingMode }: Attributes3D): Pool {
  const volumes = shape as [number, number, number, number, number];
  const padding = pad as number | "valid" | "same";
  const info = tf.backend_util.computePool3DInfo(volumes, filterSize, strides, 1, padding, dimRoundingMode);
  const { inDepth, outDepth, filterDepth, strideDepth, padInfo } = info;
  return poolOf(info, {
    length: inDepth,
    windows: outDepth,
    size: filterDepth,
    stride: strideDepth,
    padding: padInfo.front,
  });
}

function poolOf(info: Info, depth: Axis): Pool {
  const { inHeight, outHeight, filterHeight, strideHeight, inWidth, outWidth, filterWidth, strideWidth } = info;
  const { top, left } = info.padInfo;
  const height = { length: inHeight, windows: outHeight, size: filterHeight, stride: strideHeight, padding: top };
  const width = { length: inWidth, windows: outWidth, size: filterWidth, stride: strideWidth, padding: left };
  return { batch: info.batchSize, channels: info.inChannels, axes: [depth, height, width], outShape: info.outShape };
}

/** First and one past the last place of a window that lie on the input. */
function extent({ length, size, stride, padding }: Axis, index: number): [from: number, to: number] {
  const begin = index * stride - padding;
  return [Math.max(0, begin), Math.min(length, begin + size)];
}

/** What is done with a window: the numbers of its pixels, and its own number. */
type WindowBody = (pixels: readonly number[], window: number) => void;

/** Calls for each window, in order. */
export function forEachWindow({ batch, axes: [depth, height, width] }: Pool, body: WindowBody): void {
  const sample = depth.length * height.length * width.length;
  let window = 0;
  for (let b = 0; b < batch; b++) {
    for (let z = 0; z < depth.windows; z++) {
      for (let y = 0; y < height.windows; y++) {
        for (let x = 0; x < width.windows; x++) {
          const pixels: number[] = [];
          const [left, right] = extent(width, x);
          forEachRow([depth, height], [z, y], (row) => {
            const start = b * sample + row * width.length;
            for (let pixel = start + left; pixel < start + right; pixel++) pixels.push(pixel);
          });
          body(pixels, window++);
        }
      }
    }
  }
}

/** Calls with the number of each row of pixels that a window covers. */
function forEachRow([depth, height]: [Axis, Axis], [z, y]: [number, number], body: (row: number) => void): void {
  const [front, back] = extent(depth, z);
  const [top, bottom] = extent(height, y);
  for (let layer = front; layer < back; layer++) {
    for (let row = top; row < bottom; row++) body(layer * height.length + row);
  }
}
