/** Preprocessing layers give what Keras gives (`test/expected/make_preprocessing.py`), alone and within a model. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { predict, tf, useEngine } from "../../../../src/library/index";

interface Case {
  readonly layer: "resizing" | "centerCrop" | "upSampling2d" | "categoryEncoding";
  readonly options: Readonly<Record<string, unknown>>;
  /** Height and width of the images. */
  readonly input?: readonly [number, number];
  readonly numbers?: number[] | number[][];
  readonly shape?: number[];
  readonly expected: number[];
}

const path = join(__dirname, "..", "..", "..", "expected", "layers", "preprocessing.json");
const cases = JSON.parse(readFileSync(path, "utf8")) as Case[];

/** The images of `make_preprocessing.py`. */
function images([height, width]: readonly [number, number]): tf.Tensor4D {
  const size = 2 * height * width * 3;
  return tf.tensor4d(
    Array.from({ length: size }, (_, i) => (i * 7919) % 251),
    [2, height, width, 3],
  );
}

const layerOf = ({ layer, options }: Case): tf.layers.Layer =>
  (tf.layers[layer] as (options: object) => tf.layers.Layer)(options);

function expectClose(found: tf.Tensor, expected: readonly number[]): void {
  const values = [...found.dataSync()];
  expect(values).toHaveLength(expected.length);
  const worst = Math.max(...values.map((value, i) => Math.abs(value - expected[i])));
  expect(worst).toBeLessThan(2e-3);
}

const nameOf = ({ layer, options, input, numbers }: Case): string =>
  `${layer} ${JSON.stringify(options)} of ${JSON.stringify(input ?? numbers)}`;

beforeAll(() => useEngine());

describe("equal to Keras'", () => {
  it.each(cases.map((each) => [nameOf(each), each] as const))("%s", (_, each) => {
    const given = each.input ? images(each.input) : tf.tensor(each.numbers as number[], undefined, "int32");
    const found = layerOf(each).apply(given) as tf.Tensor;
    if (each.shape) expect(found.shape).toEqual(each.shape);
    expectClose(found, each.expected);
  });
});

describe("within a model", () => {
  const inModel = cases.filter(({ input }) => input);
  it.each(inModel.map((each) => [nameOf(each), each] as const))("%s", async (_, each) => {
    const model = tf.sequential();
    model.add(tf.layers.activation({ activation: "linear", inputShape: [...each.input!, 3] }));
    model.add(layerOf(each));
    const found = (await predict(model, images(each.input!))) as tf.Tensor;
    expect(found.shape).toEqual([2, ...(model.outputShape as number[]).slice(1)]);
    expectClose(found, each.expected);
  });
});

it("categoryEncoding names the number that has no place", () => {
  const layer = tf.layers.categoryEncoding({ numTokens: 3, outputMode: "count" });
  expect(() => layer.apply(tf.tensor2d([[0, 5]], undefined, "int32"))).toThrow(/0 to 2, received 5/);
});
