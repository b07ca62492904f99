import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi, type TestContext } from "vitest";
import type { Dataset } from "../../../src/library/data/dataset";
import { fashionMnist, loadFrom } from "../../../src/library/data/fashion-mnist";

const IMAGES = "t10k-images-idx3-ubyte";
const LABELS = "t10k-labels-idx1-ubyte";
/** Where the real files are, if they are at hand. */
const REAL = process.env.DNN_LAB_DATA && join(process.env.DNN_LAB_DATA, "fashion-mnist");

let folder: string;
let data: string;
let cache: string;
let notices: string[];
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-fashion-"));
  data = join(folder, "data", "fashion-mnist");
  cache = join(folder, "cache", "fashion-mnist");
  mkdirSync(data, { recursive: true });
  vi.stubEnv("DNN_LAB_DATA", join(folder, "data"));
  vi.stubEnv("DNN_LAB_CACHE", join(folder, "cache"));
  vi.stubEnv("DNN_LAB_SOURCE", "");
  notices = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => notices.push(String(line)) > 0);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  for (const server of servers.splice(0)) server.close();
});

/** An IDX file of zeros in the given shape, as long as its header says. */
function idx(...shape: number[]): Buffer {
  const header = Buffer.from([0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255])]);
  return Buffer.concat([header, Buffer.alloc(shape.reduce((product, size) => product * size))]);
}

function realFiles(context: TestContext): string {
  const there = REAL && existsSync(join(REAL, `${IMAGES}.gz`));
  if (!there) context.skip("DNN_LAB_DATA does not point to a folder with fashion-mnist/*.gz");
  return REAL as string;
}

const loadTest = (source?: "folder" | "cache" | "download") =>
  loadFrom({ split: "test", source }, []) as Promise<Dataset>;

