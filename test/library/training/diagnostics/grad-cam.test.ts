/** `gradCam` against Keras' tape (make_grad_cam.py), and by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gradCam, gradCamFigure, tf } from "../../../../src/library/index";

interface Case {
  readonly layer: string;
  readonly classIndex: number;
  readonly score: number;
  readonly heatmap: number[][];
}

const expected = JSON.parse(readFileSync(join(__dirname, "../../../expected/training/grad_cam.json"), "utf8")) as {
  readonly weights: number[][];
  readonly image: number[][][];
  readonly named: number;
  readonly cases: readonly Case[];
};

/** The network of make_grad_cam.py; its convolutions in a model of their own when `nested`. */
function network({ nested = false, softmaxLayer = false } = {}): tf.LayersModel {
  const convolutions = [
    tf.layers.conv2d({ filters: 3, kernelSize: 3, activation: "relu", name: "first", inputShape: [8, 6, 2] }),
    tf.layers.conv2d({ filters: 4, kernelSize: 2, activation: "relu", name: "second" }),
  ];
  const head = tf.layers.dense({ units: 3, name: "scores", activation: softmaxLayer ? "linear" : "softmax" });
  const model = tf.sequential({
    layers: [
      ...(nested ? [tf.sequential({ layers: convolutions })] : convolutions),
      tf.layers.flatten(),
      head,
      ...(softmaxLayer ? [tf.layers.softmax()] : []),
    ],
  });
  model.setWeights(model.weights.map(({ shape }, i) => tf.tensor(expected.weights[i], shape as number[])));
  return model;
}

it.each([
  ["one model", {}],
  ["a model within a model", { nested: true }],
  ["a layer Softmax at the end", { softmaxLayer: true }],
])("gives Keras' heatmaps and scores: %s", async (_, form) => {
  const model = network(form);
  const before = (model.predict(tf.tensor([expected.image])) as tf.Tensor).arraySync();
  for (const { layer, classIndex, score, heatmap } of expected.cases) {
    const found = await gradCam(model, expected.image, { layer, classIndex });
    expect(found).toMatchObject({ layer, classIndex });
    expect(found.score).toBeCloseTo(score, 5);
    expect(found.heatmap.map((row) => row.length)).toEqual(heatmap.map((row) => row.length));
    heatmap.flat().forEach((value, i) => expect(found.heatmap.flat()[i]).toBeCloseTo(value, 5));
  }
  // The model is as it was, its softmax included.
  expect((model.predict(tf.tensor([expected.image])) as tf.Tensor).arraySync()).toEqual(before);
});

it("takes the last layer with maps and the class that the model names", async () => {
  const model = network();
  const image = tf.tensor(expected.image);
  const tensors = tf.memory().numTensors;
  const found = await gradCam(model, image);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(found).toMatchObject({ layer: "second", classIndex: expected.named });
  expect(await gradCam(model, tf.expandDims(image, 0))).toEqual(found);
});

it("asks one sigmoid for class 1, and for class 0 the other way round", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [2, 2, 1], useBias: false, name: "same" }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 1, activation: "sigmoid", useBias: false }),
    ],
  });
  model.setWeights([tf.ones([1, 1, 1, 1]), tf.tensor2d([[2]])]);
  const image = [
    [[1], [-3]],
    [[0], [4]],
  ];
  // Score 2 · mean; each place has the gradient 2 / 4, so α > 0 for class 1.
  const one = await gradCam(model, image);
  expect(one).toMatchObject({ classIndex: 1, score: 1, heatmap: [[0.25, 0], [0, 1]] }); // prettier-ignore
  const zero = await gradCam(model, image, { classIndex: 0 });
  expect(zero).toMatchObject({ classIndex: 0, score: -1, heatmap: [[0, 1], [0, 0]] }); // prettier-ignore
  const { data, description } = gradCamFigure(zero, { classNames: ["cat", "dog"] });
  expect(data[0].z).toEqual([[1, -3], [0, 4]]); // prettier-ignore
  expect(data[1]).toMatchObject({ z: zero.heatmap, x: [-0.5, 0.5, 1.5], y: [-0.5, 0.5, 1.5] });
  expect(description).toBe("Grad-CAM of cat at layer 'same': most speaks for it around row 0, column 1");
});

it("says what it cannot do", async () => {
  const model = network();
  await expect(gradCam(model, expected.image, { layer: "scores" })).rejects.toThrow(
    "gradCam: layer must be one that gives maps, received \"scores\"; there are 'first'",
  );
  await expect(gradCam(model, expected.image, { classIndex: 3 })).rejects.toThrow("gradCam: classIndex");
  await expect(gradCam(model, tf.zeros([2, 8, 6, 2]))).rejects.toThrow("received the shape [2, 8, 6, 2]");
  const flat = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  await expect(gradCam(flat, expected.image)).rejects.toThrow("no layer of the model gives maps");
});
