/** The pretrained network that the transfer stages build on, and the task that it leaves to them. */
import {
  addOnTop,
  type Dataset,
  dropout,
  mobileNetV2,
  onlyClasses,
  preprocessInput,
  randomCrop,
  randomFlip,
  resize,
  selfPretrainedBase,
  tf,
  WeightsUnavailableError,
} from "dnn-lab";
import { seed } from "./settings";
import { firstOf, type Parts, type Study } from "./study";

export interface TransferTask {
  readonly kind: "MobileNetV2" | "own base";
  /** What the base is, in words. */
  readonly base: string;
  readonly parts: Parts;
  readonly classNames: readonly string[];
  /** Input sizes that the base can take. */
  readonly sizes: readonly number[];
  readonly size: number;
  /** How many of its top blocks are unfrozen, step by step. */
  readonly blocks: readonly number[];
  /** Images as the base wants them. */
  prepared(data: Dataset, size: number): Dataset;
  /** The same with a random flip and crop in each training step. */
  augmented(data: Dataset, size: number, padding: number): Dataset;
  /** The base without a top: images → `[batch, features]`. */
  build(size: number): Promise<tf.LayersModel>;
}

/** A softmax layer on a base, with dropout before it if wanted. */
export function withHead(base: tf.LayersModel, { classNames }: TransferTask, rate = 0): tf.LayersModel {
  const softmax = tf.layers.dense({ units: classNames.length, activation: "softmax", name: "predictions" });
  return addOnTop(base, rate > 0 ? [dropout({ rate }), softmax] : [softmax]);
}

/** MobileNetV2 0.35 with ImageNet's weights and all ten classes; without the weights a base of our own for four of them. */
export async function transferTask(study: Study): Promise<TransferTask> {
  const { sizes, size, steps } = study.settings.transfer;
  try {
    await mobileNet(32);
    return imageNetTask(study.parts, { sizes, size, blocks: steps.blocks });
  } catch (error) {
    if (!(error instanceof WeightsUnavailableError)) throw error;
    return selfPretrainedTask(study);
  } finally {
    tf.disposeVariables();
  }
}

const mobileNet = (size: number) =>
  mobileNetV2({ alpha: 0.35, inputShape: [size, size, 3], includeTop: false, pooling: "avg" });

function imageNetTask(parts: Parts, own: Pick<TransferTask, "sizes" | "size" | "blocks">): TransferTask {
  const normalize = preprocessInput("mobilenet_v2");
  return {
    kind: "MobileNetV2",
    base: "MobileNetV2 0.35, pretrained on ImageNet",
    ...{ ...own, parts, classNames: parts.train.info.classNames, build: mobileNet },
    prepared: (data, side) => data.map(resize(side), normalize),
    augmented: (data, side, padding) =>
      data.map(randomFlip(), randomCrop({ padding, mode: "reflect" }), resize(side), normalize),
  };
}

/** The last four classes; the base learns from the first six. */
const TARGET_CLASSES = [6, 7, 8, 9];

function selfPretrainedTask({ parts: { train, valid, test }, pool, settings }: Study): TransferTask {
  const { images, epochs } = settings.transfer.ownBase;
  const scaled = (data: Dataset) => data.rescale(1 / 255);
  const parts = {
    train: onlyClasses(train, TARGET_CLASSES),
    valid: onlyClasses(valid, TARGET_CLASSES),
    test: onlyClasses(test, TARGET_CLASSES),
  };
  return {
    kind: "own base",
    base: "a convnet that was pretrained here on the other six classes, as ImageNet's weights are not at hand",
    ...{ parts, sizes: [32], size: 32, blocks: [1], classNames: parts.train.info.classNames },
    prepared: scaled,
    augmented: (data, _side, padding) => scaled(data).map(randomFlip(), randomCrop({ padding, mode: "reflect" })),
    build: () => selfPretrainedBase(scaled(firstOf(pool, images)), { targetClasses: TARGET_CLASSES, epochs, seed }),
  };
}
