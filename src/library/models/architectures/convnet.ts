/** A small convolutional network, for images of some ten thousand pixels at most. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { batchNormalization } from "../layers/batch-normalization";
import { dropout as dropoutLayer } from "../layers/dropout";

/** Options of {@link convnet}. */
export interface ConvnetOptions {
  /** `[height, width, channels]`; default [32, 32, 3]. */
  inputShape?: readonly [number, number, number];
  /** Number of classes, units of the softmax layer; default 10. */
  classes?: number;
  /** Filters of the convolutions in each block; default [32, 64, 128]. A block halves height and width. */
  filters?: readonly number[];
  /** 3×3 convolutions in a block; default 1. */
  convolutionsPerBlock?: number;
  /** Batch normalization between each convolution and its activation (default true). */
  batchNormalization?: boolean;
  /** Rate of dropout after each block and before the softmax layer; default 0 (none). */
  dropout?: number;
  /** Activation of every convolution (default `relu`). */
  activation?: "relu" | "elu" | "selu";
  /** What comes after the last block: `"flatten"`, or `"average"` (default) for one number a filter. */
  head?: "flatten" | "average";
  /** Name of the model (default: TensorFlow.js chooses one). */
  name?: string;
}

const OWNER = "convnet";
const OPTIONS: OptionNames<ConvnetOptions> = {
  inputShape: true,
  classes: true,
  filters: true,
  convolutionsPerBlock: true,
  batchNormalization: true,
  dropout: true,
  activation: true,
  head: true,
  name: true,
};
const INITIALIZERS = { relu: "heNormal", elu: "heNormal", selu: "leCunNormal" } as const;

/**
 * Blocks of 3×3 convolutions and 2×2 max pooling, then a softmax layer: [batch, height, width, channels] →
 * [batch, classes]. Layers are named `block1_conv1`, `block1_bn1` …, so that `unfreezeTop` can count blocks.
 *
 * @throws RangeError when the image is too small to be halved once a block.
 * @example const model = convnet({ filters: [32, 64, 128], convolutionsPerBlock: 2, dropout: 0.2 });
 */
export function convnet(options: ConvnetOptions = {}): tf.Sequential {
  const checked = checkConvnet(options);
  const { inputShape, classes, filters, head, dropout, name } = checked;
  const blocks = filters.flatMap((_, index) => block(index + 1, checked));
  const top = [head === "flatten" ? tf.layers.flatten({ name: "flatten" }) : pooling()];
  if (dropout > 0) top.push(dropoutLayer({ rate: dropout, name: "top_dropout" }));
  top.push(tf.layers.dense({ units: classes, activation: "softmax", name: "predictions" }));
  const input = tf.layers.inputLayer({ inputShape: [...inputShape] });
  return tf.sequential({ layers: [input, ...blocks, ...top], name });
}

type Checked = Required<Omit<ConvnetOptions, "name">> & { name: string | undefined };

function block(number: number, options: Checked): tf.layers.Layer[] {
  const { filters, convolutionsPerBlock, activation, dropout } = options;
  const prefix = `block${number}_`;
  const layers: tf.layers.Layer[] = [];
  for (let i = 1; i <= convolutionsPerBlock; i++) {
    layers.push(
      tf.layers.conv2d({
        filters: filters[number - 1],
        kernelSize: 3,
        padding: "same",
        kernelInitializer: INITIALIZERS[activation],
        useBias: !options.batchNormalization,
        name: `${prefix}conv${i}`,
      }),
    );
    if (options.batchNormalization) layers.push(batchNormalization({ name: `${prefix}bn${i}` }));
    layers.push(tf.layers.activation({ activation, name: `${prefix}${activation}${i}` }));
  }
  layers.push(tf.layers.maxPooling2d({ poolSize: 2, name: `${prefix}pool` }));
  if (dropout > 0) layers.push(dropoutLayer({ rate: dropout, name: `${prefix}dropout` }));
  return layers;
}

function pooling(): tf.layers.Layer {
  return tf.layers.globalAveragePooling2d({ name: "avg_pool" });
}

function checkConvnet(options: ConvnetOptions): Checked {
  checkOptions(OWNER, options, OPTIONS);
  const { inputShape = [32, 32, 3], classes = 10, filters = [32, 64, 128], convolutionsPerBlock = 1 } = options;
  const { batchNormalization = true, dropout = 0, activation = "relu", head = "average", name } = options;
  if (!Array.isArray(inputShape) || inputShape.length !== 3) {
    throw new TypeError(`${OWNER}: inputShape must be [height, width, channels], received ${show(inputShape)}.`);
  }
  if (!Array.isArray(filters) || filters.length === 0) {
    throw new TypeError(`${OWNER}: filters must be an array with one number a block, received ${show(filters)}.`);
  }
  inputShape.forEach((size) => checkNumber(OWNER, "a size in inputShape", size, { integer: true, min: 1 }));
  filters.forEach((count: number) => checkNumber(OWNER, "a number in filters", count, { integer: true, min: 1 }));
  checkNumber(OWNER, "classes", classes, { integer: true, min: 1 });
  checkNumber(OWNER, "convolutionsPerBlock", convolutionsPerBlock, { integer: true, min: 1 });
  checkBoolean(OWNER, "batchNormalization", batchNormalization);
  checkNumber(OWNER, "dropout", dropout, { min: 0, below: 1 });
  checkOneOf(OWNER, "activation", activation, ["relu", "elu", "selu"]);
  checkOneOf(OWNER, "head", head, ["flatten", "average"]);
  const least = 2 ** filters.length;
  if (Math.min(inputShape[0], inputShape[1]) < least) {
    throw new RangeError(
      `${OWNER}: ${filters.length} blocks halve an image as often, which takes at least ${least} pixels each way; ` +
        `inputShape is [${inputShape.join(", ")}]. Use fewer blocks.`,
    );
  }
  const shape = inputShape as readonly [number, number, number];
  return {
    ...{
      inputShape: shape,
      classes,
      filters,
      convolutionsPerBlock,
      batchNormalization,
      dropout,
      activation,
      head,
      name,
    },
  };
}
