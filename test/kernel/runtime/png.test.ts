import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { encodePng } from "../../../src/kernel/runtime/display/png";

describe("encodePng", () => {
  test.each([
    [1, 0],
    [3, 2],
    [4, 6],
  ])("%i channels: header and rows can be read back", (channels, colourType) => {
    const data = Uint8Array.from({ length: 2 * 3 * channels }, (_, index) => index * 9);
    const png = encodePng({ width: 3, height: 2, data });
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([3, 2, 8, colourType]);
    const length = png.readUInt32BE(33);
    expect(png.toString("latin1", 37, 41)).toBe("IDAT");
    const rows = inflateSync(png.subarray(41, 41 + length));
    const row = 3 * channels;
    expect([...rows]).toEqual([0, ...data.subarray(0, row), 0, ...data.subarray(row)]);
  });

  test("the CRC of the empty end chunk is the one of the specification", () => {
    const png = encodePng({ width: 1, height: 1, data: Uint8Array.of(7) });
    expect(png.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
  });

  test("data that does not fit is refused", () => {
    expect(() => encodePng({ width: 2, height: 2, data: new Uint8Array(5) })).toThrow("2 × 2");
  });
});
