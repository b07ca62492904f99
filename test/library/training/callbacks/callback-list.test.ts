import { describe, expect, it } from "vitest";
import type { TrainingContext } from "../../../../src/library/training/callbacks/callback";
import { CallbackList } from "../../../../src/library/training/callbacks/callback-list";
import { checkCallbacks } from "../../../../src/library/training/callbacks/check-callbacks";

const context = {} as TrainingContext;

describe("checkCallbacks", () => {
  it("refuses what is no array of callbacks and says how to mend it", () => {
    expect(() => checkCallbacks("fit", { onEpochEnd() {} })).toThrow(/callbacks must be an array.*\[callback\]/);
    expect(() => checkCallbacks("fit", [null])).toThrow(/a callback is an object with hooks.*received null/);
    expect(() => checkCallbacks("fit", [{ onEpochEnd: 3 }])).toThrow(/onEpochEnd must be a function, received 3/);
  });

  it("refuses a misspelt hook, which would never be called", () => {
    expect(() => checkCallbacks("fit", [{ onEpochend() {} }])).toThrow(/'onEpochend' is not a hook.*mean 'onEpochEnd'/);
  });
});

describe("CallbackList", () => {
  it("calls every hook in order and waits for the slow ones", async () => {
    const calls: string[] = [];
    const callback = (name: string, delayMs: number) => ({
      async onEpochEnd(epoch: number) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        calls.push(`${name} ${epoch}`);
      },
    });
    await new CallbackList([callback("slow", 20), callback("fast", 0)], context).epochEnd(3, {});
    expect(calls).toEqual(["slow 3", "fast 3"]);
  });

  it("knows whether anyone watches single batches", () => {
    expect(new CallbackList([{ onEpochEnd() {} }], context).watchesBatches).toBe(false);
    expect(new CallbackList([{ onTrainBatchEnd() {} }], context).watchesBatches).toBe(true);
  });
});
