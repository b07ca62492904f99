import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi, type TestContext } from "vitest";
import type { Dataset } from "../../../src/library/data/dataset";
import { cifar10, loadFrom } from "../../../src/library/data/cifar10";
import { readArchive, tarFiles } from "../../../src/library/data/cifar10-archive";
import { downloadArchive } from "../../../src/library/data/cifar10-files";
import { channelSums, originOf } from "../../../src/library/data/cifar10-origin";
import { decodeRecords, RECORD_BYTES, RECORDS_PER_FILE } from "../../../src/library/data/cifar10-records";
import { Absent } from "../../../src/library/data/source-chain";

const REAL = process.env.DNN_LAB_DATA && join(process.env.DNN_LAB_DATA, "cifar-10");
const COPY = "cifar-10-jpeg75.tar.xz";
const TEST_BATCH = "cifar-10-batches-bin/test_batch.bin";

let folder: string;
let data: string;
let cache: string;
let notices: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-cifar-"));
  data = join(folder, "data");
  cache = join(folder, "cache", "cifar-10");
  mkdirSync(join(data, "cifar-10", "cifar-10-batches-bin"), { recursive: true });
  vi.stubEnv("DNN_LAB_DATA", data);
  vi.stubEnv("DNN_LAB_CACHE", join(folder, "cache"));
  vi.stubEnv("DNN_LAB_SOURCE", "");
  notices = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => notices.push(String(line)) > 0);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** 10,000 records; pixel p of record i is (i + p) mod 251, its label i mod 10. */
function records(): Buffer {
  const bytes = Buffer.alloc(RECORDS_PER_FILE * RECORD_BYTES);
  for (let i = 0; i < RECORDS_PER_FILE; i++) {
    bytes[i * RECORD_BYTES] = i % 10;
    for (let p = 1; p < RECORD_BYTES; p++) bytes[i * RECORD_BYTES + p] = (i + p - 1) % 251;
  }
  return bytes;
}

/** An archive by the system's tar would do; this one is by hand, so that the test runs everywhere. */
function tar(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("0", 156);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]);
}

const inFolder = (path: string) => join(data, "cifar-10", path);
const loadTest = (source?: "folder" | "cache" | "download", urls: string[] = []) =>
  loadFrom({ split: "test", source }, urls) as Promise<Dataset>;

describe("cifar10.load from record files", () => {
  it("turns planes into pixels, keeps labels and order, and says that the bytes are not CIFAR-10's", async () => {
    writeFileSync(inFolder(TEST_BATCH), records());
    const test = await loadTest();
    expect([test.size, test.features.shape]).toEqual([10_000, [32, 32, 3]]);
    const { features, labels } = test.subset([0, 13]).tensors();
    expect([...labels.dataSync()]).toEqual([0, 3]);
    // Row y, column x, channel c of record i is pixel 1024 c + 32 y + x of its planes.
    const pixels = features.dataSync();
    for (const [i, y, x, c] of [
      [0, 0, 0, 0],
      [0, 0, 1, 2],
      [1, 31, 30, 1],
      [1, 7, 5, 2],
    ]) {
      expect(pixels[((i * 32 + y) * 32 + x) * 3 + c]).toBe(([0, 13][i] + 1024 * c + 32 * y + x) % 251);
    }
    expect(test.info).toMatchObject({ name: "cifar10", source: "folder", comparable: false });
    expect(test.info.notes.join()).toMatch(/unknown origin/);
    expect(test.info.classNames[6]).toBe("frog");
  });

  it("reads the folder itself as well as cifar-10 in it", async () => {
    vi.stubEnv("DNN_LAB_DATA", join(data, "cifar-10"));
    writeFileSync(inFolder(TEST_BATCH), records());
    expect((await loadTest()).size).toBe(10_000);
  });

  it.each([
    ["truncated", (bytes: Buffer) => bytes.subarray(0, 5000), /expected 30730000 bytes .* a truncated file of 5000/],
    ["too long", (bytes: Buffer) => Buffer.concat([bytes, bytes]), /trailing bytes, one of 61460000/],
    [
      "mislabelled",
      (bytes: Buffer) => (bytes.writeUInt8(10, 7 * RECORD_BYTES), bytes),
      /record 7 has label 10, expected 0 to 9/,
    ],
  ])("refuses a %s file, and never draws the stand-in instead", async (_what, damage, message) => {
    writeFileSync(inFolder(TEST_BATCH), damage(records()));
    await expect(loadTest()).rejects.toThrow(message);
    expect(notices).toEqual([]);
  });

  it("takes half a data set for a mistake", async () => {
    writeFileSync(inFolder(TEST_BATCH), "");
    await expect(loadFrom({ split: "train" }, [])).rejects.toThrow(/data_batch_1.bin: expected this file beside/);
  });

  it("refuses wrong options before it looks for files", async () => {
    await expect(cifar10.load({ split: "valid" })).rejects.toThrow(/the splits are 'train', 'test'/);
    await expect(cifar10.load({ split: "test", sorce: "auto" } as never)).rejects.toThrow(/Did you mean 'source'/);
  });
});

