/** fit's own ways: epochs of steps, validation now and then, stopping, histories, one training at a time. */
import { describe, expect, it } from "vitest";
import {
  adam,
  type Callback,
  datasetFromArrays,
  earlyStopping,
  fit,
  type History,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  setRandomSeed,
  sgd,
  tf,
} from "../../../../src/library/index";

const quiet = { verbose: 0 } as const;
const rows = Array.from({ length: 16 }, (_, i) => [i]);
const data = () => datasetFromArrays({ features: rows, labels: rows });

function model(optimizer: tf.Optimizer | string = sgd({ learningRate: 0.001 })): tf.Sequential {
  setRandomSeed(3);
  const network = tf.sequential();
  network.add(tf.layers.dense({ units: 1, inputShape: [1] }));
  network.compile({ optimizer, loss: "meanSquaredError" });
  return network;
}

/** A model that stands still, and the labels of each step. */
function watched(): { network: tf.Sequential; seen: string[] } {
  const seen: string[] = [];
  const network = model();
  const loss = (labels: tf.Tensor, outputs: tf.Tensor) => {
    seen.push([...labels.dataSync()].join());
    return tf.mean(tf.square(tf.sub(labels, outputs)), -1);
  };
  network.compile({ optimizer: sgd({ learningRate: 0 }), loss });
  return { network, seen };
}

describe("the order of the samples", () => {
  const shuffled = () => data().shuffle({ bufferSize: 16, seed: 5 });
  const options = { epochs: 3, compile: false, ...quiet } as const;

  it("goes on in a second fit of the model, as tf.data's does", async () => {
    const batches = shuffled().batch(16);
    const long = watched();
    await fit(long.network, batches, { ...options, epochs: 7 });
    const twice = watched();
    await fit(twice.network, batches, options);
    await fit(twice.network, batches, options);
    await fit(twice.network, batches, { ...options, epochs: 4, initialEpoch: 3 });
    expect(new Set(long.seen).size).toBe(7);
    expect(twice.seen).toEqual(long.seen);
  });

  it("begins anew for another model and another shuffle, and later with an initialEpoch", async () => {
    const [first, second, late] = [watched(), watched(), watched()];
    const batches = shuffled().batch(16);
    await fit(first.network, batches, options);
    await fit(second.network, batches, options);
    expect(second.seen).toEqual(first.seen);
    await fit(second.network, shuffled().batch(16), options);
    expect(second.seen.slice(3)).toEqual(first.seen);
    await fit(late.network, batches, { ...options, initialEpoch: 2 });
    expect(late.seen).toEqual(first.seen.slice(2));
  });

  it("runs through several passes in epochs of stepsPerEpoch steps", async () => {
    const batches = shuffled().batch(6);
    const [passes, epochs] = [watched(), watched()];
    await fit(passes.network, batches, { ...options, epochs: 5 });
    const history = await fit(epochs.network, batches, { ...options, stepsPerEpoch: 5 });
    expect(epochs.seen).toEqual(passes.seen.slice(0, 15));
    expect([history.params.steps, history.history.loss.length]).toEqual([5, 3]);
  });

  it.each([false, "graph"] as const)("gives the same weights by passes and by steps (compile %s)", async (compile) => {
    const [passes, steps] = [model(), model()];
    const batches = shuffled().batch(4);
    await fit(passes, batches, { ...options, epochs: 3, compile });
    await fit(steps, batches, { ...options, epochs: 2, stepsPerEpoch: 6, compile });
    expect([...steps.getWeights()[0].dataSync()]).toEqual([...passes.getWeights()[0].dataSync()]);
  });
});

