/** Gradients of operations that TensorFlow.js (4.22) computes forwards only. */
import * as tf from "@tensorflow/tfjs";

type Gradients = Record<string, () => tf.Tensor>;

/** Registers them, where there are none. */
export function addMissingGradients(): void {
  add({ kernelName: "Einsum", saveAllInputs: true, gradFunc: einsum as tf.GradFunc });
  add({ kernelName: "TopK", inputsToSave: ["x"], outputsToSave: [false, true], gradFunc: topK as tf.GradFunc });
  add({ kernelName: "StridedSlice", inputsToSave: ["x"], gradFunc: stridedSlice as tf.GradFunc });
  add({ kernelName: "GatherNd", inputsToSave: ["params", "indices"], gradFunc: gatherNd as tf.GradFunc });
  add({ kernelName: "ScatterNd", inputsToSave: ["indices"], gradFunc: scatterNd as tf.GradFunc });
  add({ kernelName: "DepthToSpace", gradFunc: depthToSpace as tf.GradFunc });
  add({
    kernelName: "Conv3DBackpropInputV2",
    inputsToSave: ["dy", "filter"],
    gradFunc: conv3dTranspose as unknown as tf.GradFunc,
  });
}

function add(config: tf.GradConfig): void {
  if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}

/** For each factor the product of the error with the other factor, as another Einstein sum. */
function einsum(dy: tf.Tensor, factors: tf.Tensor[], { equation }: { equation: string }): Gradients {
  const [left, output] = equation.replace(/\s/g, "").split("->");
  const terms = left.split(",");
  return Object.fromEntries(
    terms.map((term, i) => {
      const others = terms.filter((_, k) => k !== i);
      const known = [...term].filter((axis) => [output, ...others].some((one) => one.includes(axis))).join("");
      const other = factors.filter((_, k) => k !== i);
      const gradient = () => tf.einsum(`${[output, ...others].join(",")}->${known}`, dy, ...other);
      return [String(i), () => spreadOver(term, known, gradient(), factors[i].shape)];
    }),
  );
}

/** Axes that the sum ran over alone get the same number everywhere. */
function spreadOver(term: string, known: string, gradient: tf.Tensor, shape: number[]): tf.Tensor {
  if (term === known) return gradient;
  const sizes = [...term].map((axis, i) => (known.includes(axis) ? shape[i] : 1));
  return tf.broadcastTo(tf.reshape(gradient, sizes), shape);
}

function topK([dy]: tf.Tensor[], [x, indices]: tf.Tensor[]): Gradients {
  const size = x.shape[x.rank - 1];
  const places = () => tf.oneHot(tf.cast(indices, "int32"), size);
  return { x: () => tf.sum(tf.mul(tf.expandDims(dy, -1), tf.cast(places(), "float32")), -2) };
}

/** The same slice of the elements' numbers tells where each error belongs. */
function stridedSlice(dy: tf.Tensor, [x]: tf.Tensor[], attributes: object): Gradients {
  return {
    x: () => {
      const numbers = tf.reshape(tf.range(0, x.size, 1, "int32"), x.shape);
      const places = tf.engine().runKernel("StridedSlice", { x: numbers }, attributes as never) as tf.Tensor;
      const sums = tf.unsortedSegmentSum(tf.reshape(dy, [-1]), tf.reshape(places, [-1]) as tf.Tensor1D, x.size);
      return tf.reshape(sums, x.shape);
    },
  };
}

function gatherNd(dy: tf.Tensor, [params, indices]: tf.Tensor[]): Gradients {
  return { params: () => tf.scatterND(indices, dy, params.shape as [number]) };
}

function scatterNd(dy: tf.Tensor, [indices]: tf.Tensor[]): Gradients {
  return { updates: () => tf.gatherND(dy, indices) };
}

function depthToSpace(
  dy: tf.Tensor,
  _: tf.Tensor[],
  { blockSize, dataFormat }: { blockSize: number; dataFormat: "NHWC" | "NCHW" },
): Gradients {
  return {
    x: () => {
      const last = dataFormat === "NCHW" ? tf.transpose(dy, [0, 2, 3, 1]) : dy;
      const [batch, height, width, depth] = last.shape;
      const [rows, columns] = [height / blockSize, width / blockSize];
      const blocks = tf.reshape(last, [batch, rows, blockSize, columns, blockSize, depth]);
      const x = tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, depth * blockSize ** 2]);
      return dataFormat === "NCHW" ? tf.transpose(x, [0, 3, 1, 2]) : x;
    },
  };
}

interface Conv3dTranspose {
  readonly strides: number | [number, number, number];
  readonly pad: "same" | "valid";
}

/** A transposed convolution is the gradient of a convolution; its own gradients are that convolution and its filter's. */
function conv3dTranspose(ddx: tf.Tensor5D, [dy, filter]: tf.Tensor[], { strides, pad }: Conv3dTranspose): Gradients {
  return {
    dy: () => tf.conv3d(ddx, filter as tf.Tensor5D, strides, pad),
    filter: () =>
      tf.engine().runKernel("Conv3DBackpropFilterV2", { x: ddx, dy }, {
        ...{ strides, pad, filterShape: filter.shape },
      } as never) as tf.Tensor,
  };
}
