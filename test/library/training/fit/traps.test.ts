/** Steps that a replay could not repeat: each must be noticed, never run with a frozen number. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { datasetFromArrays } from "../../../../src/library/data/from-arrays";
import { isNative } from "../../../../src/library/engine/compile/native";
import { tf } from "../../../../src/library/engine/tf";
import { sgd } from "../../../../src/library/techniques";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { fit, type FitOptions } from "../../../../src/library/training/fit/fit";

type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

const FEATURES = 4;

function data() {
  const features = Float32Array.from({ length: 80 * FEATURES }, (_, i) => Math.sin(i * i));
  const labels = Float32Array.from({ length: 80 }, (_, i) => Math.cos(i));
  return datasetFromArrays({ features, shape: [FEATURES], labels, labelShape: [1] }).batch(8);
}

/** Multiplies by a number that JavaScript computes in each call. */
class Scaling extends tf.layers.Layer {
  static className = "Scaling";
  calls = 0;

  constructor(private readonly factor: (calls: number) => number | tf.Tensor) {
    super({});
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => tf.mul(x, this.factor(this.calls++)));
  }
}

/** The same layer without a counter of its own. */
class Calling extends tf.layers.Layer {
  static className = "Calling";

  constructor(private readonly body: (x: tf.Tensor) => tf.Tensor) {
    super({});
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.body(Array.isArray(inputs) ? inputs[0] : inputs));
  }
}

const squares: Loss = (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred)), -1);

let lines: string[];
const globals = globalThis as Record<symbol, unknown>;
const host = Symbol.for("dnn-lab.display");
beforeEach(() => {
  lines = [];
  globals[host] = { display: (bundle: Record<string, string>) => lines.push(bundle["text/plain"]) };
});
afterEach(() => void delete globals[host]);

async function train(layer: (() => tf.layers.Layer) | undefined, loss: Loss, options: Partial<FitOptions> = {}) {
  setRandomSeed(5);
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 5, activation: "tanh", inputShape: [FEATURES] }));
  if (layer) model.add(layer());
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: sgd({ learningRate: 0.05 }), loss: loss as never });
  const { history, plan } = await fit(model, data(), { epochs: 6, verbose: 2, ...options });
  return { loss: history.loss, plan };
}

/** What the notices said of a run that must equal the eager one. */
async function noticed(layer: (() => tf.layers.Layer) | undefined, makeLoss: () => Loss): Promise<string> {
  const eager = await train(layer, makeLoss(), { compile: false });
  lines.length = 0;
  const auto = await train(layer, makeLoss());
  expect(auto.plan).toBe("eager");
  // A loss that counts its calls is called by the attempt to record too, so only runs without one are equal.
  expect(auto.loss).toHaveLength(eager.loss.length);
  await expect(train(layer, makeLoss(), { compile: "graph" })).rejects.toThrow();
  return lines.find((line) => line.startsWith("Not compiled")) ?? "";
}