describe("validation", () => {
  const validationData = data().batch(4);

  it("comes every so many epochs, or after those listed", async () => {
    const everyOther = await fit(model(), data(), { epochs: 5, validationData, validationFreq: 2, ...quiet });
    expect([everyOther.history.loss.length, everyOther.history.val_loss.length]).toEqual([5, 2]);
    expect(everyOther.validationEpochs).toEqual([1, 3]);
    const listed = await fit(model(), data(), { epochs: 5, validationData, validationFreq: [1, 5], ...quiet });
    expect(listed.validationEpochs).toEqual([0, 4]);
    const each = await fit(model(), data(), { epochs: 2, validationData, ...quiet });
    expect(each.validationEpochs).toBeUndefined();
  });

  it("leaves callbacks alone in the epochs without it", async () => {
    const callbacks = [earlyStopping({ patience: 9, restoreBestWeights: true }), reduceLROnPlateau()];
    const options = { epochs: 4, validationData, validationFreq: 3, callbacks, ...quiet };
    expect((await fit(model(), data(), options)).history.val_loss.length).toBe(1);
  });

  it("uses the first validationSteps batches", async () => {
    const part = await fit(model(), data(), { validationData, validationSteps: 2, ...quiet });
    const same = await fit(model(), data(), { validationData: data().take(8).batch(4), ...quiet });
    expect(part.history.val_loss).toEqual(same.history.val_loss);
    const many = fit(model(), data(), { validationData, validationSteps: 5, ...quiet });
    await expect(many).rejects.toThrow(/validationSteps must be .* at most 4, received 5/);
    await expect(fit(model(), data(), { validationSteps: 1 })).rejects.toThrow(/need validationData/);
  });
});

describe("stopping and failing", () => {
  it("ends after the epoch or step in which model.stopTraining was set, as in Keras", async () => {
    const network = model();
    const onEpochEnd = () => void (network.stopTraining = true);
    const atEnd = await fit(network, data(), { epochs: 4, callbacks: [{ onEpochEnd }], ...quiet });
    expect([atEnd.epoch.length, atEnd.stopped]).toEqual([1, "model.stopTraining was set"]);
    let steps = 0;
    const onTrainBatchEnd = () => void (++steps === 2 && (network.stopTraining = true));
    await fit(network, data().batch(2), { epochs: 4, callbacks: [{ onTrainBatchEnd }], ...quiet });
    expect(steps).toBe(2);
    expect((await fit(network, data(), { epochs: 2, ...quiet })).epoch.length).toBe(2);
  });

  it("gives the history so far with the error, and model.history as Keras does", async () => {
    const network = model();
    const onEpochEnd = (epoch: number) => {
      if (epoch === 2) throw new Error("mine");
    };
    const failed = await fit(network, data(), { epochs: 9, callbacks: [{ onEpochEnd }], ...quiet }).catch(
      (error: unknown) => error,
    );
    const { history } = failed as { history: History };
    expect((failed as Error).message).toBe("mine");
    expect([history.epoch, history.stopped]).toEqual([[0, 1], "mine"]);
    expect(network.history as unknown).toBe(history);
    const whole = await fit(network, data(), { epochs: 2, ...quiet });
    expect(network.history as unknown).toBe(whole);
  });

  it("restores the best weights of a model with whole-number weights", async () => {
    class Counter extends tf.layers.Layer {
      static readonly className = "StepCounter";
      private count!: tf.LayerVariable;
      override build(): void {
        this.count = this.addWeight("count", [], "int32", tf.initializers.zeros(), undefined, false);
        this.built = true;
      }
      override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
        return tf.tidy(() => {
          if (training) this.count.write(tf.add(this.count.read(), tf.scalar(1, "int32")));
          return tf.mul([inputs].flat()[0], 1);
        });
      }
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
    }
    const network = model(sgd({ learningRate: 1 }));
    network.add(new Counter({}));
    network.compile({ optimizer: sgd({ learningRate: 1 }), loss: "meanSquaredError" });
    const best = earlyStopping({ monitor: "loss", patience: 3, restoreBestWeights: true });
    await fit(network, data().batch(8), { epochs: 5, compile: false, callbacks: [best], ...quiet });
    // The rate is far too high, so the first epoch is the best, and it has two steps.
    expect([...network.layers[1].getWeights()[0].dataSync()]).toEqual([2]);
  });
});

