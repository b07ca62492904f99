/** `resume: { pauseAfter }`: a training in parts equals one without pauses. */
import { expect, it } from "vitest";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { nadam } from "../../../../src/library/techniques";
import { earlyStopping, lambdaCallback } from "../../../../src/library/training/callbacks";
import { EPOCHS, type Recipe, start, temporaryFolder } from "./runs";

const recipe: Recipe = {
  layers: () => [dropout({ rate: 0.3 })],
  optimizer: () => nadam({ learningRate: 0.02 }),
  callbacks: () => [earlyStopping({ monitor: "val_loss", patience: 9, restoreBestWeights: true })],
};

it.each([false, true])("a training in parts equals one without pauses (replayed: %s)", async (replayed) => {
  const whole = await start({ ...recipe, replayed }, temporaryFolder());
  const folder = temporaryFolder();
  let ends = 0;
  const callbacks = [lambdaCallback({ onTrainEnd: () => void ends++ })];
  const part = (pauseAfter?: number) =>
    start({ ...recipe, replayed }, folder, { resume: { folder, pauseAfter }, callbacks });
  for (const pauseAfter of [1, 1, 3]) {
    const { history } = await part(pauseAfter);
    expect(history.epoch).toHaveLength(pauseAfter);
    expect(history.stopped).toBe(`paused after ${pauseAfter} epochs`);
    expect(history.history.val_loss).toEqual(whole.history.history.val_loss.slice(0, pauseAfter));
  }
  expect(ends).toBe(0);
  expect(await part()).toEqual(whole);
  expect(await part(EPOCHS)).toEqual(whole);
  expect(ends).toBe(2);
});

it("a training that has ended of its own accord is not paused", async () => {
  const folder = temporaryFolder();
  const callbacks = [earlyStopping({ monitor: "val_loss", patience: 0, minDelta: 10 })];
  const { history } = await start({}, folder, { callbacks, resume: { folder, pauseAfter: 2 } });
  expect(history.epoch).toHaveLength(2);
  expect(history.stopped).not.toContain("paused");
});

it("is refused below one epoch", async () => {
  const resume = { folder: temporaryFolder(), pauseAfter: 0 };
  await expect(start({}, "", { resume })).rejects.toThrow(
    "fit: resume: pauseAfter must be an integer at least 1, received 0.",
  );
});
