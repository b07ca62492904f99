/** What recurrent layers remember from call to call, and how they are made. */
import { setRandomSeed } from "dnn-lab-core/random";
import { describe, expect, it } from "vitest";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";
import { tf } from "../../../src/library/engine/tf";
import { gru, lstm, simpleRNN } from "../../../src/library/models/recurrent";
import { sgd } from "../../../src/library/techniques";
import { fit } from "../../../src/library/training/fit/fit";
import { expectClose } from "./helpers";

const L = tf.layers;
const configOf = (layer: tf.layers.Layer) => layer.getConfig() as Record<string, unknown>;

describe("defaults", () => {
  it("are Keras', of the functions here and of tf.layers", () => {
    for (const make of [lstm, L.lstm]) {
      expect(configOf(make({ units: 2 }))).toMatchObject({ recurrentActivation: "sigmoid", unitForgetBias: true });
    }
    for (const make of [gru, L.gru]) {
      expect(configOf(make({ units: 2 }))).toMatchObject({ recurrentActivation: "sigmoid", resetAfter: true });
    }
    expect(configOf(L.gru({ units: 2, resetAfter: undefined } as never))).toMatchObject({ resetAfter: true });
    expect(configOf(gru({ units: 2, resetAfter: false }))).toMatchObject({ resetAfter: false });
  });

  it("come back from a saved configuration, also from one without resetAfter", () => {
    const model = tf.sequential({ layers: [gru({ units: 2, inputShape: [3, 1] })] });
    expect(model.weights.map(({ shape }) => shape)).toEqual([[1, 6], [2, 6], [2, 6]]); // prettier-ignore
    const [made] = tf.serialization.SerializationMap.getMap().classNameMap.GRU;
    expect(configOf(new made({ units: 2 }) as tf.layers.Layer)).toMatchObject({ resetAfter: false });
  });

  it.each([simpleRNN, lstm, gru])("refuse a misspelt option", (make) => {
    expect(() => make({ units: 2, returnSequence: true } as never)).toThrow(/returnSequence.*returnSequences/s);
  });
});

function network(layer: tf.layers.Layer): tf.LayersModel {
  const model = tf.sequential({ layers: [layer, L.dense({ units: 1 })] });
  model.compile({ optimizer: sgd({ learningRate: 0.05 }), loss: "meanSquaredError" });
  return model;
}

const features = Float32Array.from({ length: 48 * 15 }, (_, i) => Math.sin(0.7 * i));
const labels = Float32Array.from({ length: 48 }, (_, i) => Math.cos(i));
const data = datasetFromArrays({ features, shape: [5, 3], labels, labelShape: [1] }).batch(8);

async function losses(make: () => tf.layers.Layer, compile: "graph" | false): Promise<number[]> {
  setRandomSeed(4);
  const { history, plan } = await fit(network(make()), data, { epochs: 4, verbose: 0, compile, validationData: data });
  expect(plan).toBe(compile === false ? "eager" : compile);
  return [...history.loss, ...history.val_loss];
}

describe("32-more-layers: replayed as op by op", () => {
  it.each<[string, () => tf.layers.Layer]>([
    [
      "lstm with both kinds of dropout",
      () => lstm({ units: 4, dropout: 0.3, recurrentDropout: 0.3, inputShape: [5, 3] }),
    ],
    ["gru with dropout", () => gru({ units: 4, dropout: 0.3, inputShape: [5, 3] })],
    ["a cell with dropout", () => L.rnn({ cell: L.lstmCell({ units: 4, dropout: 0.3 }), inputShape: [5, 3] } as never)],
    ["stateful lstm", () => lstm({ units: 4, stateful: true, batchInputShape: [8, 5, 3] })],
    ["bidirectional gru with dropout", () => L.bidirectional({ layer: gru({ units: 2, dropout: 0.2 }) as never, inputShape: [5, 3] } as never)], // prettier-ignore
  ])("%s", async (_, make) => {
    expectClose(await losses(make, "graph"), await losses(make, false), 1e-5);
  });
});

it("draws another mask in each call, also for a cell in tf.layers.rnn", () => {
  const layer = L.rnn({ cell: L.lstmCell({ units: 4, dropout: 0.5 }), inputShape: [5, 3] } as never);
  network(layer);
  const x = tf.ones([2, 5, 3]);
  const [first, second] = [0, 1].map(() => Array.from((layer.apply(x, { training: true }) as tf.Tensor).dataSync()));
  expect(first).not.toEqual(second);
});

describe("a stateful layer", () => {
  const x = tf.ones([8, 5, 3]);
  const model = network(lstm({ units: 2, stateful: true, batchInputShape: [8, 5, 3] }));
  const predict = () => Array.from((model.predict(x, { batchSize: 8 }) as tf.Tensor).dataSync());

  it("goes on from batch to batch until it is reset", () => {
    model.resetStates();
    const [first, second] = [predict(), predict()];
    expect(second).not.toEqual(first);
    model.resetStates();
    expect(predict()).toEqual(first);
  });

  it("keeps its memory constant, and gives it back", async () => {
    await fit(model, data, { epochs: 1, verbose: 0 });
    const before = tf.memory().numTensors;
    await fit(model, data, { epochs: 3, verbose: 0, compile: false });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses states and batches of another size, with both shapes", () => {
    const [layer] = model.layers as unknown as { resetStates(states?: tf.Tensor[]): void }[];
    expect(() => layer.resetStates([tf.zeros([4, 2]), tf.zeros([4, 2])])).toThrow(
      /\[\[8,2\],\[8,2\]\].*\[\[4,2\],\[4,2\]\]/,
    );
    const plain = lstm({ units: 2 }) as unknown as { resetStates(): void };
    expect(() => plain.resetStates()).toThrow(/is not stateful/);
  });
});