describe("the origin of the bytes", () => {
  it("is told by exact sums", () => {
    const bytes = records();
    const storage = decodeRecords([{ name: "test_batch.bin", bytes }]);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < RECORDS_PER_FILE; i++) {
      for (let p = 1; p <= 1024; p++) {
        sum += bytes[i * RECORD_BYTES + p];
        squares += bytes[i * RECORD_BYTES + p] ** 2;
      }
    }
    const sums = channelSums(storage);
    expect([sums.pixels[0], sums.squares[0]]).toEqual([sum, squares]);
    expect(originOf("test", [{ name: "test_batch.bin", bytes }], storage)).toBe("unknown");
  });
});

describe("the archive", () => {
  const content = Buffer.from("content of a file");
  const archive = gzipSync(Buffer.concat([tar("a/b.bin", content)]));
  const md5 = createHash("md5").update(archive).digest("hex");

  it("is unpacked", async () => {
    const path = join(folder, "x.tar.gz");
    writeFileSync(path, archive);
    const files = await readArchive(path, md5, () => undefined);
    expect([...files.keys()]).toEqual(["a/b.bin"]);
    expect(Buffer.from(files.get("a/b.bin") as Uint8Array)).toEqual(content);
  });

  it("is read as the system's tar writes it", (context) => {
    writeFileSync(join(folder, "one.bin"), content);
    const made = spawnSync("tar", ["-cf", "-", "-C", folder, "one.bin", "data"]);
    if (made.status !== 0) context.skip("there is no tar here");
    expect(Buffer.from(tarFiles(made.stdout).get("one.bin") as Uint8Array)).toEqual(content);
  });

  it.each([
    ["truncated", archive.subarray(0, archive.length - 12), /found a damaged or truncated one/],
    ["of other content", gzipSync(tar("a/b.bin", Buffer.from("other"))), /expected the official file with MD5/],
  ])("is refused when %s", async (_what, bytes, message) => {
    const path = join(folder, "x.tar.gz");
    writeFileSync(path, bytes);
    await expect(readArchive(path, md5, () => undefined)).rejects.toThrow(message);
  });

  it("in the data folder is refused when it is not the official one", async () => {
    rmSync(inFolder("cifar-10-batches-bin"), { recursive: true });
    writeFileSync(inFolder("cifar-10-binary.tar.gz"), archive);
    await expect(loadTest()).rejects.toThrow(/expected the official file with MD5 c32a1d4ab5d03f1284b67883e8d87530/);
  });

  it("is downloaded whole or not at all", async () => {
    const server = createServer((_request, response) => void response.end(archive));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      expect(await downloadArchive(cache, [url])).toBeInstanceOf(Absent);
      expect(readdirSync(cache)).toEqual([]);
      expect(await downloadArchive(cache, [url], { md5 })).toBeUndefined();
      expect(readdirSync(cache)).toEqual(["cifar-10-binary.tar.gz"]);
    } finally {
      server.close();
    }
  });
});

