/** ResNet50, built from plain layers with Keras' names. */
import { tf } from "../../engine/tf";
import { batchNormalization } from "../layers/batch-normalization";
import { IMAGE_MODEL_OPTIONS, apply, checkImageModel, finishImageModel, type ImageModelOptions } from "./image-model";
import { loadPretrained } from "./pretrained";
import "../initialization/seeded";

type Symbolic = tf.SymbolicTensor;

const OWNER = "resNet50";
/** Filters, blocks and first stride of the four stages (table 1 of the paper). */
const STAGES = [
  { name: "conv2", filters: 64, blocks: 3, stride: 1 },
  { name: "conv3", filters: 128, blocks: 4, stride: 2 },
  { name: "conv4", filters: 256, blocks: 6, stride: 2 },
  { name: "conv5", filters: 512, blocks: 3, stride: 2 },
];

/**
 * ResNet50 (He et al., "Deep Residual Learning for Image Recognition", 2015, arXiv:1512.03385) as
 * `keras.applications.ResNet50`, with its layer names.
 *
 * Input [batch, height, width, 3], pixels as `preprocessInput("resnet50")` gives them. Output, with top:
 * [batch, classes]; without: [batch, ⌈height / 32⌉, ⌈width / 32⌉, 2048], or pooled [batch, 2048].
 * @throws WeightsUnavailableError when weights are `"imagenet"` and are not available.
 * @example const base = await resNet50({ includeTop: false, pooling: "avg" });
 */
export async function resNet50(options: ImageModelOptions = {}): Promise<tf.LayersModel> {
  const checked = checkImageModel(OWNER, options, IMAGE_MODEL_OPTIONS);
  const input = tf.input({ shape: [...checked.inputShape] });
  const poolNames = { avg: "avg_pool", max: "max_pool" };
  const model = finishImageModel(input, features(input), checked, { name: "resnet50", poolNames });
  await loadPretrained(OWNER, model, checked.weights, () => [publishedFile(checked.includeTop)]);
  return model;
}

function features(input: Symbolic): Symbolic {
  let x = apply(tf.layers.zeroPadding2d({ padding: [3, 3], name: "conv1_pad" }), input);
  x = apply(tf.layers.conv2d({ filters: 64, kernelSize: 7, strides: 2, name: "conv1_conv" }), x);
  x = apply(relu("conv1_relu"), apply(normalization("conv1_bn"), x));
  x = apply(tf.layers.zeroPadding2d({ padding: [1, 1], name: "pool1_pad" }), x);
  x = apply(tf.layers.maxPooling2d({ poolSize: 3, strides: 2, name: "pool1_pool" }), x);
  for (const { name, filters, blocks, stride } of STAGES) {
    for (let block = 1; block <= blocks; block++) {
      x = bottleneck(x, filters, block === 1 ? stride : undefined, `${name}_block${block}`);
    }
  }
  return x;
}

/** 1×1, 3×3 and 1×1 convolutions beside a shortcut. @param stride the shortcut is a convolution of this stride; undefined: the input itself */
function bottleneck(input: Symbolic, filters: number, stride: number | undefined, name: string): Symbolic {
  const shortcut = stride
    ? convolved(input, `${name}_0`, { filters: 4 * filters, kernelSize: 1, strides: stride })
    : input;
  let x = convolved(input, `${name}_1`, { filters, kernelSize: 1, strides: stride ?? 1 });
  x = apply(relu(`${name}_1_relu`), x);
  x = convolved(x, `${name}_2`, { filters, kernelSize: 3, padding: "same" });
  x = apply(relu(`${name}_2_relu`), x);
  x = convolved(x, `${name}_3`, { filters: 4 * filters, kernelSize: 1 });
  return apply(relu(`${name}_out`), apply(tf.layers.add({ name: `${name}_add` }), [shortcut, x]));
}

type ConvolutionOptions = Omit<Parameters<typeof tf.layers.conv2d>[0], "name">;

function convolved(x: Symbolic, name: string, options: ConvolutionOptions): Symbolic {
  const convolution = tf.layers.conv2d({
    ...(options as Parameters<typeof tf.layers.conv2d>[0]),
    name: `${name}_conv`,
  });
  return apply(normalization(`${name}_bn`), apply(convolution, x));
}

function normalization(name: string): tf.layers.Layer {
  return batchNormalization({ epsilon: 1.001e-5, name });
}

function relu(name: string): tf.layers.Layer {
  return tf.layers.activation({ activation: "relu", name });
}

function publishedFile(top: boolean) {
  return {
    name: `resnet50_weights_tf_dim_ordering_tf_kernels${top ? "" : "_notop"}.h5`,
    folder: "resnet",
    md5: top ? "2cb95161c43110f7111970584f804107" : "4d473c1dd8becc155b73f8504c6f6626",
  };
}
