import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { encodePng } from "../../../src/kernel/runtime/display/png";

describe("encodePng", () => {
  test.each([1, 3, 4])("%i channels: pngjs reads the same pixels", (channels) => {
    const data = Uint8Array.from({ length: 2 * 3 * channels }, (_, index) => index * 9);
    const { width, height, data: read } = PNG.sync.read(encodePng({ width: 3, height: 2, data }));
    const pixels = Array.from({ length: width * height }, (_, at) => {
      const [first, ...others] = data.subarray(at * channels, (at + 1) * channels);
      const [green = first, blue = first, alpha = 255] = others;
      return [first, green, blue, alpha];
    });
    expect([width, height, [...read]]).toEqual([3, 2, pixels.flat()]);
  });

  test("the CRC of the empty end chunk is the one of the specification", () => {
    const png = encodePng({ width: 1, height: 1, data: Uint8Array.of(7) });
    expect(png.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
  });

  test("data that does not fit is refused", () => {
    expect(() => encodePng({ width: 2, height: 2, data: new Uint8Array(5) })).toThrow("2 × 2");
  });
});
