/** An LSTM layer in one operation gives what its cell gives step by step, with its gradients, and steps aside where it cannot. */
import { beforeAll, describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../src/core/random";
import { withoutFusedOperations } from "../../../src/library/engine/compile/fused-operations";
import { isNative } from "../../../src/library/engine/compile/native";
import { datasetFromArrays, fit, tf } from "../../../src/library/index";

type Options = Parameters<typeof tf.layers.lstm>[0];

const x = tf.randomUniform([3, 5, 2], -1, 1, "float32", 1);

/** A layer with weights of some size, built. */
function layer(options: Partial<Options> = {}): tf.layers.Layer {
  setRandomSeed(3);
  const made = tf.layers.lstm({ units: 4, ...options });
  made.build([null, 5, 2]);
  made.setWeights(made.getWeights().map(({ shape }, i) => tf.randomUniform(shape, -1, 1, "float32", i + 7)));
  return made;
}

interface Result {
  readonly outputs: unknown[];
  readonly gradients: unknown[];
}

/** Outputs, and the gradients of a weighed sum of them by input, initial states and weights. */
function resultOf(made: tf.layers.Layer, options: object, initialState?: tf.Tensor[]): Result {
  return tf.tidy(() => {
    const call = (given: tf.Tensor, states: tf.Tensor[]) =>
      [made.call(given, { ...options, ...(initialState && { initialState: states }) })].flat() as tf.Tensor[];
    const weighed = (given: tf.Tensor, ...states: tf.Tensor[]) =>
      call(given, states)
        .map((each, i) => tf.sum(tf.mul(each, tf.randomUniform(each.shape, -1, 1, "float32", i))))
        .reduce((a, b) => tf.add(a, b)) as tf.Scalar;
    const outputs = call(x, initialState ?? []).map((each) => each.arraySync());
    const byInputs = tf
      .grads(weighed)([x, ...(initialState ?? [])])
      .map((each) => each.arraySync());
    const { grads } = tf.variableGrads(() => weighed(x, ...(initialState ?? [])));
    return { outputs, gradients: [...byInputs, ...Object.values(grads).map((each) => each.arraySync())] };
  });
}

function expectAlike(found: Result, wanted: Result): void {
  const numbers = ({ outputs, gradients }: Result) => [outputs, gradients].flat(Infinity) as number[];
  const [a, b] = [numbers(found), numbers(wanted)];
  expect(a).toHaveLength(b.length);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 4));
}

describe.runIf(isNative())("an LSTM in one operation", () => {
  const states = [tf.randomUniform([3, 4], -1, 1, "float32", 5), tf.randomUniform([3, 4], -1, 1, "float32", 6)];
  let calls = 0;
  beforeAll(() => {
    const kernel = tf.getKernel("LstmBlock", "tensorflow");
    const { kernelFunc } = kernel;
    kernel.kernelFunc = (call) => ((calls += 1), kernelFunc(call));
  });
  const fusedCalls = (body: () => void): number => {
    const before = calls;
    body();
    return calls - before;
  };

  it.each<[string, Partial<Options>, tf.Tensor[]?]>([
    ["as it is", {}],
    ["all steps", { returnSequences: true }],
    ["with its states", { returnState: true }],
    ["all steps with its states", { returnSequences: true, returnState: true }],
    ["backwards", { goBackwards: true, returnSequences: true }],
    ["without biases", { useBias: false }],
    ["from given states", { returnState: true }, states],
  ])("gives what the cell gives, and its gradients: %s", (_, options, initialState) => {
    const made = layer(options);
    let found!: Result;
    expect(fusedCalls(() => (found = resultOf(made, {}, initialState)))).toBeGreaterThan(0);
    let wanted!: Result;
    expect(fusedCalls(() => (wanted = withoutFusedOperations(() => resultOf(made, {}, initialState))))).toBe(0);
    expectAlike(found, wanted);
  });

  it("is not used where the cell computes something else", () => {
    const mask = tf.tensor2d([1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1], [3, 5], "bool");
    expect(fusedCalls(() => layer().call(x, { mask }))).toBe(0);
    expect(fusedCalls(() => layer({ activation: "relu" }).call(x, {}))).toBe(0);
    expect(fusedCalls(() => layer({ recurrentActivation: "hardSigmoid" }).call(x, {}))).toBe(0);
    const dropping = layer({ recurrentDropout: 0.5 });
    expect(fusedCalls(() => dropping.call(x, { training: true }))).toBe(0);
    expect(fusedCalls(() => dropping.call(x, { training: false }))).toBe(1);
  });

  it("is differentiated twice by its single operations", () => {
    const made = layer();
    const penalty = () => {
      const slope = tf.grad((given: tf.Tensor) => tf.sum(made.call(given, {}) as tf.Tensor));
      return tf.sum(tf.square(slope(x))) as tf.Scalar;
    };
    const twice = () => Object.values(tf.variableGrads(penalty).grads).map((each) => each.arraySync());
    expectAlike({ outputs: [], gradients: twice() }, { outputs: [], gradients: withoutFusedOperations(() => twice()) });
  });

  it.each(["graph", "lowered", "xla"] as const)("learns replayed as op by op: %s", async (plan) => {
    const features = Array.from({ length: 32 }, (_, i) => [0, 1, 2].map((t) => [Math.sin(i + t), Math.cos(i * t)]));
    const data = datasetFromArrays({ features, labels: features.map(([[a]]) => Number(a > 0)) }).batch(8);
    const learned = async (compile: false | typeof plan) => {
      setRandomSeed(1);
      const model = tf.sequential();
      model.add(tf.layers.lstm({ units: 3, returnSequences: true, inputShape: [3, 2] }));
      model.add(tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 2 }) as tf.RNN, mergeMode: "concat" }));
      model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }));
      model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
      const { history } = await fit(model, data, { epochs: 3, verbose: 0, compile });
      return history.loss;
    };
    const [found, wanted] = [await learned(plan), await learned(false)];
    found.forEach((loss, i) => expect(loss).toBeCloseTo(wanted[i], 5));
  });
});
