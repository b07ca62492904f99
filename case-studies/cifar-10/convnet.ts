/** (b) A small convolutional network, with one technique of the slides after the other. */
import {
  adam,
  convnet,
  type Dataset,
  evaluate,
  fit,
  oneCycleSchedule,
  randomCrop,
  randomFlip,
  setRandomSeed,
  tf,
} from "dnn-lab";
import { seed } from "./settings";
import type { Study } from "./study";

export interface ConvnetRun {
  readonly name: string;
  readonly history: readonly number[];
  readonly trainAccuracy: number;
  readonly validAccuracy: number;
  readonly testAccuracy: number;
  readonly seconds: number;
}

interface Variant {
  readonly name: string;
  readonly batchNormalization: boolean;
  readonly oneCycle: boolean;
  readonly augmentation: boolean;
  readonly dropout: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: "plain", batchNormalization: false, oneCycle: false, augmentation: false, dropout: false },
  { name: "batch normalization", batchNormalization: true, oneCycle: false, augmentation: false, dropout: false },
  { name: "… and 1cycle", batchNormalization: true, oneCycle: true, augmentation: false, dropout: false },
  { name: "… and flips and crops", batchNormalization: true, oneCycle: true, augmentation: true, dropout: false },
  { name: "… and dropout", batchNormalization: true, oneCycle: true, augmentation: true, dropout: true },
];

/** The variants, each of which adds to the one before. */
export function convnetSeries(study: Study): Promise<ConvnetRun[]> {
  return study.stage("convnet", study.settings.convnet, async () => {
    const rows: ConvnetRun[] = [];
    for (const variant of VARIANTS) {
      setRandomSeed(seed);
      rows.push(await run(study, variant));
      tf.disposeVariables();
    }
    return rows;
  });
}

async function run(study: Study, variant: Variant): Promise<ConvnetRun> {
  const { images, filters, epochs, batchSize, learningRate, dropout } = study.settings.convnet;
  const scaled = (data: Dataset) => data.rescale(1 / 255);
  const plain = scaled(study.parts.train.take(images));
  const lively = variant.augmentation ? plain.map(randomFlip(), randomCrop({ padding: 4, mode: "reflect" })) : plain;
  const train = lively.shuffle({ bufferSize: plain.size, seed }).batch(batchSize);
  const model = convnet({
    ...{ filters, batchNormalization: variant.batchNormalization },
    dropout: variant.dropout ? dropout : 0,
  });
  const totalSteps = epochs * train.stepsPerEpoch;
  const rate = variant.oneCycle ? oneCycleSchedule({ maxLearningRate: 2 * learningRate, totalSteps }) : learningRate;
  model.compile({
    optimizer: adam({ learningRate: rate }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const validationData = scaled(study.parts.valid).batch(250);
  const { history, seconds } = await fit(model, train, { epochs, validationData });
  const { accuracy } = await evaluate(model, scaled(study.parts.test).batch(250));
  const last = (name: string) => history[name].at(-1)!;
  return {
    name: variant.name,
    history: history.val_accuracy,
    trainAccuracy: last("accuracy"),
    validAccuracy: last("val_accuracy"),
    testAccuracy: accuracy,
    seconds,
  };
}
