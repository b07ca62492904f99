/**
 * A process that trains: `node train-child.cjs <results> [<checkpoints>]`. With a folder for checkpoints it may be killed
 * and started again. Prints a line when it begins to train; ends by writing weights and history into `results`.
 */
const { mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const lab = require("dnn-lab");

const [results, checkpoints] = process.argv.slice(2);
const [SAMPLES, WIDTH, CLASSES] = [330, 20, 4];

function samples(seed) {
  const random = new lab.RandomStream(seed);
  const features = Float32Array.from({ length: SAMPLES * WIDTH }, () => random.normal());
  const labels = Uint8Array.from({ length: SAMPLES }, (_, i) => (features[i * WIDTH] > 0 ? 2 : 0) + random.integer(2));
  return lab.datasetFromArrays({ features, shape: [WIDTH], labels });
}

function network() {
  const { tf } = lab;
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 64, activation: "relu", inputShape: [WIDTH] }));
  model.add(lab.batchNormalization());
  model.add(lab.dropout({ rate: 0.2 }));
  model.add(tf.layers.dense({ units: CLASSES, activation: "softmax" }));
  model.compile({
    optimizer: lab.nadam({ learningRate: 0.002 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

async function main() {
  mkdirSync(results, { recursive: true });
  lab.setRandomSeed(42);
  const model = network();
  const history = await lab.fit(model, samples(1).shuffle({ bufferSize: 100 }).batch(16), {
    epochs: 40,
    validationData: samples(2).batch(64),
    verbose: 0,
    callbacks: [
      lab.earlyStopping({ patience: 35, restoreBestWeights: true }),
      lab.reduceLROnPlateau({ patience: 4, factor: 0.7 }),
      lab.csvLogger({ filename: join(results, "log.csv") }),
      lab.lambdaCallback({
        onTrainBegin: () => console.log("training"),
        // So that it lasts long enough to be killed many times on any machine.
        onEpochEnd: () => sleep(25),
      }),
    ],
    ...(checkpoints && { resume: { folder: checkpoints, everySteps: 4 } }),
  });
  const weights = model.getWeights().map((weight) => Buffer.from(weight.dataSync().slice().buffer));
  writeFileSync(join(results, "weights.bin"), Buffer.concat(weights));
  writeFileSync(join(results, "history.json"), JSON.stringify({ ...history, seconds: undefined }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
