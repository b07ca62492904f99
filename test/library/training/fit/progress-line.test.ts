import { describe, expect, it } from "vitest";
import { type LineSink, lineSink, ProgressLine } from "../../../../src/library/training/fit/progress-line";

function recordingSink(intervalMs: number) {
  const live: string[] = [];
  const settled: string[] = [];
  const sink: LineSink = { intervalMs, live: (line) => live.push(line), settled: (line) => settled.push(line) };
  return { sink, live, settled };
}

describe("ProgressLine", () => {
  it("writes count, bar, time and metrics as Keras does", () => {
    const { sink, live } = recordingSink(0);
    new ProgressLine(sink, 2625, "Epoch 1/10").update(1312, { accuracy: 0.82131, loss: 0.50214 });
    expect(live[0]).toMatch(
      /^Epoch 1\/10 {2}1312\/2625 ━{10} {10} 0s \d+(us|ms)\/step - accuracy: 0\.8213 - loss: 0\.5021$/,
    );
  });

  it("ends with a full bar and shows small numbers in full", () => {
    const { sink, settled } = recordingSink(0);
    new ProgressLine(sink, 10).finish({ learning_rate: 0.0001 });
    expect(settled[0]).toMatch(/^10\/10 ━{20} 0s .* - learning_rate: 1\.0000e-4$/);
  });

  it("is due only after the sink's interval", () => {
    expect(new ProgressLine(recordingSink(60_000).sink, 1).due()).toBe(false);
    expect(new ProgressLine(recordingSink(0).sink, 1).due()).toBe(true);
  });
});

describe("lineSink", () => {
  it("updates one display in place where a notebook listens", () => {
    const shown: { text: unknown; update?: boolean; displayId?: string }[] = [];
    const key = Symbol.for("dnn-lab.display");
    const globals = globalThis as Record<symbol, unknown>;
    globals[key] = {
      display: (bundle: Record<string, unknown>, options: object) =>
        shown.push({ text: bundle["text/plain"], ...options }),
    };
    try {
      const sink = lineSink(1);
      sink.live("a");
      sink.settled("b");
      sink.live("c");
    } finally {
      delete globals[key];
    }
    expect(shown.map(({ text }) => text)).toEqual(["a", "b", "b\nc"]);
    expect(shown.map(({ update }) => update)).toEqual([false, true, true]);
    expect(new Set(shown.map(({ displayId }) => displayId)).size).toBe(1);
  });

  it("says nothing with verbose 0", () => {
    expect(lineSink(0).intervalMs).toBe(Infinity);
  });
});
