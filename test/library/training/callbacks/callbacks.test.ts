/** What callbacks say, refuse and remember; their decisions are compared with Keras' in keras-decisions.test.ts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Logs } from "../../../../src/core/types";
import {
  csvLogger,
  earlyStopping,
  lambdaCallback,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  terminateOnNaN,
} from "../../../../src/library/training/callbacks";
import { FakeFit } from "./fake-fit";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "callbacks-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const valLosses = (...values: number[]): Logs[] => values.map((value) => ({ loss: 1, val_loss: value }));

describe("what they say, in Keras' words", () => {
  it("earlyStopping", async () => {
    const fit = new FakeFit();
    await fit.run(earlyStopping({ patience: 2, restoreBestWeights: true, verbose: 1 }), valLosses(3, 2, 4, 5));
    expect(fit.notified).toEqual([
      "Epoch 4: early stopping",
      "Restoring model weights from the end of the best epoch: 2.",
    ]);
    expect(fit.stopReason).toBe("val_loss has not improved for 2 epochs");
  });

  it("reduceLROnPlateau", async () => {
    const fit = new FakeFit();
    await fit.run(reduceLROnPlateau({ patience: 1, verbose: 1 }), valLosses(1, 1));
    expect(fit.notified).toEqual(["Epoch 2: ReduceLROnPlateau reducing learning rate to 0.001."]);
  });

  it("learningRateScheduler", async () => {
    const fit = new FakeFit();
    await fit.run(
      learningRateScheduler((epoch) => 0.5 ** epoch, { verbose: 1 }),
      valLosses(1, 1),
    );
    expect(fit.notified).toEqual([
      "Epoch 1: LearningRateScheduler setting learning rate to 1.",
      "Epoch 2: LearningRateScheduler setting learning rate to 0.5.",
    ]);
  });

  it("nothing unless verbose", async () => {
    const fit = new FakeFit();
    await fit.run(earlyStopping({ restoreBestWeights: true }), valLosses(1, 2));
    await fit.run(reduceLROnPlateau({ patience: 1 }), valLosses(1, 1));
    await fit.run(
      learningRateScheduler(() => 1),
      valLosses(1),
    );
    expect(fit.notified).toEqual([]);
  });
});

describe("what is wrong is refused", () => {
  it("a missing metric, with those there are and the remedy", async () => {
    const run = (callback: object, logs: Logs) => new FakeFit().run(callback, [logs]);
    await expect(run(earlyStopping(), { loss: 1, accuracy: 0.5 })).rejects.toThrow(
      "earlyStopping: there is no metric 'val_loss' to monitor; there are 'loss', 'accuracy'. Pass validationData to fit.",
    );
    await expect(run(reduceLROnPlateau({ monitor: "val_acuracy", mode: "max" }), { val_accuracy: 1 })).rejects.toThrow(
      "reduceLROnPlateau: there is no metric 'val_acuracy' to monitor; there are 'val_accuracy', 'learning_rate'. Did you mean 'val_accuracy'?",
    );
    const checkpoint = modelCheckpoint({ filepath: "w.weights.h5", saveWeightsOnly: true, saveBestOnly: true });
    await expect(run(checkpoint, { loss: 1 })).rejects.toThrow("modelCheckpoint: there is no metric 'val_loss'");
  });

  it("a schedule that callbacks cannot change, before the first epoch", async () => {
    const fit = new FakeFit();
    fit.setLearningRate = () => {
      throw new TypeError("follows a schedule");
    };
    const seen = vi.fn();
    await expect(fit.run(reduceLROnPlateau(), valLosses(1), seen)).rejects.toThrow("follows a schedule");
    expect(seen).not.toHaveBeenCalled();
  });

  const weightsOnly = { saveWeightsOnly: true };
  const wrong: [name: string, make: () => unknown, message: string][] = [
    ["earlyStopping", () => earlyStopping({ patienc: 1 } as object), "earlyStopping: unknown option 'patienc'"],
    [
      "earlyStopping",
      () => earlyStopping({ restoreBestWeights: 1 as never }),
      "restoreBestWeights must be true or false",
    ],
    [
      "earlyStopping",
      () => earlyStopping({ verbose: true as never }),
      "earlyStopping: verbose must be 0 or 1, received true",
    ],
    ["reduceLROnPlateau", () => reduceLROnPlateau({ factor: 1 }), "reduceLROnPlateau: factor must be"],
    [
      "modelCheckpoint",
      () => modelCheckpoint({} as never),
      "modelCheckpoint: filepath must be a path, received undefined",
    ],
    [
      "modelCheckpoint",
      () => modelCheckpoint({ filepath: "w.h5", ...weightsOnly }),
      "must end in '.weights.h5', received \"w.h5\"",
    ],
    [
      "modelCheckpoint",
      () => modelCheckpoint({ filepath: "w.weights.h5" }),
      "Pass saveWeightsOnly: true for a file of weights",
    ],
    [
      "modelCheckpoint",
      () => modelCheckpoint({ filepath: "m", saveFreq: 0 }),
      "saveFreq must be an integer at least 1, received 0. Or pass 'epoch'.",
    ],
    [
      "modelCheckpoint",
      () => modelCheckpoint({ filepath: "m{epoch:2x}" }),
      "has '{epoch:2x}', which is not understood",
    ],
    ["modelCheckpoint", () => modelCheckpoint({ filepath: "m{epoch" }), "has '{', which is not understood"],
    ["learningRateScheduler", () => learningRateScheduler(0.1 as never), "schedule must be a function, received 0.1"],
    ["terminateOnNaN", () => terminateOnNaN({ raiseErrors: true } as object), "Did you mean 'raiseError'?"],
    ["csvLogger", () => csvLogger({ filename: "" }), "filename must be the path of a file"],
    ["csvLogger", () => csvLogger({ filename: "a", separator: ", " }), "separator must be one character"],
    ["lambdaCallback", () => lambdaCallback({ onEpochend: () => undefined } as object), "Did you mean 'onEpochEnd'?"],
    ["lambdaCallback", () => lambdaCallback({ onEpochEnd: 3 as never }), "onEpochEnd must be a function, received 3"],
  ];
  it.each(wrong)("%s %s", (_name, make, message) => expect(make).toThrow(message));

  it("a rate that is none", async () => {
    const callback = learningRateScheduler(() => NaN);
    await expect(new FakeFit().run(callback, valLosses(1))).rejects.toThrow("schedule(0, …) must be a finite number");
  });
});

describe("what they remember", () => {
  it("earlyStopping starts anew in a second training, and goes on where it was told to", async () => {
    const callback = earlyStopping({ patience: 2, restoreBestWeights: true });
    await new FakeFit().run(callback, valLosses(1, 2));
    const memory = callback.exportState();

    const anew = new FakeFit();
    await anew.run(callback, valLosses(5, 6, 4));
    expect(anew.stopReason).toBeUndefined();

    const [resumed, fit] = [earlyStopping({ patience: 2, restoreBestWeights: true }), new FakeFit()];
    resumed.importState(memory);
    await fit.run(resumed, valLosses(5), undefined, 2);
    expect(fit.stopReason).toBe("val_loss has not improved for 2 epochs");
    expect(fit.restoredEpoch).toBe(0);

    const after = new FakeFit();
    await after.run(resumed, valLosses(9, 8));
    expect(after.restoredEpoch).toBe(1);
  });

  it("reduceLROnPlateau likewise", async () => {
    const [first, resumed, fit] = [
      reduceLROnPlateau({ patience: 2 }),
      reduceLROnPlateau({ patience: 2 }),
      new FakeFit(),
    ];
    await fit.run(first, valLosses(1, 1));
    resumed.importState(first.exportState());
    await fit.run(resumed, valLosses(1));
    expect(fit.rate).toBeCloseTo(0.001, 15);
    await fit.run(resumed, valLosses(1, 1));
    expect(fit.rate).toBeCloseTo(0.001, 15);
  });
});

describe("csvLogger", () => {
  it("goes on with a file only when its columns are the same", async () => {
    const filename = join(folder, "other.csv");
    writeFileSync(filename, "epoch,accuracy\r\n0,1\r\n");
    await expect(new FakeFit().run(csvLogger({ filename, append: true }), valLosses(1))).rejects.toThrow(
      'other.csv has the columns "epoch,accuracy", this run "epoch,loss,val_loss". Write to another file',
    );
    expect(readFileSync(filename, "utf8")).toBe("epoch,accuracy\r\n0,1\r\n");
  });

  it("quotes names that need it and writes each row at once", async () => {
    const filename = join(folder, "quotes.csv");
    const rows: string[] = [];
    const logs = [
      { 'a,"b"': 1, val_x: NaN },
      { 'a,"b"': 2, val_x: 0.5 },
    ];
    await new FakeFit().run(csvLogger({ filename }), logs, () => rows.push(readFileSync(filename, "utf8")));
    expect(rows).toEqual(['epoch,"a,""b""",val_x\r\n0,1,NaN\r\n', 'epoch,"a,""b""",val_x\r\n0,1,NaN\r\n1,2,0.5\r\n']);
  });
});

describe("terminateOnNaN", () => {
  it("throws instead when it is asked to", () => {
    const callback = terminateOnNaN({ raiseError: true });
    expect(() => callback.onTrainBatchEnd?.(7, { loss: Infinity }, new FakeFit())).toThrow(
      "terminateOnNaN: the loss of batch 7 is Infinity. Try a lower learning rate",
    );
  });
});

it("lambdaCallback passes on what fit passes", async () => {
  const onEpochEnd = vi.fn();
  const fit = new FakeFit();
  await fit.run(lambdaCallback({ onEpochEnd }), [{ loss: 2 }]);
  expect(onEpochEnd.mock.calls).toEqual([[0, { loss: 2 }, fit]]);
});
