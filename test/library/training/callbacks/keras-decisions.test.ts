/** The callbacks against Keras' own on invented metrics; see test/expected/make_callbacks.py. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Logs } from "../../../../src/core/types";
import type { EarlyStoppingMemory } from "../../../../src/library/training/callbacks";
import {
  csvLogger,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  terminateOnNaN,
} from "../../../../src/library/training/callbacks";
import { saveWeights } from "../../../../src/library/models/weights/weights-file";
import { expectClose, readExpected } from "../../techniques/helpers";
import { FakeFit, fromJson } from "./fake-fit";

vi.mock("../../../../src/library/models/weights/weights-file", () => ({ saveWeights: vi.fn() }));
beforeEach(() => void vi.mocked(saveWeights).mockReset());

interface Case<Options, Expected, Value = number | string | null> {
  callback: string;
  options: Options;
  values: Value[];
  expected: Expected;
}

const { cases } = readExpected<{ cases: Case<object, object>[] }>("callbacks");
const casesOf = <Options, Expected, Value = number | string | null>(name: string) =>
  cases.filter(({ callback }) => callback === name) as unknown as Case<Options, Expected, Value>[];

const logsOf = (options: { monitor?: string }, values: (number | string | null)[]): Logs[] =>
  values.map((value) => ({ [options.monitor ?? "val_loss"]: fromJson(value) }));

describe("earlyStopping", () => {
  type Options = NonNullable<Parameters<typeof earlyStopping>[0]>;
  type Expected = { waits: number[]; bestEpochs: number[]; stoppedEpoch: number | null; restoredEpoch: number | null };

  it.each(casesOf<Options, Expected>("earlyStopping"))("$options on $values", async ({ options, values, expected }) => {
    const [callback, fit] = [earlyStopping(options), new FakeFit()];
    const memories: EarlyStoppingMemory["rule"][] = [];
    await fit.run(callback, logsOf(options, values), () => memories.push(callback.exportState().rule));
    expect(memories.map(({ wait }) => wait)).toEqual(expected.waits);
    expect(memories.map(({ bestEpoch = 0 }) => bestEpoch)).toEqual(expected.bestEpochs);
    expect(callback.exportState().rule.stoppedEpoch ?? null).toBe(expected.stoppedEpoch);
    expect(fit.stopReason !== undefined).toBe(expected.stoppedEpoch !== null);
    expect(fit.restoredEpoch).toBe(expected.restoredEpoch);
  });
});

describe("reduceLROnPlateau", () => {
  type Options = NonNullable<Parameters<typeof reduceLROnPlateau>[0]>;
  type Expected = { logged: number[]; rates: number[]; waits: number[]; cooldowns: number[] };

  it.each(casesOf<Options, Expected>("reduceLROnPlateau"))(
    "$options on $values",
    async ({ options, values, expected }) => {
      const [callback, fit] = [reduceLROnPlateau(options), new FakeFit()];
      const [logged, rates, waits, cooldowns]: number[][] = [[], [], [], []];
      await fit.run(callback, logsOf(options, values), (logs) => {
        logged.push(logs.learning_rate);
        rates.push(fit.rate);
        waits.push(callback.exportState().wait);
        cooldowns.push(callback.exportState().cooldown);
      });
      expectClose(logged, expected.logged, 1e-9, "logged");
      expectClose(rates, expected.rates, 1e-9, "rates");
      expect({ waits, cooldowns }).toEqual({ waits: expected.waits, cooldowns: expected.cooldowns });
    },
  );
});

describe("modelCheckpoint", () => {
  type Options = Parameters<typeof modelCheckpoint>[0];

  it.each(casesOf<Options, { saved: string[] }>("modelCheckpoint"))(
    "$options on $values",
    async ({ options, values, expected }) => {
      const callback = modelCheckpoint({ ...options, saveWeightsOnly: true });
      const saved: string[] = [];
      const { calls } = vi.mocked(saveWeights).mock;
      await new FakeFit().run(callback, logsOf(options, values), () => saved.push(calls.splice(0)[0]?.[1] ?? ""));
      expect(saved).toEqual(expected.saved);
    },
  );
});

describe("learningRateScheduler", () => {
  it.each(casesOf<object, { rates: number[]; logged: number[] }>("learningRateScheduler"))(
    "sets the rates",
    async ({ expected }) => {
      const fit = new FakeFit();
      const [rates, logged]: number[][] = [[], []];
      const callback = learningRateScheduler((epoch, rate) => (epoch < 2 ? rate : rate * 0.5));
      await fit.run(
        callback,
        expected.rates.map(() => ({ loss: 1 })),
        (logs) => {
          rates.push(fit.rate);
          logged.push(logs.learning_rate);
        },
      );
      expectClose(rates, expected.rates, 1e-9);
      expectClose(logged, expected.logged, 1e-9);
    },
  );
});

describe("terminateOnNaN", () => {
  it.each(casesOf<object, { stoppedBatch: number | null }>("terminateOnNaN"))(
    "on $values",
    async ({ values, expected }) => {
      const [callback, fit] = [terminateOnNaN(), new FakeFit()];
      let stopped: number | null = null;
      for (let batch = 0; batch < values.length && stopped === null; batch++) {
        await callback.onTrainBatchEnd?.(batch, { loss: fromJson(values[batch]) }, fit);
        if (fit.stopReason) stopped = batch;
      }
      expect(stopped).toBe(expected.stoppedBatch);
      const line = `Batch ${stopped}: Invalid loss, terminating training`;
      expect(fit.notified).toEqual(stopped === null ? [] : [line]);
    },
  );
});

describe("csvLogger", () => {
  type Options = { separator?: string; append?: boolean };

  it.each(casesOf<Options, { text: string }, Logs[]>("csvLogger"))(
    "$options of $values",
    async ({ options, values, expected }) => {
      const folder = mkdtempSync(join(tmpdir(), "csv-logger-"));
      const filename = join(folder, "made", "log.csv");
      for (const epochs of values) await new FakeFit().run(csvLogger({ filename, ...options }), epochs);
      expect(readFileSync(filename, "utf8")).toBe(expected.text);
      rmSync(folder, { recursive: true });
    },
  );
});
