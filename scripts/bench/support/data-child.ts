/**
 * One training on data of a kind, in a process of its own, so that its peak of memory is its own. Prints one line of JSON.
 *
 *     node data-child.js flow <gigabytes>
 *     node data-child.js csv <file>
 *     node data-child.js pictures <folder> <size> <cache folder or "">
 */
import {
  adam,
  csvDataset,
  datasetFromGenerator,
  fit,
  imageFolderStream,
  mobileNetV2,
  preprocessInput,
  sgd,
  tf,
  useEngine,
} from "dnn-lab";

/** What a training took. */
export interface DataRun {
  readonly seconds: number;
  /** Samples that passed in these. */
  readonly samples: number;
  /** Peak of the process, in MB. */
  readonly memoryMB: number;
}

const peakMB = (): number => process.resourceUsage().maxRSS / 1024;

/** Samples of 64 KB; none is kept. */
const WIDTH = 16_384;
const BATCH = 32;

async function flow(gigabytes: number): Promise<DataRun> {
  const samples = Math.floor((gigabytes * 1e9) / (4 * WIDTH * BATCH)) * BATCH;
  const row = new Float32Array(WIDTH);
  const stream = datasetFromGenerator({
    *generator() {
      for (let i = 0; i < samples; i++) yield [row.fill((i % 7) / 7), i % 2];
    },
    ...{ shape: [WIDTH], size: samples },
  });
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 2, activation: "softmax", inputShape: [WIDTH] }));
  model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
  const started = performance.now();
  await fit(model, stream.batch(BATCH), { verbose: 0 });
  return { seconds: (performance.now() - started) / 1000, samples, memoryMB: peakMB() };
}

/** A table with the label `y`, to a trained model. */
async function csv(file: string): Promise<DataRun> {
  const started = performance.now();
  const table = await csvDataset(file, { label: "y", validationSplit: 0.1, seed: 1 });
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 32, activation: "relu", inputShape: [table.featureNames.length] }));
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: adam(), loss: "mse" });
  await fit(model, table.train.batch(1024), { verbose: 0, validationData: table.validation!.batch(1024) });
  const samples = table.train.size + table.validation!.size;
  return { seconds: (performance.now() - started) / 1000, samples, memoryMB: peakMB() };
}

/** A folder of JPEGs through an epoch of MobileNetV2 0.35; the first steps are not counted. */
async function pictures(folder: string, size: number, cache: string): Promise<DataRun> {
  const { train, classNames } = imageFolderStream(folder, { size, seed: 1, ...(cache && { cache }) });
  const model = await mobileNetV2({
    inputShape: [size, size, 3],
    alpha: 0.35,
    weights: null,
    classes: classNames.length,
  });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  const data = train.map(preprocessInput("mobilenet_v2")).batch(BATCH, { dropRemainder: true });
  await fit(model, data, { verbose: 0, stepsPerEpoch: 3, compile: "lowered" });
  const started = performance.now();
  const history = await fit(model, data, { verbose: 0, compile: "lowered" });
  const samples = history.params.steps * BATCH;
  return { seconds: (performance.now() - started) / 1000, samples, memoryMB: peakMB() };
}

async function main([kind, ...args]: readonly string[]): Promise<void> {
  await useEngine();
  const runs: Record<string, () => Promise<DataRun>> = {
    flow: () => flow(Number(args[0])),
    csv: () => csv(args[0]),
    pictures: () => pictures(args[0], Number(args[1]), args[2]),
  };
  process.stdout.write(`${JSON.stringify(await runs[kind]())}\n`);
}

void main(process.argv.slice(2));
