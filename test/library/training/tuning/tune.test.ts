/** Searches in this process: what they find, that they go on to the bit, and what they refuse. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { randomState, setRandomSeed } from "../../../../src/core/random";
import { useEngine } from "../../../../src/library/engine/engine";
import { tf } from "../../../../src/library/engine/tf";
import { sgd } from "../../../../src/library/techniques";
import { earlyStopping } from "../../../../src/library/training/callbacks";
import { fit } from "../../../../src/library/training/fit/fit";
import * as hp from "../../../../src/library/training/tuning/domains";
import { tune } from "../../../../src/library/training/tuning/tune";
import type { TuneOptions } from "../../../../src/library/training/tuning/tune-options";
import type { TuneResult } from "../../../../src/library/training/tuning/tune-result";
import { samples, temporaryFolder } from "../resume/runs";

const data = { train: samples(1).shuffle({ bufferSize: 20, seed: 1 }).batch(8), validation: samples(2).batch(8) };
const space = { units: hp.int(2, 9), learningRate: hp.logUniform(1e-3, 1) };
const common = { space, trials: 9, epochs: 4, verbose: 0, seed: 3 } as const;

interface Setting {
  readonly units: number;
  readonly learningRate: number;
}

function network({ units, learningRate }: Setting): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units, activation: "tanh", inputShape: [6] }));
  model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
  const optimizer = sgd({ learningRate, momentum: 0.9 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** All of a result but the times and the model's object. */
const factsOf = ({ trials, best, history, model }: TuneResult<typeof space>): unknown =>
  JSON.parse(
    JSON.stringify(
      { trials, best: best.trial, history, weights: model.getWeights().map((weight) => Array.from(weight.dataSync())) },
      (key, value: unknown) => (key === "seconds" ? undefined : value),
    ),
  );

const halving = { name: "halving", reductionFactor: 2 } as const;
beforeAll(() => useEngine());

