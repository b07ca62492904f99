/** When a run is ended: also there where little is left to chance by the tests with whole processes. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { setRandomSeed } from "../../../../src/core/random";
import { tf } from "../../../../src/library/engine/tf";
import { isNative } from "../../../../src/library/engine/compile/native";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { adam, sgd } from "../../../../src/library/techniques";
import type { Callback } from "../../../../src/library/training/callbacks/callback";
import { lambdaCallback, learningRateScheduler } from "../../../../src/library/training/callbacks";
import { fit } from "../../../../src/library/training/fit/fit";
import {
  EPOCHS,
  Killed,
  killAtBatch,
  killAtEpochEnd,
  network,
  outcomeOf,
  type Recipe,
  samples,
  start,
  STEPS,
  temporaryFolder,
} from "./runs";

const recipe: Recipe = { optimizer: () => adam({ learningRate: 0.02 }) };
const checkpointsIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("checkpoint-"));

describe("a run that ends", () => {
  it("in the middle of an epoch goes on from its last checkpoint there", async () => {
    // Batch hooks on: the means of the running epoch are seen by them.
    const seen = (into: string[]): Callback => ({
      onTrainBatchEnd: (batch, logs) => void into.push(`${batch} ${logs.loss}`),
    });
    const whole: string[] = [];
    const expected = await start(recipe, "", { callbacks: [seen(whole)] });
    const folder = temporaryFolder();
    const resume = { folder, everySteps: 2 };
    const killing = start(recipe, "", { resume, callbacks: [killAtBatch(1, 5)] });
    await expect(killing).rejects.toThrow(Killed);
    const rest: string[] = [];
    // The same callbacks with a memory, or it would be another run.
    expect(await start(recipe, "", { resume, callbacks: [killAtBatch(99, 0), seen(rest)] })).toEqual(expected);
    expect(rest).toEqual(whole.slice(STEPS + 5));
  });

  it("at an epoch's end begins with the next, whose hooks are called once", async () => {
    const decay = () => learningRateScheduler((_epoch, rate) => rate * 0.5);
    const calls: string[] = [];
    const log = () =>
      lambdaCallback({
        onTrainBegin: () => void calls.push("begin"),
        onEpochBegin: (epoch) => void calls.push(`epoch ${epoch}`),
        onTrainEnd: () => void calls.push("end"),
      });
    const expected = await start(recipe, "", { callbacks: [decay()] });
    const folder = temporaryFolder();
    // The first epoch's end is always saved.
    const killed = {
      onEpochBegin: (epoch: number) => {
        if (epoch === 1) throw new Killed();
      },
    };
    await expect(start(recipe, "", { resume: folder, callbacks: [killed, decay()] })).rejects.toThrow(Killed);
    expect(await start(recipe, "", { resume: folder, callbacks: [decay(), log()] })).toEqual(expected);
    expect(calls).toEqual(["begin", "epoch 1", "epoch 2", "epoch 3", "epoch 4", "end"]);
  });

  it("during validation validates again", async () => {
    let [calls, limit] = [0, Infinity];
    const metric = (yTrue: tf.Tensor, yPred: tf.Tensor) => {
      if (++calls > limit) throw new Killed();
      return tf.metrics.sparseCategoricalAccuracy(yTrue, yPred);
    };
    const run = async (folder?: string) => {
      const model = network({ optimizer: () => sgd({ learningRate: 0.1, momentum: 0.5 }) });
      model.compile({ optimizer: model.optimizer, loss: "sparseCategoricalCrossentropy", metrics: [metric] });
      const resume = folder === undefined ? undefined : { folder, everySteps: STEPS };
      const validationData = samples(2).batch(8);
      const options = { epochs: 3, validationData, verbose: 0, compile: false, resume } as const;
      return outcomeOf(model, await fit(model, samples(1).batch(8), options));
    };
    setRandomSeed(1);
    const expected = await run();
    const folder = temporaryFolder();
    // In the third batch of the second epoch's validation.
    [calls, limit] = [0, 2 * STEPS + STEPS + 3];
    setRandomSeed(1);
    await expect(run(folder)).rejects.toThrow(Killed);
    [calls, limit] = [0, Infinity];
    setRandomSeed(1);
    expect(await run(folder)).toEqual(expected);
    // Of the second epoch only the validation was left.
    expect(calls).toBe(STEPS + 2 * STEPS);
  });

  it("while a checkpoint is written leaves nothing behind", async () => {
    const expected = await start(recipe, "");
    const folder = temporaryFolder();
    const resume = { folder, everySteps: 3 };
    await expect(start(recipe, "", { resume, callbacks: [killAtEpochEnd(1)] })).rejects.toThrow(Killed);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const half = join(folder, `.checkpoint-000099.safetensors.${pid}.0123abcd.tmp`);
    const living = join(folder, `.checkpoint-000099.safetensors.${process.ppid}.0123abcd.tmp`);
    for (const path of [half, living]) writeFileSync(path, "half of it");
    expect(await start(recipe, "", { resume })).toEqual(expected);
    expect([existsSync(half), existsSync(living)]).toEqual([false, true]);
    expect(checkpointsIn(folder)).toHaveLength(2);
  });

  it("because a callback stopped it within an epoch stays stopped, and completes that epoch", async () => {
    const stop: Callback = {
      onTrainBatchEnd(_batch, _logs, context) {
        const { iterations } = context.model.optimizer as unknown as { iterations: number };
        if (iterations === STEPS + 3) context.stopTraining("seen enough");
      },
    };
    const expected = await start(recipe, "", { callbacks: [stop] });
    expect(expected.history.stopped).toBe("seen enough");
    const resume = { folder: temporaryFolder(), everySteps: 1 };
    await expect(start(recipe, "", { resume, callbacks: [stop, killAtEpochEnd(1)] })).rejects.toThrow(Killed);
    expect(await start(recipe, "", { resume })).toEqual(expected);
    // Neither does a larger number of epochs wake it.
    expect((await start(recipe, "", { resume, epochs: 9 })).weights).toEqual(expected.weights);
  });
});

describe.runIf(isNative())("the way of running the steps", () => {
  it("stays op by op where a run had given up replaying", async () => {
    // A number of JavaScript that changes between two epochs is noticed there, and steps run op by op from then on.
    const lowering = (): Callback => {
      let [rate, layer] = [0.5, undefined as { rate: number } | undefined];
      const apply = () => layer && (layer.rate = rate);
      return {
        name: "lowering",
        exportState: () => ({ rate }),
        importState: (state) => void ({ rate } = state as { rate: number }),
        onTrainBegin(context) {
          layer = context.model.layers[1] as unknown as { rate: number };
          apply();
        },
        onEpochEnd(epoch) {
          if (epoch === 1) rate = 0.1;
          apply();
        },
      };
    };
    const dropping: Recipe = { layers: () => [dropout({ rate: 0.5 })], callbacks: () => [lowering()] };
    const options = { epochs: 7, compile: "auto" } as const;
    const expected = await start(dropping, "", options);
    expect(expected.history.plan).toBe("eager");
    const resume = { folder: temporaryFolder(), everySteps: 2 };
    for (const epoch of [1, 4]) {
      const killing = start(dropping, "", { ...options, resume, callbacks: [killAtEpochEnd(epoch)] });
      await expect(killing).rejects.toThrow(Killed);
    }
    expect(await start(dropping, "", { ...options, resume })).toEqual(expected);
  });

  it("stays what it was at the checkpoint, also where the rule would take another by now", async () => {
    const options = { epochs: 7, compile: "auto" } as const;
    const expected = await start(recipe, "", { ...options, compile: "lowered" });
    const resume = { folder: temporaryFolder(), everySteps: 2 };
    const killing = start(recipe, "", { ...options, compile: "lowered", resume, callbacks: [killAtEpochEnd(3)] });
    await expect(killing).rejects.toThrow(Killed);
    expect((await start(recipe, "", options)).history.plan).toBe("graph");
    const resumed = await start(recipe, "", { ...options, resume });
    expect(resumed.history.plan).toBe("lowered");
    expect(resumed).toEqual(expected);
  });
});

describe("a run that has finished", () => {
  it("gives its history at once, without a step", async () => {
    const folder = temporaryFolder();
    const expected = await start(recipe, "", { resume: folder });
    const step = vi.fn();
    const again = await start(recipe, "", {
      resume: folder,
      callbacks: [{ onTrainBatchEnd: step, onEpochBegin: step }],
    });
    expect(again).toEqual(expected);
    expect(step).not.toHaveBeenCalled();
  });

  it("can be prolonged", async () => {
    const folder = temporaryFolder();
    await start(recipe, "", { epochs: 3, resume: folder });
    const expected = await start(recipe, "", { epochs: EPOCHS });
    expect(await start(recipe, "", { epochs: EPOCHS, resume: folder })).toEqual(expected);
    await expect(start(recipe, "", { epochs: 2, resume: folder })).rejects.toThrow("it is of epoch 5, and epochs is 2");
  });
});

describe("an interrupt", () => {
  it("takes a checkpoint first, so that no step is lost", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const globals = globalThis as Record<symbol, unknown>;
    const key = Symbol.for("dnn-lab.interrupt");
    const expected = await start(recipe, "");
    const folder = temporaryFolder();
    let steps = 0;
    const stop: Callback = { onTrainBatchEnd: () => void (++steps === STEPS + 4 && Atomics.store(flag, 0, 1)) };
    globals[key] = flag;
    try {
      await expect(start(recipe, "", { resume: folder, callbacks: [stop] })).rejects.toThrow("fit was interrupted");
    } finally {
      delete globals[key];
    }
    const batches: number[] = [];
    const watch: Callback = { onTrainBatchEnd: (batch) => void batches.push(batch) };
    expect(await start(recipe, "", { resume: folder, callbacks: [watch] })).toEqual(expected);
    expect(batches[0]).toBe(4);
    expect(batches).toHaveLength((EPOCHS - 1) * STEPS - 4);
  });
});
