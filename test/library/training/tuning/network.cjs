/** What searches of the tests train: a module that any process can load. */
const lab = require("dnn-lab");

const { tf } = lab;
const [SAMPLES, WIDTH, CLASSES] = [200, 8, 3];

function samples(seed) {
  const random = new lab.RandomStream(seed);
  const features = Float32Array.from({ length: SAMPLES * WIDTH }, () => random.normal());
  const labels = Uint8Array.from({ length: SAMPLES }, (_, i) => (features[i * WIDTH] > 0 ? 1 : 0) + random.integer(2));
  return lab.datasetFromArrays({ features, shape: [WIDTH], labels });
}

const parts = { train: samples(1).shuffle({ bufferSize: 50, seed: 3 }).batch(16), validation: samples(2).batch(50) };

exports.data = () => parts;

exports.build = ({ units, learningRate }, { epochs }) => {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units, activation: "relu", inputShape: [WIDTH] }));
  model.add(lab.dropout({ rate: 0.1 }));
  model.add(tf.layers.dense({ units: CLASSES, activation: "softmax" }));
  const schedule = lab.exponentialSchedule({ initialLearningRate: learningRate, decaySteps: 13 * epochs });
  model.compile({
    optimizer: lab.nadam({ learningRate: schedule }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
};

/** Fails where there are many units. */
exports.frail = (settings, trial) => {
  if (settings.units > 9) throw new Error("too many units");
  return exports.build(settings, trial);
};

/** Its process ends at once. */
exports.deadly = () => process.kill(process.pid, "SIGKILL");