/** A server that hands out the files of a folder; counts what it is asked for. */
async function serve(files: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? "";
    asked.push(name);
    if (existsSync(join(files, name))) response.end(readFileSync(join(files, name)));
    else response.writeHead(404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

describe("fashionMnist.load, whatever the files", () => {
  it("refuses wrong options before it looks for files", async () => {
    await expect(fashionMnist.load({ split: "valid" })).rejects.toThrow(
      /no split "valid"; the splits are 'train', 'test'/,
    );
    await expect(fashionMnist.load({} as never)).rejects.toThrow(/split must be a split such as .* received undefined/);
    await expect(fashionMnist.load({ split: [] })).rejects.toThrow(/received \[\]/);
    await expect(fashionMnist.load({ split: "test", sauce: "auto" } as never)).rejects.toThrow(
      /unknown option 'sauce'.*Did you mean 'source'/,
    );
    await expect(fashionMnist.load({ split: "test", source: "disk" as never })).rejects.toThrow(
      /source must be one of/,
    );
  });

  it("refuses a DNN_LAB_DATA that is no folder", async () => {
    vi.stubEnv("DNN_LAB_DATA", join(folder, "nowhere"));
    await expect(loadTest()).rejects.toThrow(/DNN_LAB_DATA is set to .*nowhere, which is no folder/);
  });

  it("says that DNN_LAB_DATA has no such files, and goes on", async () => {
    await expect(loadTest("folder")).rejects.toThrow(/no data from source 'folder': there are no Fashion-MNIST files/);
    await expect(loadTest("cache")).rejects.toThrow(/no data from source 'cache'/);
    vi.stubEnv("DNN_LAB_SOURCE", "download");
    await expect(loadTest()).rejects.toThrow(
      /no data from source 'download': the download of t10k-labels-idx1-ubyte.gz failed/,
    );
  });

  it("takes half a data set for a mistake", async () => {
    writeFileSync(join(data, IMAGES), "");
    await expect(loadTest()).rejects.toThrow(
      /t10k-labels-idx1-ubyte.gz: expected this file beside the other .* found none/,
    );
  });

  it.each([
    [
      "truncated",
      (bytes: Buffer) => bytes.subarray(0, 5000),
      /expected 10008 bytes for shape \[10000\], found a truncated file of 5000 bytes/,
    ],
    [
      "damaged as gzip",
      (bytes: Buffer) => gzipSync(bytes).fill(7, 20, 30),
      /expected a complete gzip file, found a damaged one/,
    ],
    [
      "of images",
      () => idx(10_000, 28, 28),
      /expected 1 dimension \(labels\), found 3 \(a file of images; are the files swapped\?\)/,
    ],
    ["of another count", () => idx(9_999), /expected shape \[10000\] \(labels\), found \[9999\]/],
    ["too long", (bytes: Buffer) => Buffer.concat([bytes, bytes]), /found trailing bytes: a file of 20016 bytes/],
    [
      "sound but not official",
      (bytes: Buffer) => bytes,
      /expected the official t10k-labels-idx1-ubyte .* found a file of the same form with MD5/,
    ],
  ])("reports labels that are %s, and never draws the stand-in instead", async (_what, damage, message) => {
    writeFileSync(join(data, LABELS), damage(idx(10_000)));
    writeFileSync(join(data, IMAGES), "");
    await expect(loadTest()).rejects.toThrow(message);
    expect(notices).toEqual([]);
  });
});

describe("fashionMnist.load of the real files", () => {
  it("gives the splits of the course, as published", async (context) => {
    vi.stubEnv("DNN_LAB_DATA", join(realFiles(context), ".."));
    const [train, valid, test] = await fashionMnist.load({ split: ["train[:70%]", "train[70%:]", "test"] });
    expect([train.size, valid.size, test.size]).toEqual([42_000, 18_000, 10_000]);
    expect(valid.storedOrder(0)[0]).toBe(42_000);
    expect(valid.storage).toBe(train.storage);
    expect([train.labels.length, valid.labels.length]).toEqual([42_000, 18_000]);
    expect(valid.labels[0]).toBe(train.storage.labels.values[42_000]);
    expect(train.features.shape).toEqual([28, 28]);
    // Facts that the publishers and their users give: the first labels, and 6,000 and 1,000 pictures of each class.
    expect([...train.labels.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    const perClass = ({ storage }: Dataset) => {
      const counts = new Array<number>(10).fill(0);
      for (const label of storage.labels.values) counts[label]++;
      return counts;
    };
    expect(perClass(train)).toEqual(new Array(10).fill(6000));
    expect(perClass(test)).toEqual(new Array(10).fill(1000));
    // Mean and deviation of the training pixels, as commonly used to standardize them: 0.2860 and 0.3530.
    let sum = 0;
    let squares = 0;
    const { values } = train.storage.features;
    for (const pixel of values) {
      sum += pixel / 255;
      squares += (pixel / 255) ** 2;
    }
    const mean = sum / values.length;
    const square = squares / values.length;
    expect(mean).toBeCloseTo(0.286, 4);
    expect(Math.sqrt(square - mean ** 2)).toBeCloseTo(0.353, 4);
    expect(train.info).toMatchObject({
      name: "fashion_mnist",
      split: "train[:70%]",
      source: "folder",
      comparable: true,
      notes: [],
    });
    expect(train.info.fingerprint).toBe(valid.info.fingerprint);
    expect(train.info.fingerprint).toBe("16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157");
    expect(notices).toEqual([]);
  });

  it("joins parts in the order of the split", async (context) => {
    vi.stubEnv("DNN_LAB_DATA", join(realFiles(context), ".."));
    const [joined, test] = await fashionMnist.load({ split: ["test[:2]+train[5:7]", "test"] });
    expect(joined.size).toBe(4);
    const labels = Array.from(joined.order(0), (row) => joined.labels[row]);
    expect(labels).toEqual([test.labels[0], test.labels[1], 2, 7]);
    const { features } = joined.take(2).tensors();
    expect(features.dataSync()).toEqual(Float32Array.from(test.features.values.subarray(0, 2 * 784)));
  });

  it("reads unpacked and repacked files alike, and refuses one with another byte", async (context) => {
    const real = realFiles(context);
    const labels = gunzipSync(readFileSync(join(real, `${LABELS}.gz`)));
    copyFileSync(join(real, `${IMAGES}.gz`), join(data, `${IMAGES}.gz`));
    writeFileSync(join(data, LABELS), labels);
    const unpacked = await loadTest();
    rmSync(join(data, LABELS));
    writeFileSync(join(data, `${LABELS}.gz`), gzipSync(labels, { level: 1 }));
    expect((await loadTest()).info).toEqual(unpacked.info);
    labels[labels.length - 1] ^= 1;
    writeFileSync(join(data, `${LABELS}.gz`), gzipSync(labels));
    await expect(loadTest()).rejects.toThrow(
      /expected the official t10k-labels-idx1-ubyte .*Replace it by the one from https.*use readIdx/,
    );
  });

  it("downloads what is missing to the cache, and then uses the cache", async (context) => {
    const { url, asked } = await serve(realFiles(context));
    const load = () => loadFrom({ split: "test" }, ["http://127.0.0.1:1/", url]) as Promise<Dataset>;
    const first = await load();
    expect(first.info).toMatchObject({ source: "download", comparable: true });
    expect(readdirSync(cache).sort()).toEqual([`${IMAGES}.gz`, `${LABELS}.gz`]);
    expect(asked.sort()).toEqual([`${IMAGES}.gz`, `${LABELS}.gz`]);
    expect(notices.filter((line) => /there are no Fashion-MNIST files/.test(line)).length).toBe(1);
    const second = await load();
    expect(second.info).toEqual({ ...first.info, source: "cache" });
    expect(asked.length).toBe(2);
  });

  it("does not pass over a damaged file in the cache", async (context) => {
    const real = realFiles(context);
    mkdirSync(cache, { recursive: true });
    copyFileSync(join(real, `${IMAGES}.gz`), join(cache, `${IMAGES}.gz`));
    writeFileSync(join(cache, `${LABELS}.gz`), readFileSync(join(real, `${LABELS}.gz`)).subarray(0, 1000));
    await expect(loadTest()).rejects.toThrow(
      /cache.*t10k-labels-idx1-ubyte.gz: expected a complete gzip file, found a truncated one/,
    );
  });
});

describe("fashionMnist.load without the real files", () => {
  it("draws the stand-in and says so, once", async () => {
    const load = () => loadFrom({ split: ["test[:60%]", "test[60%:]"] }, []) as Promise<Dataset[]>;
    const [first, rest] = await load();
    expect([first.size, rest.size]).toEqual([6000, 4000]);
    expect(first.info).toMatchObject({ name: "fashion_mnist", source: "generated", comparable: false });
    expect(first.info.notes).toEqual(["generated stand-in, not Fashion-MNIST"]);
    const said = notices.filter((line) => /using the generated stand-in/.test(line));
    expect(said.length).toBe(1);
    expect(said[0]).toMatch(/not comparable with published figures.*set DNN_LAB_DATA/);
    notices.length = 0;
    const again = await load();
    expect(again[0].info).toEqual(first.info);
    expect(notices).toEqual([]);
  });

  it("draws it on request although the real files are there", async () => {
    writeFileSync(join(data, `${LABELS}.gz`), "damaged");
    const drawn = await fashionMnist.load({ split: "test", source: "generated" });
    expect(drawn.info.source).toBe("generated");
    expect(drawn.info.classNames[9]).toBe("Ankle boot");
  });
});
