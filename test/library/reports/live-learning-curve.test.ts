import { afterEach, describe, expect, it, vi } from "vitest";
import { datasetFromArrays, fit, importanceFigure, liveLearningCurve, tf } from "../../../src/library/index";
import type { Callback, TrainingContext } from "../../../src/library/index";
import { PermutationImportance } from "../../../src/library/training/diagnostics/permutation-importance";
import { duration } from "../../../src/library/reports/live-learning-curve";

const key = Symbol.for("dnn-lab.display");
const holder = globalThis as Record<symbol, unknown>;
afterEach(() => Reflect.deleteProperty(holder, key));

interface Shown {
  readonly bundle: Record<string, unknown>;
  readonly options: { displayId: string; update: boolean };
}

/** A notebook that keeps what it is shown. */
function notebook(): Shown[] {
  const shown: Shown[] = [];
  holder[key] = { display: (bundle: Shown["bundle"], options: Shown["options"]) => shown.push({ bundle, options }) };
  return shown;
}

async function train(callbacks: Callback[], epochs = 3) {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 1, inputShape: [1] }));
  model.compile({ optimizer: "sgd", loss: "mse" });
  const data = datasetFromArrays({ features: [[1], [2], [3], [4]], labels: [1, 2, 3, 4] });
  return fit(model, data.batch(2), { epochs, validationData: data.batch(4), validationFreq: 2, verbose: 0, callbacks });
}

interface Plotly {
  readonly data: readonly { readonly name: string; readonly x: number[]; readonly y: number[] }[];
  readonly layout: { readonly title: { readonly text: string } };
}

describe("liveLearningCurve", () => {
  it("is one figure in a notebook, which grows with each epoch", async () => {
    const shown = notebook();
    const { history } = await train([liveLearningCurve({ title: "Line" })]);
    expect(new Set(shown.map(({ options }) => options.displayId)).size).toBe(1);
    expect(shown.map(({ options }) => options.update)).toEqual([false, true, true, true]);
    const figures = shown.map(({ bundle }) => bundle["application/vnd.plotly.v1+json"] as Plotly);
    expect(figures.map(({ data }) => data[0].y.length)).toEqual([1, 2, 3, 3]);
    expect(figures[2].data[0].y).toEqual(history.loss);
    const validation = figures[2].data.find(({ name }) => name === "validation")!;
    expect([validation.x, validation.y]).toEqual([[2], history.val_loss]);
    const titles = figures.map(({ layout }) => layout.title.text);
    expect(titles[0]).toMatch(/^Line: epoch 1 of 3, \d+ s left$/);
    expect(titles.slice(2)).toEqual(["Line: epoch 3 of 3", "Line"]);
    expect(shown[0].bundle["text/plain"]).toMatch(/Learning curve.*after 1 epoch: loss/);
  });

  it("is a line of text elsewhere, and goes on where a resumed run does", async () => {
    const callback = liveLearningCurve();
    const notify = vi.fn();
    const context = { epochs: 9, notify } as unknown as TrainingContext;
    callback.importState!({ epoch: [0, 1], history: { loss: [3, 2] }, validationEpochs: [] });
    await callback.onTrainBegin?.(context);
    await callback.onEpochEnd?.(2, { loss: 1.23456 }, context);
    expect(notify.mock.calls[0][0]).toMatch(/^epoch 3 of 9, \d+ s left: loss 1\.235$/);
    expect(callback.exportState!()).toEqual({
      epoch: [0, 1, 2],
      history: { loss: [3, 2, 1.23456] },
      validationEpochs: [],
    });
  });

  it("draws other epochs where a run diverges, and refuses wrong options at once", async () => {
    const shown = notebook();
    const callback = liveLearningCurve({ metrics: ["loss"] });
    const context = { epochs: 2, notify: vi.fn() } as unknown as TrainingContext;
    await callback.onTrainBegin?.(context);
    await callback.onEpochEnd?.(0, { loss: NaN }, context);
    await callback.onEpochEnd?.(1, { loss: 1 }, context);
    expect((shown[1].bundle["application/vnd.plotly.v1+json"] as Plotly).data[0].y).toEqual([null, 1]);
    expect(() => liveLearningCurve({ titel: "x" } as never)).toThrow(/titel/);
  });

  it("tells times as people do", () => {
    expect([0.2, 40, 100, 3600 * 2 + 605].map(duration)).toEqual(["1 s", "40 s", "2 min", "2 h 10 min"]);
  });
});

describe("importanceFigure", () => {
  const column = (name: string, mean: number) => ({ column: name, mean, standardDeviation: 0.01, values: [mean] });
  const found = new PermutationImportance("loss", 0.2, [column("age", 0.5), column("town", 0.1), column("id", -0.01)]);

  it("has a bar for each column, the most important above", () => {
    const { data, layout, description } = importanceFigure(found, { title: "Houses", top: 2 });
    expect(data[0]).toMatchObject({ type: "bar", orientation: "h", y: ["town", "age"], x: [0.1, 0.5] });
    expect(data[0].error_x).toMatchObject({ array: [0.01, 0.01] });
    expect((layout.xaxis as { title: { text: string } }).title.text).toContain("loss");
    expect(description).toBe("Importance for loss “Houses”: age 0.5, town 0.1");
  });

  it("refuses what is no importance", () => {
    expect(() => importanceFigure({} as never)).toThrow(/expected what permutationImportance gives/);
    expect(() => importanceFigure(found, { top: 0 })).toThrow(/top/);
  });
});
