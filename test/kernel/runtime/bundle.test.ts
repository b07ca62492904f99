import { describe, expect, test } from "vitest";
import { toBundle } from "../../../src/kernel/runtime/display/bundle";

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
