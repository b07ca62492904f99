import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { tf } from "../../../src/library/engine/tf";
import { batchNormalization } from "../../../src/library/models/layers/batch-normalization";
import { summary } from "../../../src/library/models/summary";

function course(): tf.Sequential {
  const model = tf.sequential({ name: "course" });
  model.add(tf.layers.flatten({ inputShape: [28, 28], name: "flatten" }));
  model.add(tf.layers.dense({ units: 50, activation: "relu", name: "first" }));
  model.add(batchNormalization({ name: "norm" }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax", name: "last" }));
  return model;
}

it("prints as Keras does", () => {
  expect(String(summary(course()))).toBe(`Model: "course" (Sequential)
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)              ┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ flatten (Flatten)         │ (None, 784)  │       0 │
├───────────────────────────┼──────────────┼─────────┤
│ first (Dense)             │ (None, 50)   │  39,250 │
├───────────────────────────┼──────────────┼─────────┤
│ norm (BatchNormalization) │ (None, 50)   │     200 │
├───────────────────────────┼──────────────┼─────────┤
│ last (Dense)              │ (None, 10)   │     510 │
└───────────────────────────┴──────────────┴─────────┘
 Total params: 39,960 (156.09 KB)
 Trainable params: 39,860 (155.70 KB)
 Non-trainable params: 100 (400.00 B)`);
});

it("is the same text on a console and in a notebook, and numbers besides", () => {
  const result = summary(course());
  expect(inspect(result)).toBe(String(result));
  const display = (result as never)[Symbol.for("Jupyter.display")] as () => Record<string, string>;
  expect(display.call(result)).toEqual({ "text/plain": String(result) });
  expect(result.layers[1]).toEqual({ name: "first", type: "Dense", outputShapes: [[null, 50]], params: 39250 });
});

it("counts frozen layers as not trainable, and a shared layer once", () => {
  const model = course();
  model.layers[1].trainable = false;
  expect(summary(model)).toMatchObject({ totalParams: 39960, trainableParams: 610, nonTrainableParams: 39350 });
  const input = tf.input({ shape: [3] });
  const shared = tf.layers.dense({ units: 3 });
  const twice = tf.model({ inputs: input, outputs: shared.apply(shared.apply(input)) as tf.SymbolicTensor });
  expect(summary(twice).totalParams).toBe(12);
});

it("shows nested models and several outputs", () => {
  const input = tf.input({ shape: [4] });
  const inner = tf.sequential({ name: "inner", layers: [tf.layers.dense({ units: 2, inputShape: [4] })] });
  const model = tf.model({ inputs: input, outputs: [inner.apply(input) as tf.SymbolicTensor, input] });
  expect(summary(model).layers.map(({ type, params }) => [type, params])).toEqual([
    ["InputLayer", 0],
    ["Sequential", 10],
  ]);
  expect(String(summary(model))).toContain("(Functional)");
});

it("refuses what has no shapes yet", () => {
  expect(() => summary(tf.sequential())).toThrow(
    "summary: the model has no weights yet. Give its first layer an inputShape.",
  );
  expect(() => summary(5 as never)).toThrow(
    "summary: expected a tf.LayersModel (tf.sequential or tf.model), received 5.",
  );
});

describe("27-nested-sequential", () => {
  const nested = () =>
    tf.sequential({
      layers: [
        tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] }), tf.layers.dense({ units: 3 })] }),
        tf.layers.dense({ units: 1 }),
      ],
    });

  it("counts the parameters of a Sequential within a Sequential before its first use", () => {
    expect(summary(nested())).toMatchObject({ totalParams: 25, trainableParams: 25 });
  });

  it("still says what is missing when a layer within has no shape", () => {
    const open = tf.sequential({
      layers: [tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] })],
    });
    expect(summary(open).totalParams).toBe(9);
    expect(() => summary(tf.sequential())).toThrow(/no weights yet/);
  });
});
