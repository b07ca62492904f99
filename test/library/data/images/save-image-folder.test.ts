import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { datasetFromArrays, imageFolder, saveImageFolder } from "../../../../src/library/index";

const folder = mkdtempSync(join(tmpdir(), "saved pictures "));
afterAll(() => rmSync(folder, { recursive: true }));
const classNames = ["día", "no che"];

function pictures(channels: number, change: (value: number) => number = (value) => value) {
  const shape = channels === 0 ? [5, 4] : [5, 4, channels];
  const length = 20 * Math.max(1, channels);
  const features = Float32Array.from({ length: 6 * length }, (_, i) => change((i * 7919) % 256));
  return datasetFromArrays({ features, shape, labels: Int32Array.of(1, 0, 0, 1, 1, 0), classNames });
}

describe("saveImageFolder", () => {
  it.each([
    ["grayscale", 0],
    ["grayscale", 1],
    ["rgb", 3],
    ["rgba", 4],
  ] as const)("imageFolder reads the same %s pixels, labels and names (%i channels)", async (colorMode, channels) => {
    const data = pictures(channels);
    const target = join(folder, String(channels));
    const files = await saveImageFolder(data, target);
    expect(files.map((file) => basename(file))).toEqual(
      Array.from({ length: 6 }, (_, i) => `${String(i).padStart(5, "0")}.png`),
    );
    const read = await imageFolder(target, { size: [5, 4], colorMode, shuffle: false });
    expect(read.classNames).toEqual(classNames);
    // Read class by class: samples 1, 2, 5, then 0, 3, 4.
    const expected = data.subset([1, 2, 5, 0, 3, 4]).tensors();
    const found = read.train.tensors();
    expect(Array.from(found.labels.dataSync())).toEqual([0, 0, 0, 1, 1, 1]);
    expect(Array.from(found.features.dataSync())).toEqual(Array.from(expected.features.dataSync()));
  });

  it("refuses what is no picture, what would be lost, and a folder in use", async () => {
    const target = join(folder, "refused");
    const rows = datasetFromArrays({ features: new Float32Array(4), shape: [2], labels: [0, 1], classNames });
    await expect(saveImageFolder(rows, target)).rejects.toThrow("received samples [2]");
    await expect(saveImageFolder(pictures(3).rescale(1 / 255), target)).rejects.toThrow("Leave rescale");
    await expect(
      saveImageFolder(
        pictures(3, () => 256),
        target,
      ),
    ).rejects.toThrow("from 0 to 255, received 256");
    const named = (name: string) =>
      datasetFromArrays({ features: new Uint8Array(4), shape: [2, 2], labels: [0], classNames: [name] });
    await expect(saveImageFolder(named("../up"), target)).rejects.toThrow("'../up' cannot be a folder's name");
    const unnamed = datasetFromArrays({ features: new Uint8Array(4), shape: [2, 2], labels: [0] });
    await expect(saveImageFolder(unnamed, target)).rejects.toThrow("0 names");
    await saveImageFolder(pictures(0), target);
    await expect(saveImageFolder(pictures(0), target)).rejects.toThrow("holds something already");
  });
});