describe("a search at random", () => {
  it("trains each trial as fit does by itself, and gives the best one's model and history", async () => {
    const found = await tune(network, data, common);
    expect(found.trials.map(({ trial, status, epochs }) => [trial, status, epochs])).toEqual(
      Array.from({ length: 9 }, (_, i) => [i, "completed", 4]),
    );
    expect(found.best.value).toBe(Math.max(...found.trials.map(({ value }) => value)));
    for (const { settings, value, executions } of found.trials.slice(0, 3)) {
      setRandomSeed(3);
      const model = network(settings);
      const { history } = await fit(model, data.train, { epochs: 4, validationData: data.validation, verbose: 0 });
      expect(executions[0].history.history).toEqual(history);
      expect(value).toBe(Math.max(...history.val_accuracy));
    }
    const { history } = found;
    expect(Math.max(...history.history.val_accuracy)).toBe(found.best.value);
    setRandomSeed(3);
    const again = network(found.best.settings);
    await fit(again, data.train, { epochs: 4, validationData: data.validation, verbose: 0 });
    expect(found.model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(
      again.getWeights().map((weight) => Array.from(weight.dataSync())),
    );
  });

  it("takes the last epoch's value, the smallest one, the mean of several seeds when asked to", async () => {
    const objective = { metric: "val_loss", epoch: "last" } as const;
    const { trials, best } = await tune(network, data, { ...common, trials: 4, objective, executionsPerTrial: 2 });
    for (const { value, executions } of trials) {
      expect(executions.map(({ seed }) => seed)).toEqual([3, 4]);
      const lasts = executions.map(({ history }) => history.history.val_loss.at(-1)!);
      expect(lasts[0]).not.toBe(lasts[1]);
      expect(value).toBeCloseTo((lasts[0] + lasts[1]) / 2, 12);
    }
    expect(best.value).toBe(Math.min(...trials.map(({ value }) => value)));
  });

  it("passes options of fit on, and lets a callback end a trial", async () => {
    const plain = { train: samples(1), validation: samples(2).batch(25) };
    const callbacks = (): [ReturnType<typeof earlyStopping>] => [
      earlyStopping({ monitor: "loss", patience: 0, minDelta: 10 }),
    ];
    const build = (settings: Setting) => ({ model: network(settings), batchSize: 10, callbacks: callbacks() });
    const { trials, history } = await tune(build, plain, { ...common, trials: 2, epochs: 9 });
    expect(history.params.batchSize).toBe(10);
    expect(trials.map(({ epochs, status }) => [epochs, status])).toEqual([
      [2, "completed"],
      [2, "completed"],
    ]);
  });

  it("makes the data of a trial from its settings", async () => {
    const seen: number[] = [];
    const make = ({ units }: Setting) => (seen.push(units), data);
    const { trials } = await tune(network, make, { ...common, trials: 2 });
    expect(seen.slice(0, 2)).toEqual(trials.map(({ settings }) => settings.units));
  });

  it("leaves the caller's random numbers and the engine's memory as they were", async () => {
    await tune(network, data, { ...common, trials: 2 }).then(
      ({ model }) => (model.optimizer.dispose(), model.dispose()),
    );
    const [before, tensors] = [randomState(), tf.memory().numTensors];
    const { model } = await tune(network, data, { ...common, strategy: halving });
    model.optimizer.dispose();
    model.dispose();
    expect(randomState()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

it("a grid tries all settings", async () => {
  const small = { units: hp.choice([2, 4]), learningRate: hp.choice([0.01, 0.1]) };
  const { trials } = await tune(network, data, { space: small, epochs: 1, strategy: "grid", verbose: 0 });
  expect(trials.map(({ settings }) => settings)).toEqual([
    { units: 2, learningRate: 0.01 },
    { units: 2, learningRate: 0.1 },
    { units: 4, learningRate: 0.01 },
    { units: 4, learningRate: 0.1 },
  ]);
});

describe("successive halving", () => {
  it("stops trials early; those that went on equal uninterrupted ones to the bit", async () => {
    const [whole, halved] = [
      await tune(network, data, common),
      await tune(network, data, { ...common, strategy: halving }),
    ];
    const epochs = halved.trials.map((each) => each.epochs);
    expect(new Set(epochs)).toEqual(new Set([1, 2, 4]));
    for (const { trial, executions, epochs: own, status } of halved.trials) {
      const { history } = executions[0].history;
      const theirs = whole.trials[trial].executions[0].history.history;
      for (const [name, values] of Object.entries(history)) expect(values).toEqual(theirs[name].slice(0, own));
      expect(status).toBe(own === 4 ? "completed" : "pruned");
    }
    expect(halved.best.status).toBe("completed");
  });
});

describe("a search that was ended", () => {
  it.each(["random", "halving"] as const)("goes on, to the bit (%s)", async (name) => {
    const strategy = name === "halving" ? halving : name;
    const whole = factsOf(await tune(network, data, { ...common, strategy }));
    const folder = temporaryFolder();
    let left = 0;
    const ending = (settings: Setting): tf.Sequential => {
      if (left-- === 0) throw new Error("ended");
      return network(settings);
    };
    for (const _ of [1, 2, 3]) {
      left = 3;
      await expect(tune(ending, data, { ...common, strategy, folder })).rejects.toThrow("ended");
    }
    let trained = 0;
    const counted = (settings: Setting) => (trained++, network(settings));
    expect(factsOf(await tune(counted, data, { ...common, strategy, folder }))).toEqual(whole);
    // A search that is over trains nothing: the first trial is made for a check, the best for its model.
    trained = 0;
    expect(factsOf(await tune(counted, data, { ...common, strategy, folder }))).toEqual(whole);
    expect(trained).toBe(2);
    const kept = readdirSync(join(folder, "trials")).filter((trial) =>
      readdirSync(join(folder, "trials", trial)).some((file) => file.startsWith("checkpoints")),
    );
    expect(kept).toHaveLength(1);
  });

  it("is prolonged by more trials", async () => {
    const folder = temporaryFolder();
    await tune(network, data, { ...common, trials: 4, strategy: halving, folder });
    const more = factsOf(await tune(network, data, { ...common, strategy: halving, folder }));
    expect(more).toEqual(factsOf(await tune(network, data, { ...common, strategy: halving })));
  });

  it("trains again what is damaged", async () => {
    const folder = temporaryFolder();
    const whole = factsOf(await tune(network, data, { ...common, trials: 3, folder }));
    writeFileSync(join(folder, "trials", "0001", "after-epoch-0004.json"), "{");
    expect(factsOf(await tune(network, data, { ...common, trials: 3, folder }))).toEqual(whole);
    expect(readFileSync(join(folder, "trials", "0001", "after-epoch-0004.json"), "utf8").length).toBeGreaterThan(100);
  });

  it("is not mixed with another", async () => {
    const folder = temporaryFolder();
    const small = { ...common, trials: 2, folder };
    await tune(network, data, small);
    const other = (settings: Setting) => network({ ...settings, units: settings.units + 1 });
    await expect(tune(other, data, small)).rejects.toThrow(
      /holds a search over other networks or data: model\..*units is/,
    );
    await expect(tune(network, { ...data, train: data.train.take(3) }, small)).rejects.toThrow(
      "other networks or data: train.",
    );
    await expect(tune(network, data, { ...small, seed: 4 })).rejects.toThrow(
      "holds another search: seed is 3 there, 4 here",
    );
    const wider = { ...space, units: hp.int(2, 10) };
    await expect(tune(network, data, { ...small, space: wider })).rejects.toThrow(
      "space.units.high is 9 there, 10 here",
    );
  });
});

describe("what users of other libraries met", () => {
  const nine = { units: hp.choice([2, 4, 6]), learningRate: hp.choice([0.01, 0.1, 0.3]) };

  // keras-tuner#844: never finished; keras-tuner#35 and #486: ended after 13 of the settings, since others came up again.
  it.each(["random", halving] as const)(
    "a space of nine settings is searched whole, and then it ends",
    async (strategy) => {
      const { trials } = await tune(network, data, { space: nine, trials: 100, epochs: 2, strategy, verbose: 0 });
      expect(new Set(trials.map(({ settings }) => JSON.stringify(settings))).size).toBe(9);
      expect(trials).toHaveLength(9);
    },
  );

  // keras-tuner#439: a trial that early stopping had ended was trained again and again after each start.
  it("a trial that a callback has ended stays ended when the search goes on", async () => {
    const folder = temporaryFolder();
    let trained = 0;
    const build = (settings: Setting) => {
      trained++;
      const callbacks = [earlyStopping({ monitor: "loss", patience: 0, minDelta: 10 })];
      return { model: network(settings), callbacks };
    };
    const options = { ...common, epochs: 8, strategy: halving, folder };
    const first = factsOf(await tune(build, data, options));
    trained = 0;
    expect(factsOf(await tune(build, data, options))).toEqual(first);
    expect(trained).toBe(2);
  });

  // keras-tuner#702: a trial of several executions began with its first one again.
  it("executions that were done are not done again", async () => {
    const folder = temporaryFolder();
    const options = { ...common, trials: 1, executionsPerTrial: 3, folder };
    let left = 2;
    const ending = (settings: Setting) => {
      if (left-- === 0) throw new Error("ended");
      return network(settings);
    };
    await expect(tune(ending, data, options)).rejects.toThrow("ended");
    const times = (execution: number): string[] =>
      readdirSync(join(folder, "trials", "0000", `checkpoints-${execution}`));
    expect(times(1)).toContain("finished.json");
    expect(times(2)).toContain("finished.json");
    const { trials } = await tune(network, data, options);
    expect(trials[0].executions).toHaveLength(3);
  });

  // ray#14032: a search that went on had more trials than were asked for.
  it("a search that goes on has as many trials as were asked for", async () => {
    const folder = temporaryFolder();
    for (const trials of [2, 5, 5])
      expect((await tune(network, data, { ...common, trials, folder })).trials).toHaveLength(trials);
  });

  // optuna#3893: what was pruned depended on the name of the study.
  it("the name of the folder decides nothing", async () => {
    const [a, b] = [join(temporaryFolder(), "a"), join(temporaryFolder(), "another name")];
    const inFolder = async (folder: string) =>
      factsOf(await tune(network, data, { ...common, strategy: halving, folder }));
    expect(await inFolder(a)).toEqual(await inFolder(b));
  });
});

describe("trials that do not come through", () => {
  const frail = (settings: Setting): tf.Sequential => {
    if (settings.units > 5) throw new Error("too many units");
    return network(settings);
  };
  it("end the search, with what they tried", async () => {
    await expect(tune(frail, data, common)).rejects.toThrow(
      /^tune: trial \d \(units \d, learningRate [\d.e-]+\): too many units$/,
    );
  });

  it("stand in the table when asked to", async () => {
    const { trials, best } = await tune(frail, data, { ...common, failures: "record" });
    const failed = trials.filter(({ status }) => status === "failed");
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(({ reason, settings }) => reason === "too many units" && settings.units > 5)).toBe(true);
    expect(best.status).toBe("completed");
    const always = () => {
      throw new Error("never");
    };
    await expect(tune(always, data, { ...common, failures: "record" })).rejects.toThrow(
      "no trial has a finite val_accuracy; trial 0 failed: never",
    );
  });

  it("diverge, and are never the best", async () => {
    const wild = { learningRate: hp.choice([1e38, 0.1]) };
    const linear = ({ learningRate }: { learningRate: number }) => {
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [6] })] });
      model.compile({ optimizer: sgd({ learningRate }), loss: "meanSquaredError" });
      return model;
    };
    const objective = "val_loss";
    const { trials, best } = await tune(linear, data, {
      space: wild,
      epochs: 3,
      strategy: "grid",
      objective,
      verbose: 0,
    });
    expect(trials.map(({ status }) => status)).toEqual(["diverged", "completed"]);
    expect(trials[0].epochs).toBe(1);
    expect(best.trial).toBe(1);
  });
});

