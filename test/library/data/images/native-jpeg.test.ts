/** JPEGs that TensorFlow decodes: the bytes that sharp makes of them, and the rest left to sharp. */
import sharp, { type JpegOptions } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { tf, useEngine } from "../../../../src/library/index";
import { decodePlainJpeg, isPlainJpeg } from "../../../../src/library/data/images/native-jpeg";

const picture = (width: number, height: number) =>
  sharp(
    Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => 128 + 100 * Math.sin(i * 0.013 + (i % 3)) + ((i * 7919) % 27),
    ),
    { raw: { width, height, channels: 3 } },
  );
const jpeg = (width: number, height: number, options: JpegOptions = {}) =>
  picture(width, height).jpeg(options).toBuffer();

beforeAll(() => useEngine());

describe("plain JPEGs", () => {
  it.each<[string, number, number, JpegOptions]>([
    ["colours at half size", 33, 47, {}],
    ["colours at full size", 96, 96, { chromaSubsampling: "4:4:4" }],
    ["progressive", 64, 20, { progressive: true, quality: 40 }],
    ["other tables", 300, 17, { mozjpeg: true }],
  ])("%s", async (_, width, height, options) => {
    const bytes = await jpeg(width, height, options);
    expect(isPlainJpeg(bytes)).toBe(true);
    const before = tf.memory().numTensors;
    const decoded = decodePlainJpeg(bytes);
    expect(tf.memory().numTensors).toBe(before);
    if (tf.getBackend() !== "tensorflow") return expect(decoded).toBeUndefined();
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect([decoded!.width, decoded!.height, decoded!.channels]).toEqual([width, height, 3]);
    expect(Buffer.compare(decoded!.values, data)).toBe(0);
  });

  it("gray ones", async () => {
    const bytes = await picture(30, 20).toColourspace("b-w").jpeg().toBuffer();
    const decoded = decodePlainJpeg(bytes);
    if (tf.getBackend() !== "tensorflow") return;
    expect(Buffer.compare(decoded!.values, await sharp(bytes).toColourspace("srgb").raw().toBuffer())).toBe(0);
  });
});

it("leaves others to sharp: turned, of other colours, large, cut off, no JPEG", async () => {
  const good = await jpeg(40, 30);
  const others = [
    await picture(40, 30).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    await picture(40, 30).withIccProfile("p3").jpeg().toBuffer(),
    await picture(40, 30).toColourspace("cmyk").jpeg().toBuffer(),
    await jpeg(700, 400),
    good.subarray(0, good.length - 40),
    Buffer.concat([good, Buffer.alloc(7)]),
    await picture(40, 30).png().toBuffer(),
    Buffer.alloc(0),
    Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
    Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 2, 0xff, 0xd9]),
  ];
  expect(others.map(isPlainJpeg)).toEqual(others.map(() => false));
  expect(others.map(decodePlainJpeg)).toEqual(others.map(() => undefined));
});

it("damaged ones are what sharp makes of them, or left to it", async () => {
  const bytes = await jpeg(40, 30);
  for (const share of [0.4, 0.6, 0.9]) {
    const cut = Buffer.concat([bytes.subarray(0, share * bytes.length), Buffer.from([0xff, 0xd9])]);
    const theirs = await sharp(cut, { failOn: "error" })
      .raw()
      .toBuffer()
      .catch(() => undefined);
    const ours = decodePlainJpeg(cut);
    if (ours) expect(Buffer.compare(ours.values, theirs!)).toBe(0);
  }
});
