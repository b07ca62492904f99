/** What the benchmark of searches trains: dense networks on a part of Fashion-MNIST, as the slides do. */
import { fashionMnist, sgd, tf } from "dnn-lab";

const images = Number(process.env.TUNE_BENCH_IMAGES ?? 10_000);
const [train, valid] = await fashionMnist.load({ split: [`train[:${images}]`, "train[70%:75%]"] });
const parts = {
  train: train
    .rescale(1 / 255)
    .shuffle({ bufferSize: images, seed: 1 })
    .batch(32),
  validation: valid.rescale(1 / 255).batch(100),
};

export const data = () => parts;

export function build({ layers, units, learningRate, activation }) {
  const model = tf.sequential();
  model.add(tf.layers.flatten({ inputShape: [28, 28] }));
  for (let i = 0; i < layers; i++) model.add(tf.layers.dense({ units, activation }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
  model.compile({ optimizer: sgd({ learningRate }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}