describe("is refused before anything is trained", () => {
  type Options = TuneOptions<typeof space>;
  it.each<[string, Partial<Record<keyof Options | "trial", unknown>>, string]>([
    ["an unknown option", { trial: 3 }, "Did you mean 'trials'?"],
    ["no epochs", { epochs: undefined }, "epochs must be an integer at least 1, received undefined"],
    ["no trials", { trials: undefined }, "trials is missing"],
    ["a strategy that is none", { strategy: "rando" }, "Did you mean 'random'?"],
    ["a grid without end", { strategy: "grid" }, "space.learningRate has no end of them"],
    ["nothing to halve", { strategy: { name: "halving", minEpochs: 4 } }, "no trial is ever stopped early"],
    [
      "a factor of one",
      { strategy: { name: "halving", reductionFactor: 1 } },
      "reductionFactor must be an integer at least 2",
    ],
    [
      "a metric without a direction",
      { objective: "val_gain" },
      "Pass objective: { metric: 'val_gain', direction: 'max' }",
    ],
    ["workers for functions", { workers: 2 }, "build exists in this one only: it may use variables around it"],
    ["a queue without a folder", { redis: "redis://localhost" }, "redis needs folder"],
  ])("%s", async (_, wrong, message) => {
    const never = () => {
      throw new Error("it was trained");
    };
    await expect(tune(never, data, { ...common, ...wrong } as Options)).rejects.toThrow(message);
  });

  it("builds and data of other kinds", async () => {
    const wrong = (build: unknown, given: unknown = data) =>
      tune(build as never, given as never, { ...common, trials: 1 });
    await expect(wrong(() => 5)).rejects.toThrow(
      "build must return a compiled model, or { model, batchSize, … }, received 5",
    );
    await expect(wrong(null)).rejects.toThrow("build must be a function");
    await expect(wrong(network, null)).rejects.toThrow("data must be { train, validation }");
    await expect(wrong(network, { valid: data.train })).rejects.toThrow("unknown option 'valid'");
    await expect(wrong((s: Setting) => ({ model: network(s), epochs: 3 }))).rejects.toThrow(
      "the option epochs: it is an option of tune",
    );
    await expect(wrong(network, { train: data.train })).rejects.toThrow(
      "the objective 'val_accuracy' is not among the metrics: loss, accuracy. Give validation data.",
    );
    await expect(wrong("./nowhere.mjs")).rejects.toThrow(/there is no file .*nowhere.mjs/);
    const script = join(__dirname, "network.cjs");
    await expect(wrong(`${script}#bild`)).rejects.toThrow(
      /must export a function 'bild', received undefined; .*Did you mean 'build'/,
    );
    expect(existsSync(script)).toBe(true);
  });
});
