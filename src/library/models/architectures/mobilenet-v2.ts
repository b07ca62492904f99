/** MobileNetV2, built from plain layers with Keras' names. */
import { checkNumber } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { batchNormalization } from "../layers/batch-normalization";
import { IMAGE_MODEL_OPTIONS, apply, checkImageModel, finishImageModel, type ImageModelOptions } from "./image-model";
import { loadPretrained } from "./pretrained";
import { relu6 } from "../layers/relu6";
import "../initialization/seeded";

/** Options of {@link mobileNetV2}. */
export interface MobileNetV2Options extends ImageModelOptions {
  /** Width: the number of filters of each layer is multiplied by it (default 1). Published: 0.35, 0.5, 0.75, 1, 1.3, 1.4. */
  alpha?: number;
}

type Symbolic = tf.SymbolicTensor;

interface Block {
  readonly filters: number;
  readonly stride: 1 | 2;
}

const OWNER = "mobileNetV2";
const PUBLISHED_ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4];
const PUBLISHED_SIZES = [96, 128, 160, 192, 224];
/** Features of the first block, which expands nothing, are as many as its input has; all others have six times as many. */
const EXPANSION = 6;

/** Filters and strides of the seventeen inverted residual blocks (table 2 of the paper). */
const BLOCKS: readonly Block[] = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 3, 2],
  [64, 4, 2],
  [96, 3, 1],
  [160, 3, 2],
  [320, 1, 1],
].flatMap(([filters, repeats, stride]) =>
  Array.from({ length: repeats }, (_, i) => ({ filters, stride: (i === 0 ? stride : 1) as 1 | 2 })),
);

/**
 * MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, arXiv:1801.04381) as
 * `keras.applications.MobileNetV2`: its layer names, its padding, its batch normalization (momentum 0.999, ε 1e-3).
 *
 * Input [batch, height, width, 3], pixels from −1 to 1 (`preprocessInput("mobilenet_v2")`). Output, with top: [batch, classes];
 * without: [batch, ⌈height / 32⌉, ⌈width / 32⌉, 1280 (more for alpha above 1)], or pooled [batch, 1280].
 * @throws WeightsUnavailableError when weights are `"imagenet"` and are not available.
 * @example const base = await mobileNetV2({ alpha: 0.35, inputShape: [96, 96, 3], includeTop: false, pooling: "avg" });
 */
export async function mobileNetV2(options: MobileNetV2Options = {}): Promise<tf.LayersModel> {
  const { alpha = 1 } = options;
  const checked = checkImageModel(OWNER, options, { alpha: true, ...IMAGE_MODEL_OPTIONS });
  checkNumber(OWNER, "alpha", alpha, { above: 0 });
  const [height, width] = checked.inputShape;
  // Keras looks for weights by the size; they differ for published sizes.
  const size = height === width && PUBLISHED_SIZES.includes(height as number) ? (height as number) : 224;
  if (checked.weights === "imagenet") checkPublished(alpha);
  const input = tf.input({ shape: [...checked.inputShape] });
  const model = finishImageModel(input, features(input, alpha), checked, {
    name: `mobilenetv2_${alpha.toFixed(2)}_${checked.weights === "imagenet" ? size : (height ?? "None")}`,
  });
  await loadPretrained(OWNER, model, checked.weights, () => publishedFiles(alpha, size, checked.includeTop));
  return model;
}

function features(input: Symbolic, alpha: number): Symbolic {
  const first = tf.layers.conv2d({
    filters: divisible(32 * alpha),
    kernelSize: 3,
    strides: 2,
    padding: "same",
    useBias: false,
    name: "Conv1",
  });
  let x = activated(apply(first, input), "bn_Conv1", "Conv1_relu");
  BLOCKS.forEach((block, index) => (x = invertedResidual(x, block, alpha, index)));
  const last = pointwise(alpha > 1 ? divisible(1280 * alpha) : 1280, "Conv_1", "valid");
  return activated(apply(last, x), "Conv_1_bn", "out_relu");
}

/** Expands by 1×1, convolves each feature by 3×3, projects by 1×1 without activation; adds its input where that fits. */
function invertedResidual(input: Symbolic, { filters, stride }: Block, alpha: number, index: number): Symbolic {
  const prefix = index === 0 ? "expanded_conv_" : `block_${index}_`;
  const inputs = input.shape[3] as number;
  const outputs = divisible(Math.trunc(filters * alpha));
  let x = input;
  if (index > 0) {
    x = apply(pointwise(EXPANSION * inputs, `${prefix}expand`), x);
    x = activated(x, `${prefix}expand_BN`, `${prefix}expand_relu`);
  }
  if (stride === 2) x = apply(tf.layers.zeroPadding2d({ padding: halvingPadding(x), name: `${prefix}pad` }), x);
  x = apply(depthwise(stride, `${prefix}depthwise`), x);
  x = activated(x, `${prefix}depthwise_BN`, `${prefix}depthwise_relu`);
  x = apply(pointwise(outputs, `${prefix}project`), x);
  x = apply(normalization(`${prefix}project_BN`), x);
  return stride === 1 && inputs === outputs ? apply(tf.layers.add({ name: `${prefix}add` }), [input, x]) : x;
}

function pointwise(filters: number, name: string, padding: "same" | "valid" = "same"): tf.layers.Layer {
  return tf.layers.conv2d({ filters, kernelSize: 1, padding, useBias: false, name });
}

function depthwise(strides: 1 | 2, name: string): tf.layers.Layer {
  const padding = strides === 1 ? "same" : "valid";
  return tf.layers.depthwiseConv2d({ kernelSize: 3, strides, padding, useBias: false, name });
}

function normalization(name: string): tf.layers.Layer {
  return batchNormalization({ momentum: 0.999, epsilon: 1e-3, name });
}

function activated(x: Symbolic, normalizationName: string, reluName: string): Symbolic {
  return apply(relu6({ name: reluName }), apply(normalization(normalizationName), x));
}

/** Zeros around an image for a 3×3 convolution of stride 2, as Keras' `correct_pad`: one less before an even side. */
function halvingPadding({ shape }: Symbolic): [[number, number], [number, number]] {
  const before = (size: number | null) => (size === null || size % 2 === 0 ? 0 : 1);
  // For Keras both sides are open when the height is.
  const width = shape[1] === null ? null : shape[2];
  return [
    [before(shape[1]), 1],
    [before(width), 1],
  ];
}

/** The multiple of 8 nearest to the value, but not below 90 % of it. */
function divisible(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}

function checkPublished(alpha: number): void {
  if (PUBLISHED_ALPHAS.includes(alpha)) return;
  throw new RangeError(
    `${OWNER}: there are ImageNet weights for alpha ${PUBLISHED_ALPHAS.join(", ")}, received ${alpha}. ` +
      "Use one of these, or weights: null.",
  );
}

const MD5: Readonly<Record<string, string>> = { "0.35_224_no_top": "0b3dc67fbf247ac00411a5e536e30bc9" };

/** Files with the weights, the best first: trained at this size, else at 224. The weights fit every size. */
function publishedFiles(alpha: number, size: number, top: boolean) {
  const sizes = [...new Set([size, 224])];
  return sizes.map((each) => {
    const kind = `${Number.isInteger(alpha) ? alpha.toFixed(1) : alpha}_${each}${top ? "" : "_no_top"}`;
    const name = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${kind}.h5`;
    return { name, folder: "mobilenet_v2", md5: MD5[kind] };
  });
}
