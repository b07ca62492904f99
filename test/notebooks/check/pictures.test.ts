/** Pictures: what an eye sees is found, what only smooths an edge is not. */
import { PNG } from "pngjs";
import { encode } from "jpeg-js";
import { describe, expect, it } from "vitest";
import { compareOutputs } from "../../../src/notebooks/check/outputs";
import { pixelsOf } from "../../../src/notebooks/check/pixels";
import { rulesOf } from "../../../src/notebooks/check/rules";
import type { Output } from "../../../src/notebooks/notebook/notebook-file";
import { codeCell, shown } from "../notebooks";

const WIDTH = 320;
const HEIGHT = 240;
type Ink = (x: number, y: number) => number;

/** Grey from 0 (black) to 1 (white), by a function of the place. */
function pixels(ink: Ink, width = WIDTH, height = HEIGHT): Buffer {
  const data = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.fill(Math.round(255 * ink(x, y)), 4 * (y * width + x), 4 * (y * width + x) + 3);
  return data;
}

function png(ink: Ink, width = WIDTH, height = HEIGHT): Output {
  const picture = new PNG({ width, height });
  picture.data = pixels(ink, width, height);
  return shown({ "image/png": PNG.sync.write(picture).toString("base64") });
}

function found(reference: Output, ours: Output, check = ""): string[] {
  const rules = rulesOf(codeCell(check && `// @check ${check}`));
  return compareOutputs([reference], [ours], rules).differences.map(({ message }) => message);
}

/** A line with smooth edges, two pixels wide. */
const line =
  (height: (x: number) => number): Ink =>
  (x, y) =>
    x < 20 || x > 300 ? 1 : Math.min(1, Math.abs(y - height(x)) / 2);
const sine = line((x) => 120 - 80 * Math.sin(x / 30));

describe("a picture", () => {
  it.each<[string, Ink, Ink]>([
    ["sin-cos: another curve", sine, line((x) => 120 - 80 * Math.cos(x / 30))],
    ["acc-half: a lower curve", line((x) => 230 - x / 2), line((x) => 230 - x / 4)],
    ["no-curve: an empty plot", sine, () => 1],
    ["png-line-plot: a rising line for a falling one", line((x) => 20 + x / 2), line((x) => 220 - x / 2)],
    ["a missing thin line", (x, y) => (y === 100 && x % 4 < 3 ? 0 : 1), () => 1],
    [
      "confusion-numbers: one digit (a stroke of 7 pixels)",
      (x, y) => (x === 150 && y > 100 && y < 109 ? 0 : 1),
      (x, y) => (x === 153 && y > 100 && y < 109 ? 0 : 1),
    ],
    ["another shade of one field", (x, y) => (x < 60 && y < 60 ? 0.5 : 1), (x, y) => (x < 60 && y < 60 ? 0.54 : 1)],
  ])("that shows something else is found: %s", (_, before, after) => {
    expect(found(png(before), png(before))).toEqual([]);
    expect(found(png(before), png(after))).toHaveLength(1);
    expect(found(png(before), png(after))[0]).toContain("it shows something else");
  });

  it.each<[string, Ink, Ink]>([
    ["smoothed otherwise", sine, line((x) => 120.15 - 80 * Math.sin(x / 30))],
    ["one grey level lighter", (x, y) => 0.5 + (x + y) / 2000, (x, y) => 0.503 + (x + y) / 2000],
  ])("that is %s is the same", (_, before, after) => expect(found(png(before), png(after))).toEqual([]));

  it("has a rule for how much of a tile may be another, and the rule counts nothing where there is no picture", () => {
    expect(found(png(sine), png(line((x) => 122 - 80 * Math.sin(x / 30))), "pixels=0.5")).toEqual([]);
    const text = shown({ "text/plain": "a" });
    expect(found(text, text, "pixels=0.5")).toEqual(["pixels is given, but there is no picture"]);
  });

  it("must have the same size", () =>
    expect(found(png(sine), png(sine, 321))).toEqual(["321 × 240 pixels, reference 320 × 240"]));

  it("png-truncated: that is damaged is a difference, and nothing falls over", () => {
    const whole = png(sine);
    const bytes = Buffer.from(whole.data!["image/png"] as string, "base64");
    for (const damaged of [bytes.subarray(0, 60), bytes.subarray(0, 10), Buffer.from(bytes).fill(0, 45, 60)]) {
      const output = shown({ "image/png": damaged.toString("base64") });
      expect(found(whole, output)[0]).toContain("cannot be compared as a picture");
      expect(found(output, output)).toEqual([]);
    }
    const huge = Buffer.from(bytes);
    huge.writeUInt32BE(2 ** 31 - 1, 16);
    expect(found(whole, shown({ "image/png": huge.toString("base64") }))[0]).toContain("pixels are too many");
  });

  it("may be a JPEG", () => {
    const jpeg = (ink: Ink) =>
      shown({ "image/jpeg": encode({ width: WIDTH, height: HEIGHT, data: pixels(ink) }, 90).data.toString("base64") });
    expect(found(jpeg(sine), jpeg(line((x) => 120.05 - 80 * Math.sin(x / 30))))).toEqual([]);
    expect(found(jpeg(sine), jpeg(line((x) => 120 - 80 * Math.cos(x / 30))))).toHaveLength(1);
  });

  it("may have 16 bits, grey, alpha", () => {
    const write = (colorType: 0 | 6, bitDepth: 8 | 16) => {
      const picture = new PNG({ width: 4, height: 4 });
      picture.data = pixels((x) => x / 4, 4, 4);
      return PNG.sync.write(picture, { colorType, bitDepth, inputColorType: 6, inputHasAlpha: true });
    };
    const plain = pixelsOf(write(6, 8), "image/png");
    expect([...pixelsOf(write(0, 8), "image/png").data]).toEqual([...plain.data]);
    const transparent = (alpha: number) => {
      const picture = new PNG({ width: 32, height: 32 });
      for (let i = 3; i < picture.data.length; i += 4) [picture.data[i - 3], picture.data[i]] = [255, alpha];
      return shown({ "image/png": PNG.sync.write(picture).toString("base64") });
    };
    expect(found(transparent(255), transparent(100))).toHaveLength(1);
  });
});
