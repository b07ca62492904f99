import { describe, expect, test } from "vitest";
import { ink, seriesColours } from "../../../../src/library/reports/figures/style";

type Rgb = [number, number, number];

/** sRGB → linear light. */
function linear(colour: string): Rgb {
  return [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** CIE 1976 L*a*b* distance. */
function difference(a: Rgb, b: Rgb): number {
  const lab = ([r, g, b]: Rgb) => {
    const xyz = [
      (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
      0.2126 * r + 0.7152 * g + 0.0722 * b,
      (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
    return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
  };
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** Complete dichromacy after Machado, Oliveira and Fernandes, 2009, on linear light. */
const visions: Record<string, number[][]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(colour: string, vision: number[][]): Rgb {
  const rgb = linear(colour);
  return vision.map((row) => Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]))) as Rgb;
}

describe("the style's colours", () => {
  test.each(["#ffffff", "#111111"])("lines have a contrast of 3 and text of 4.2 with a page of %s", (page) => {
    for (const colour of seriesColours) expect(contrast(colour, page), colour).toBeGreaterThanOrEqual(3);
    expect(contrast(ink, page)).toBeGreaterThanOrEqual(4.2);
  });

  test.each(Object.keys(visions))("can be told apart with %s vision", (name) => {
    for (const [index, a] of seriesColours.entries()) {
      for (const b of seriesColours.slice(index + 1)) {
        expect(difference(seen(a, visions[name]), seen(b, visions[name])), `${a} and ${b}`).toBeGreaterThan(25);
      }
    }
  });
});