describe("the JPEG copy", () => {
  function realCopy(context: TestContext): string {
    if (!REAL || !existsSync(join(REAL, COPY))) context.skip("DNN_LAB_DATA does not point to the JPEG copy");
    return REAL as string;
  }

  it("is unpacked by its script, read, named as a copy, and unpacked only once", async (context) => {
    const real = realCopy(context);
    const python = [join(__dirname, "../../../.venv/bin/python"), "python3"];
    const able = python.some((name) => spawnSync(name, ["-c", "import lzma, PIL.Image"]).status === 0);
    if (!able) context.skip("there is no Python with Pillow here");
    vi.stubEnv("DNN_LAB_DATA", real);
    const test = await loadTest();
    expect(test.info).toMatchObject({ source: "folder", comparable: true });
    expect(test.info.notes).toEqual(["JPEG copy (quality 75), not the official bytes"]);
    expect(test.info.fingerprint).toBe("24312cf2779b2a5b4b32d855d68d9ea2b392ccfd91315c8436dc821cc5115619");
    expect([...test.labels.subarray(0, 10)]).toEqual([9, 0, 2, 5, 2, 8, 5, 6, 2, 3]);
    // Channel means of the official test images are 0.4942, 0.4851 and 0.4504; JPEG keeps them nearly.
    channelSums({
      rows: test.size,
      features: test.features,
      labels: { values: test.labels, shape: [] },
    }).pixels.forEach((sum, channel) =>
      expect(sum / 255 / 10_240_000).toBeCloseTo([0.49421, 0.48513, 0.45041][channel], 3),
    );
    expect(readdirSync(cache)).toEqual(["jpeg75"]);
    notices.length = 0;
    await loadTest();
    expect(notices).toEqual([]);
    // The same bytes in the data folder are known by their checksum.
    rmSync(inFolder("cifar-10-batches-bin"), { recursive: true });
    mkdirSync(inFolder("cifar-10-batches-bin"));
    copyFileSync(join(cache, "jpeg75", TEST_BATCH), inFolder(TEST_BATCH));
    vi.stubEnv("DNN_LAB_DATA", data);
    expect((await loadTest()).info).toEqual(test.info);
  });

  it("is refused when damaged", async () => {
    rmSync(inFolder("cifar-10-batches-bin"), { recursive: true });
    writeFileSync(inFolder(COPY), "damaged");
    await expect(loadTest()).rejects.toThrow(/cifar-10-jpeg75.tar.xz: expected the copy with MD5 893ab3/);
  });

  it("says what to do where its script is missing", async (context) => {
    const real = realCopy(context);
    rmSync(inFolder("cifar-10-batches-bin"), { recursive: true });
    copyFileSync(join(real, COPY), inFolder(COPY));
    await expect(loadTest("folder")).rejects.toThrow(/unpack.py beside it is not/);
    // A Python without Pillow.
    copyFileSync(join(real, "unpack.py"), inFolder("unpack.py"));
    for (const name of ["python3", "python"]) {
      writeFileSync(join(folder, name), "#!/bin/sh\nexit 1\n");
      chmodSync(join(folder, name), 0o755);
    }
    vi.stubEnv("PATH", folder);
    vi.stubEnv("PYTHONPATH", "");
    vi.stubEnv("PYTHONHOME", join(folder, "nowhere"));
    await expect(loadTest("folder")).rejects.toThrow(
      /no Python with Pillow was found. Install it .* or unpack the copy/,
    );
  });
});

describe("cifar10.load without any files", () => {
  it("draws the stand-in, says so, and names its own classes", async () => {
    rmSync(inFolder("cifar-10-batches-bin"), { recursive: true });
    const test = await loadTest();
    expect(test.info).toMatchObject({ source: "generated", comparable: false });
    expect(test.info.notes).toEqual(["generated stand-in, not CIFAR-10"]);
    expect(test.info.classNames[9]).toBe("mottled block");
    expect(notices.join("")).toMatch(/there is no CIFAR-10 .*using the generated stand-in.*set DNN_LAB_DATA/s);
    expect((await loadTest()).info).toEqual(test.info);
  });
});
