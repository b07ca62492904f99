import { describe, expect, test } from "vitest";
import { liveBundle, toBundle } from "../../../src/kernel/runtime/display/bundle";

const data = async (value: unknown): Promise<Record<string, unknown>> => (await toBundle(value)).data;

describe("toBundle", () => {
  test("a real danfo DataFrame becomes a table, long ones are shortened", async () => {
    const danfo = await import("danfojs-node");
    const frame = new danfo.DataFrame({
      a: Array.from({ length: 50 }, (_, row) => row / 4),
      b: Array.from({ length: 50 }, () => "<x>"),
    });
    const shown = await data(frame);
    expect(shown["text/html"]).toContain("<td>&lt;x&gt;</td>");
    expect(shown["text/html"]).toContain("50 rows × 2 columns");
    expect(String(shown["text/plain"]).split("\n")).toHaveLength(1 + 21 + 2);
    const series = await data(new danfo.Series([1.5, 2]));
    expect(series["text/html"]).toContain("<td>1.5</td>");
  });

  test("a real tensor shows type, shape and values", async () => {
    const tf = await import("@tensorflow/tfjs");
    const tensor = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expect((await data(tensor))["text/plain"]).toBe("Tensor float32 [2, 2]\n[[1, 2],\n [3, 4]]");
    tensor.dispose();
    expect((await data(tensor))["text/plain"]).toContain("disposed");
  });

  test("bytes of a picture are shown, other bytes are listed", async () => {
    expect(await data(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 3))).toHaveProperty("image/jpeg");
    expect((await data(Uint8Array.of(1, 2)))["text/plain"]).toBe("Uint8Array(2) [ 1, 2 ]");
  });

  test("Jupyter.display must give an object", () => {
    expect(() => toBundle({ [Symbol.for("Jupyter.display")]: () => 5 })).toThrow("object of MIME types");
  });

  test("a figure fits the width, and its picture has a description", async () => {
    const draw = Symbol.for("dnn-lab.staticFigure");
    const all = globalThis as unknown as Record<symbol, unknown>;
    const before = all[draw];
    const figure = {
      data: [
        { y: [1], name: "loss" },
        { y: [2], name: "accuracy" },
      ],
      layout: { title: { text: "Run" } },
    };
    try {
      all[draw] = () => Promise.resolve({ "image/png": "AAAA" });
      const shown = await toBundle(figure);
      expect(shown.data["text/plain"]).toBe("Figure “Run”: loss, accuracy");
      expect(shown.metadata).toEqual({ "image/png": { alt: "Figure “Run”: loss, accuracy" } });
      expect(shown.data["application/vnd.plotly.v1+json"]).toMatchObject({ config: { responsive: true } });
      const own = { ...figure, config: { staticPlot: true } };
      expect((await data(own))["application/vnd.plotly.v1+json"]).toMatchObject({ config: { staticPlot: true } });
      // A figure of a library, whose picture takes a while, is there at once where it is to be live.
      const slow = { ...figure, description: "mine", [Symbol.for("Jupyter.display")]: () => new Promise(() => {}) };
      const live = await liveBundle(slow);
      expect(live.data["text/plain"]).toBe("mine");
      expect(live.data).not.toHaveProperty("image/png");
      const library = {
        [Symbol.for("Jupyter.display")]: () => ({
          "application/vnd.plotly.v1+json": {},
          "image/png": "AA",
          "text/plain": "x",
        }),
      };
      expect((await toBundle(library)).metadata).toEqual({ "image/png": { alt: "x" } });
    } finally {
      all[draw] = before;
    }
  });

  test("what only looks like a figure or a table stays text", async () => {
    for (const value of [
      { data: [], layout: null },
      { data: [{}], layout: {} },
      { columns: [], index: [], values: [], shape: [] },
    ]) {
      expect(Object.keys(await data(value))).toEqual(["text/plain"]);
    }
  });
});
