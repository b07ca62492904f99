/** `featureMaps` and `filtersOf` by hand, and what `featureMapsFigure` makes of them. */
import { expect, it } from "vitest";
import { featureMaps, featureMapsFigure, filtersOf, tf } from "../../../../src/library/index";

/** A filter that doubles, and one that takes the negative of the pixel to the right. */
function network({ nested = false } = {}): tf.LayersModel {
  const convolution = tf.layers.conv2d({
    ...{ filters: 2, kernelSize: [1, 2], padding: "same", useBias: false, activation: "relu", name: "edges" },
    inputShape: [2, 3, 1],
  });
  const pooling = tf.layers.maxPooling2d({ poolSize: [2, 1], name: "pooled" });
  const layers = [convolution, pooling];
  const model = tf.sequential({
    layers: [
      ...(nested ? [tf.sequential({ layers })] : layers),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1, name: "score" }),
    ],
  });
  convolution.setWeights([tf.tensor4d([2, 0, 0, -1], [1, 2, 1, 2])]);
  return model;
}
const picture = [
  [[1], [2], [-3]],
  [[-4], [5], [-6]],
];

it.each([false, true])("gives what layers put out, one map a channel (nested: %s)", async (nested) => {
  const model = network({ nested });
  const tensors = tf.memory().numTensors;
  const found = await featureMaps(model, picture, { layers: ["pooled", "edges"] });
  expect(tf.memory().numTensors).toBe(tensors);
  expect(found.image).toEqual(picture);
  expect(found.layers).toEqual([
    { layer: "pooled", maps: [[[2, 10, 0]], [[0, 6, 0]]] },
    { layer: "edges", maps: [[[2, 4, 0], [0, 10, 0]], [[0, 3, 0], [0, 6, 0]]] }, // prettier-ignore
  ]);
  const tensor = tf.tensor4d([picture]);
  expect((await featureMaps(model, tensor)).layers.map(({ layer }) => layer)).toEqual(["pooled"]);
  expect(tensor.isDisposed).toBe(false);
});

it("gives the filters of convolutions, the mean over their inputs, and each of a depthwise one", () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [4, 4, 2], name: "first" }),
      tf.layers.depthwiseConv2d({ kernelSize: 1, depthMultiplier: 2, name: "each" }),
    ],
  });
  model.layers[0].setWeights([tf.tensor4d([1, 2, 3, 6], [1, 1, 2, 2]), tf.zeros([2])]);
  model.layers[1].setWeights([tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]), tf.zeros([4])]);
  expect(filtersOf(model)).toEqual({ layer: "first", maps: [[[2]], [[4]]] });
  expect(filtersOf(model, "each")).toEqual({ layer: "each", maps: [[[1]], [[2]], [[3]], [[4]]] });
});

it("draws the picture and a sheet for each layer, each map divided by its largest size", async () => {
  const found = await featureMaps(network(), picture, { layers: ["edges"] });
  const { data, layout, description } = featureMapsFigure(found, { title: "Maps", columns: 1 });
  expect(data).toHaveLength(2);
  expect(data[0].z).toEqual([[7 / 11, 8 / 11, 3 / 11], [2 / 11, 1, 0]]); // prettier-ignore
  // One map above the other, an empty row between them.
  expect(data[1].z).toEqual([[0.2, 0.4, 0], [0, 1, 0], [null, null, null], [0, 0.5, 0], [0, 1, 0]]); // prettier-ignore
  expect(data[1]).toMatchObject({ zmin: 0, xaxis: "x2", yaxis: "y2" });
  expect((layout.annotations as { text: string }[]).map(({ text }) => text)).toEqual([
    "the picture",
    "edges<br>2 of 2×3",
  ]);
  expect(description).toBe("Maps: 2 of 'edges'");
  const [, right] = (layout.xaxis2 as { domain: number[] }).domain;
  expect(right).toBeCloseTo(1, 9);
});

it("draws filters with the sign of their weights, and no more than asked for", () => {
  const { data, layout, description } = featureMapsFigure(filtersOf(network()), { maxMaps: 1 });
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({ z: [[1, 0]], zmin: 0 });
  expect((layout.annotations as { text: string }[])[0].text).toBe("edges<br>the first 1 of 2 of 1×2");
  expect(description).toBe("Filters: 2 of 'edges'");
  expect(featureMapsFigure(filtersOf(network())).data[0]).toMatchObject({ zmin: -1, colorscale: "RdBu" });
});

it("says what it cannot do", async () => {
  const model = network();
  await expect(featureMaps(model, picture, { layers: ["score"] })).rejects.toThrow(
    "featureMaps: layer must be one that gives maps, received \"score\"; there are 'edges'",
  );
  await expect(featureMaps(model, picture, { layers: [] })).rejects.toThrow(
    "layers must be a list of one name or more",
  );
  await expect(featureMaps(model, [[1]] as never)).rejects.toThrow("received the shape [1, 1]");
  expect(() => filtersOf(model, "pooled")).toThrow("layer must be a convolution in two dimensions");
  const flat = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  expect(() => filtersOf(flat)).toThrow("filtersOf: the model has no convolution");
  expect(() => featureMapsFigure({ layer: "none", maps: [] })).toThrow("layer 'none' must have maps");
  expect(() => featureMapsFigure(filtersOf(model), { columns: 0 })).toThrow("featureMapsFigure: columns");
});
