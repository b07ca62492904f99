/**
 * One training on data of a kind, in a process of its own, so that its peak of memory is its own. Prints one line of JSON.
 *
 *     node data-child.js flow <gigabytes>
 */
import { datasetFromGenerator, fit, sgd, tf, useEngine } from "dnn-lab";

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

async function main([kind, ...args]: readonly string[]): Promise<void> {
  await useEngine();
  const runs: Record<string, () => Promise<DataRun>> = { flow: () => flow(Number(args[0])) };
  process.stdout.write(`${JSON.stringify(await runs[kind]())}\n`);
}

void main(process.argv.slice(2));
