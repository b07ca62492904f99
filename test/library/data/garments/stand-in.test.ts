import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GENERATOR_VERSION, generatePart } from "../../../../src/library/data/garments/generate";
import { standInPart } from "../../../../src/library/data/garments/stand-in";
import { fingerprintOf, type Storage } from "../../../../src/library/data/storage";

const OPTIONS = { name: "sample", count: 3000, side: 28, seed: 1 };
const PIXELS = 28 * 28;

let sample: Storage;
beforeAll(async () => {
  sample = await generatePart(OPTIONS);
});

const row = ({ features }: Storage, i: number) => features.values.subarray(i * PIXELS, (i + 1) * PIXELS);

describe("generatePart", () => {
  it("draws the same pictures for one seed on every machine, and others for another", async () => {
    // A change of any picture must come with a new GENERATOR_VERSION (and then with a new value here).
    expect([GENERATOR_VERSION, fingerprintOf(sample)]).toEqual([
      1,
      "d9b2b0ebde085d26d9f0eb2036b31db5f74c87bd8b59bf2795027e2dbdea325d",
    ]);
    expect(fingerprintOf(await generatePart({ ...OPTIONS, seed: 2 }))).not.toBe(fingerprintOf(sample));
  });

  it("draws as many pictures of each class, in mixed order", () => {
    for (let label = 0; label < 10; label++) {
      expect(sample.labels.values.filter((value) => value === label).length).toBe(300);
      // Among the first 500 too, give or take: a split by place must see every class.
      expect(
        Math.abs(sample.labels.values.subarray(0, 500).filter((value) => value === label).length - 50),
      ).toBeLessThan(30);
    }
  });

  it("fills each picture's middle, leaves a border region dark, and repeats no picture", () => {
    const seen = new Set<string>();
    for (let i = 0; i < sample.rows; i++) {
      const pixels = row(sample, i);
      const lit = pixels.filter((value) => value > 0).length / PIXELS;
      expect(lit).toBeGreaterThan(0.03);
      expect(lit).toBeLessThan(1);
      seen.add(Buffer.from(pixels).toString("base64"));
    }
    expect(seen.size).toBe(sample.rows);
  });

  it("can be told apart, but not too easily: the nearest class mean is right in 55 to 80 of 100", () => {
    const means = Array.from({ length: 10 }, () => new Float64Array(PIXELS));
    const half = sample.rows / 2;
    for (let i = 0; i < half; i++)
      row(sample, i).forEach((value, p) => (means[sample.labels.values[i]][p] += value / (half / 10)));
    let right = 0;
    for (let i = half; i < sample.rows; i++) {
      const pixels = row(sample, i);
      const distances = means.map((mean) => mean.reduce((sum, value, p) => sum + (value - pixels[p]) ** 2, 0));
      if (distances.indexOf(Math.min(...distances)) === sample.labels.values[i]) right++;
    }
    expect(right / half).toBeGreaterThan(0.55);
    expect(right / half).toBeLessThan(0.8);
  });
});

describe("standInPart", () => {
  let folder: string;
  let notices: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dnn-lab-garments-"));
    notices = [];
    vi.spyOn(process.stderr, "write").mockImplementation((line) => notices.push(String(line)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  const options = { ...OPTIONS, count: 50 };

  it("keeps the drawing, and reads it the next time", async () => {
    const drawn = await standInPart(folder, options);
    const [name] = readdirSync(folder);
    expect(name).toBe(`garments-v${GENERATOR_VERSION}-sample.bin`);
    const { ino, mtimeMs } = statSync(join(folder, name));
    expect(await standInPart(folder, options)).toEqual(drawn);
    expect(statSync(join(folder, name))).toMatchObject({ ino, mtimeMs });
    expect(drawn).toEqual(await generatePart(options));
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, 1000)],
    ["changed in one pixel", (bytes: Buffer) => ((bytes[5000] ^= 1), bytes)],
    ["changed in one label", (bytes: Buffer) => ((bytes[bytes.length - 1] ^= 1), bytes)],
    ["empty", () => Buffer.alloc(0)],
  ])("draws anew when the kept drawing is %s, and says so", async (_what, damage) => {
    const drawn = await standInPart(folder, options);
    const path = join(folder, readdirSync(folder)[0]);
    const good = readFileSync(path);
    writeFileSync(path, damage(Buffer.from(good)));
    expect(await standInPart(folder, options)).toEqual(drawn);
    expect(readFileSync(path).equals(good)).toBe(true);
    expect(notices.join("")).toMatch(/garments-v1-sample.bin: this kept drawing is damaged; drawing it anew/);
  });

  it("does not take a whole drawing of another size for its own", async () => {
    await standInPart(folder, { ...options, count: 20 });
    expect((await standInPart(folder, options)).labels.values.length).toBe(50);
  });

  it("does without a cache that cannot be written, and says so", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    const drawn = await standInPart(join(path, "cache"), options);
    expect(drawn.rows).toBe(50);
    expect(notices.join("")).toMatch(/cannot be kept in the cache: E/);
  });
});
