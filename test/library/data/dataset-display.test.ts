import { inspect } from "node:util";
import { expect, it } from "vitest";
import { type Dataset, datasetFromArrays } from "../../../src/library/index";

const shown = (data: Dataset) =>
  (data as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();

it("says size, shapes, classes and batches", () => {
  const data = datasetFromArrays({
    features: [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
    labels: [0, 1, 1],
    classNames: ["cat", "<b>"],
  });
  expect(inspect(data)).toBe("arrays: 3 samples [2], labels [] of 2 classes (cat 1, <b> 2)");
  expect(inspect(data.skip(1).batch(2))).toBe(
    "arrays: 2 samples [2], labels [] of 2 classes (cat 0, <b> 2), 1 batch of 2",
  );
  const html = shown(data)["text/html"];
  expect(html).toContain("<tr><td>2</td><td>3</td><td>&lt;b&gt;</td></tr>");
  expect(html).not.toContain("<b>");
});

it("shows pictures as they are: colours, gray, shares of 1, large ones", async () => {
  const pixels = async (data: Dataset) => {
    const [, base64] = /data:image\/bmp;base64,([^"]+)/.exec(shown(data)["text/html"])!;
    const bytes = Buffer.from(base64, "base64");
    expect(bytes.readUInt32LE(2)).toBe(bytes.length);
    const [width, height] = [bytes.readInt32LE(18), bytes.readInt32LE(22)];
    const line = Math.ceil((width * 3) / 4) * 4;
    const at = (x: number, y: number) =>
      [...bytes.subarray(54 + (height - 1 - y) * line + 3 * x).subarray(0, 3)].reverse();
    return { width, height, at };
  };
  const features = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 1, 2, 3, 4, 5, 6]);
  const colours = await pixels(datasetFromArrays({ features, shape: [2, 3, 3], labels: Int32Array.of(0) }));
  expect([colours.width, colours.height, colours.at(0, 0), colours.at(2, 1)]).toEqual([3, 2, [255, 0, 0], [4, 5, 6]]);
  const gray = await pixels(
    datasetFromArrays({
      features: [
        [
          [0, 0.5],
          [1, 0.25],
        ],
      ],
      labels: [0],
    }),
  );
  expect([gray.at(1, 0), gray.at(0, 1)]).toEqual([
    [128, 128, 128],
    [255, 255, 255],
  ]);
  const large = new Uint8Array(200 * 100);
  const small = await pixels(datasetFromArrays({ features: large, shape: [200, 100, 1], labels: Int32Array.of(0) }));
  expect([small.height, small.width]).toEqual([67, 34]);
});