describe.runIf(isNative())("a step is not compiled, and the line says why, when", () => {
  it("a layer counts its calls and uses the count", async () => {
    const layer = () => new Scaling((calls) => 1 / (1 + calls));
    expect(await noticed(layer, () => squares)).toMatch(/layer 'scaling_.*property 'calls'|number from JavaScript/);
  });

  it("a schedule in a layer changes only at step 30", async () => {
    const layer = () => new Scaling((calls) => (calls < 30 ? 1 : 0.1));
    expect(await noticed(layer, () => squares)).toMatch(/\(Scaling\) changes its property 'calls' .*tf\.variable/);
  });

  it("a loss counts in its closure", async () => {
    const makeLoss = () => {
      let calls = 0;
      return (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mul(squares(yTrue, yPred), 1 / ++calls);
    };
    expect(await noticed(undefined, makeLoss)).toMatch(/the loss '.*' changes 'calls'.*\(\+\+calls\)/);
  });

  it("a loss counts by a function that it calls", async () => {
    const makeLoss = () => {
      let calls = 0;
      const next = () => ++calls;
      return (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mul(squares(yTrue, yPred), 1 / next());
    };
    expect(await noticed(undefined, makeLoss)).toMatch(/number from JavaScript that changes \(.*traps\.test/);
  });

  it("a loss counts in its closure, and uses the count only far later", async () => {
    const makeLoss = () => {
      let calls = 0;
      return (yTrue: tf.Tensor, yPred: tf.Tensor) => {
        calls += 1;
        return tf.mul(squares(yTrue, yPred), calls > 1_000_000 ? 0.1 : 1);
      };
    };
    expect(await noticed(undefined, makeLoss)).toMatch(/the loss '.*' changes 'calls'.*\(calls \+= 1\)/);
  });

  it("a layer counts in an object that it holds", async () => {
    class Counting extends tf.layers.Layer {
      static className = "Counting";
      private readonly memory = { calls: 0 };
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        return tf.tidy(() => tf.mul(x, this.memory.calls++ > 1_000_000 ? 0.5 : 1));
      }
    }
    expect(
      await noticed(
        () => new Counting({}),
        () => squares,
      ),
    ).toMatch(/\(Counting\) changes 'this\.memory\.calls'/);
  });

  it("a loss draws from Math.random", async () => {
    // eslint-disable-next-line no-restricted-properties -- the trap
    const loss: Loss = (yTrue, yPred) => tf.mul(squares(yTrue, yPred), Math.random());
    expect(await noticed(undefined, () => loss)).toMatch(/random numbers in JavaScript.*traps\.test/);
  });

  it("a layer adds tf.randomNormal without a seed", async () => {
    const layer = () => new Calling((x) => tf.add(x, tf.randomNormal(x.shape)));
    expect(await noticed(layer, () => squares)).toMatch(/random numbers in JavaScript.*traps\.test/);
  });

  it("a layer branches on a value", async () => {
    const layer = () => new Calling((x) => (tf.mean(x).dataSync()[0] > 0 ? x : tf.neg(x)));
    expect(await noticed(layer, () => squares)).toMatch(/reads the value of a tensor.*traps\.test/);
  });
});

describe.runIf(isNative())("a number in a closure that a callback changes", () => {
  const run = (options: Partial<FitOptions>) => {
    let weight = 1;
    const loss: Loss = (yTrue, yPred) => tf.mul(squares(yTrue, yPred), weight);
    const callback: Callback = { onEpochEnd: (epoch) => void (epoch === 2 && (weight = 3)) };
    return train(undefined, loss, { callbacks: [callback], ...options });
  };

  it("is noticed at the next epoch, which runs op by op with the new one", async () => {
    const eager = await run({ compile: false });
    lines.length = 0;
    const auto = await run({});
    auto.loss.forEach((loss, epoch) => expect(loss).toBeCloseTo(eager.loss[epoch], 6));
    expect(auto.loss[3]).toBeGreaterThan(2 * auto.loss[2]);
    expect(auto.plan).toBe("eager");
    expect(lines.join()).toMatch(/Not compiled.*number from JavaScript that changes \(1 in one step, 3 in another\)/);
  });

  it("is noticed at the first epoch too, when training begins with the change", async () => {
    const changing = (compile: "auto" | false) => {
      let weight = 1;
      const loss: Loss = (yTrue, yPred) => tf.mul(squares(yTrue, yPred), weight);
      return train(undefined, loss, { callbacks: [{ onTrainBegin: () => void (weight = 3) }], compile });
    };
    const [eager, auto] = [await changing(false), await changing("auto")];
    expect(auto.plan).toBe("eager");
    expect(auto.loss[0]).toBeCloseTo(eager.loss[0], 6);
  });

  it("ends a run whose plan is forced", async () => {
    await expect(run({ compile: "graph" })).rejects.toThrow(/1 in one step, 3 in another/);
  });

  it("is no trouble in a tf.variable", async () => {
    const weight = tf.variable(tf.scalar(1), false);
    const loss: Loss = (yTrue, yPred) => tf.mul(squares(yTrue, yPred), weight);
    const callback: Callback = { onEpochEnd: (epoch) => void (epoch === 2 && weight.assign(tf.scalar(3))) };
    const { loss: losses, plan } = await train(undefined, loss, { callbacks: [callback] });
    expect(plan).toBe("graph");
    expect(losses[3]).toBeGreaterThan(2 * losses[2]);
    weight.dispose();
  });
});
