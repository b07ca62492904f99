/** Gradients of a 3-D convolution; the backend's own are wrong. Loops: volumes are small here. */
import * as tf from "@tensorflow/tfjs";
import { type Kernel, replaceKernel, valuesOf, zeroTensor } from "./wasm-kernel";

type Shape5D = [number, number, number, number, number];
type Info = tf.backend_util.Conv3DInfo;

interface Attributes {
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same";
}

type InputInputs = { readonly dy: tf.Tensor5D; readonly filter: tf.Tensor5D };
type InputAttributes = Attributes & { readonly inputShape: Shape5D };
type FilterInputs = { readonly x: tf.Tensor5D; readonly dy: tf.Tensor5D };
type FilterAttributes = Attributes & { readonly filterShape: Shape5D };

export function registerConv3dGradients(): void {
  replaceKernel<InputInputs, InputAttributes>("Conv3DBackpropInputV2", () => inputGradient);
  replaceKernel<FilterInputs, FilterAttributes>("Conv3DBackpropFilterV2", () => filterGradient);
}

/** Adds each error, times the filter, to the voxels that it was computed from. */
const inputGradient: Kernel<InputInputs, InputAttributes> = ({ inputs: { dy, filter }, attrs }) => {
  const info = tf.backend_util.computeConv3DInfo(attrs.inputShape, filter.shape, attrs.strides, 1, attrs.pad);
  const result = zeroTensor(attrs.inputShape);
  const [errors, weights, dx] = [valuesOf(dy), valuesOf(filter), valuesOf(result)];
  const { inChannels, outChannels } = info;
  forEachConnection(info, (voxel, output, place) => {
    for (let c = 0; c < inChannels; c++) {
      const weight = (place * inChannels + c) * outChannels;
      let sum = 0;
      for (let o = 0; o < outChannels; o++) sum += errors[output * outChannels + o] * weights[weight + o];
      dx[voxel * inChannels + c] += sum;
    }
  });
  return result;
};

/** Adds each error, times the voxels that it was computed from, to the filter. */
const filterGradient: Kernel<FilterInputs, FilterAttributes> = ({ inputs: { x, dy }, attrs }) => {
  const info = tf.backend_util.computeConv3DInfo(x.shape, attrs.filterShape, attrs.strides, 1, attrs.pad);
  const result = zeroTensor(attrs.filterShape);
  const [voxels, errors, sums] = [valuesOf(x), valuesOf(dy), valuesOf(result)];
  const { inChannels, outChannels } = info;
  forEachConnection(info, (voxel, output, place) => {
    for (let c = 0; c < inChannels; c++) {
      const value = voxels[voxel * inChannels + c];
      const weight = (place * inChannels + c) * outChannels;
      for (let o = 0; o < outChannels; o++) sums[weight + o] += value * errors[output * outChannels + o];
    }
  });
  return result;
};

/** Calls for each pair of an output and a voxel that it was computed from, with the place in the filter between them. */
function forEachConnection(info: Info, body: (voxel: number, output: number, place: number) => void): void {
  const { front, top, left } = info.padInfo;
  const { inDepth, inHeight, inWidth, filterDepth, filterHeight, filterWidth } = info;
  forEachIndex([info.batchSize, info.outDepth, info.outHeight, info.outWidth], ([b, z, y, x], output) => {
    forEachIndex([filterDepth, filterHeight, filterWidth], ([k, i, j], place) => {
      const layer = z * info.strideDepth + k - front;
      const row = y * info.strideHeight + i - top;
      const column = x * info.strideWidth + j - left;
      if (layer < 0 || layer >= inDepth || row < 0 || row >= inHeight || column < 0 || column >= inWidth) return;
      body(((b * inDepth + layer) * inHeight + row) * inWidth + column, output, place);
    });
  });
}

/** Calls with every index of an array of this shape, in order, and its number. */
function forEachIndex(shape: readonly number[], body: (index: readonly number[], number: number) => void): void {
  const index = shape.map(() => 0);
  const count = tf.util.sizeFromShape([...shape]);
  for (let number = 0; number < count; number++) {
    body(index, number);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
}