describe("callbacks", () => {
  it.each([
    [{ on_epoch_end: () => undefined }, /'on_epoch_end' is not a hook.*Did you mean 'onEpochEnd'/],
    [{ onBatchEnd: () => undefined }, /'onBatchEnd' is not a hook.*Did you mean 'onTrainBatchEnd'/],
    [{ epochEnd: () => undefined }, /'epochEnd' is not a hook/],
    [{ onEpochEnd: () => undefined, plot: () => undefined }, /'plot' is not a hook/],
    [{ patience: 3 }, /has none of the hooks/],
    [tf.callbacks.earlyStopping(), /'setParams' is never called|'setModel' is never called|is not a hook/],
  ])("refuses %o", async (callback, message) => {
    await expect(fit(model(), data(), { callbacks: [callback as Callback], ...quiet })).rejects.toThrow(message);
  });

  it("takes classes with helpers and state, and finds a misspelt hook in them", async () => {
    class Memory implements Callback {
      readonly losses: number[] = [];
      onEpochEnd(_epoch: number, logs: Record<string, number>): void {
        this.note(logs.loss);
      }
      note(loss: number): void {
        this.losses.push(loss);
      }
    }
    class Misspelt {
      onEpochend(): void {}
    }
    const memory = new Memory();
    await fit(model(), data(), { epochs: 2, callbacks: [memory], ...quiet });
    expect(memory.losses.length).toBe(2);
    const misspelt = fit(model(), data(), { callbacks: [new Misspelt() as Callback] });
    await expect(misspelt).rejects.toThrow(/'onEpochend' is not a hook.*Did you mean 'onEpochEnd'/);
  });

  it("knows a misspelt monitor before the first epoch", async () => {
    let epochs = 0;
    const counter: Callback = { addsToLogs: [], onEpochBegin: () => void epochs++ };
    for (const callback of [
      earlyStopping({ monitor: "los", mode: "min" }),
      reduceLROnPlateau({ monitor: "val_loss" }),
      modelCheckpoint({ filepath: "never", saveBestOnly: true, monitor: "acc" }),
    ]) {
      const running = fit(model(), data(), { callbacks: [counter, callback], ...quiet });
      await expect(running).rejects.toThrow(/no metric '.*' to monitor; there are 'loss'/);
    }
    expect(epochs).toBe(0);
  });

  it("lets a callback add the metric that a later one monitors", async () => {
    const adds: Callback = { onEpochEnd: (epoch, logs) => void (logs.mine = epoch) };
    const follows = earlyStopping({ monitor: "mine", mode: "min", patience: 1 });
    expect((await fit(model(), data(), { epochs: 5, callbacks: [adds, follows], ...quiet })).epoch.length).toBe(2);
    const declared: Callback = { ...adds, addsToLogs: ["mine"] };
    expect((await fit(model(), data(), { epochs: 5, callbacks: [declared, follows], ...quiet })).epoch.length).toBe(2);
  });

  const named = ["sgd", "adam", "RMSprop", "adagrad", "nadam", "adamw", "adamax", "adadelta"];
  const foreign = {
    "tf.train.sgd": () => tf.train.sgd(0.001),
    "tf.train.momentum": () => tf.train.momentum(0.001, 0.9),
  };

  it.each([...named, ...Object.keys(foreign)])(
    "work with the optimizer %s, compiled and op by op alike",
    async (name) => {
      const run = async (compile: false | "graph") => {
        const network = model(foreign[name as keyof typeof foreign]?.() ?? name);
        const callbacks = [
          learningRateScheduler((epoch, rate) => (epoch < 2 ? rate : 0)),
          reduceLROnPlateau({ monitor: "loss" }),
        ];
        const weights: number[] = [];
        callbacks.push({ onEpochEnd: () => void weights.push(network.getWeights()[0].dataSync()[0]) });
        await fit(network, data().batch(4), { epochs: 4, compile, callbacks, ...quiet });
        return weights;
      };
      const [found, expected] = [await run("graph"), await run(false)];
      expect(found[2]).toBe(found[3]);
      expect(found[0]).not.toBe(found[1]);
      found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
    },
  );

  it("an unknown name of an optimizer is refused with those there are", () => {
    expect(() => model("admm")).toThrow(/optimizer must be one of .*'adam'.*received "admm"/);
  });
});

describe("one at a time", () => {
  it("refuses two trainings of one model at once, and lets other models train beside it", async () => {
    const network = model();
    const options = { epochs: 3, ...quiet };
    const first = fit(network, data(), options);
    await expect(fit(network, data(), options)).rejects.toThrow(/in training already/);
    expect((await fit(model(), data(), options)).epoch.length).toBe(3);
    expect((await first).epoch.length).toBe(3);
    expect((await fit(network, data(), options)).epoch.length).toBe(3);
  });

  it.each([() => sgd(), () => adam(), () => tf.train.sgd(0.01)])(
    "refuses one optimizer in two models (%#)",
    async (make) => {
      const optimizer = make();
      const network = model(optimizer);
      await fit(network, data(), quiet);
      await fit(network, data(), quiet);
      await expect(fit(model(optimizer), data(), quiet)).rejects.toThrow(/an optimizer of its own/);
    },
  );
});
