/** Damaged, cut off, empty and hostile files of every kind that is read: each refused with an error that names the file. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  csvDataset,
  fit,
  imageFolder,
  imageFolderStream,
  loadModel,
  predictFile,
  readNpy,
  readNpz,
  saveModel,
  tf,
} from "../../../src/library/index";

interface Zip {
  addFile(name: string, content: Buffer): void;
  deleteFile(name: string): void;
  toBuffer(): Buffer;
}
const zipOf = async (path?: string): Promise<Zip> =>
  new ((await import("adm-zip" as string)) as { default: new (path?: string) => Zip }).default(path);

const folder = mkdtempSync(join(tmpdir(), "bad files "));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Fails unless the file is refused with an error of few lines that names it. */
async function refused(name: string, read: () => unknown, reason: RegExp = /./): Promise<void> {
  const error: unknown = await Promise.resolve()
    .then(read)
    .then(() => undefined)
    .catch((one: unknown) => one);
  expect(error, `${name} was read`).toBeInstanceOf(Error);
  const { message } = error as Error;
  expect(message).toContain(name);
  expect(message).toMatch(reason);
  expect(message.split("\n").length).toBeLessThan(8);
}

/** What no reader may take for its own. */
const ANY_KIND: readonly (readonly [kind: string, content: Buffer])[] = [
  ["empty", Buffer.alloc(0)],
  ["zeros", Buffer.alloc(5000)],
  ["noise", Buffer.from(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3) * 104729) % 256))],
  // As Python's pickle writes {"a": 1}, in protocol 4.
  ["pickle", Buffer.from("8004950900000000000000 7d948c016194 4b01732e".replaceAll(" ", ""), "hex")],
  ["archive of nothing", Buffer.from("504b0506000000000000000000000000000000000000", "hex")],
  ["text", Buffer.from("hello\nworld\n")],
];

const npyOf = (header: string, data: Buffer): Buffer => {
  const padded = header.padEnd(117) + "\n";
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(padded), data]);
};
const GOOD_HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }";
const good = npyOf(GOOD_HEADER, Buffer.alloc(32));

/** An archive that says of one entry that it has three gigabytes. */
function grown(archive: Buffer, entry: string): Buffer {
  const bytes = Buffer.from(archive);
  // In the local header and in the list at the end, that many bytes before the name.
  for (const [signature, size, name] of [
    ["PK\x03\x04", 22, 30],
    ["PK\x01\x02", 24, 46],
  ] as const) {
    for (let at = bytes.indexOf(signature, 0, "latin1"); at >= 0; at = bytes.indexOf(signature, at + 4, "latin1")) {
      if (bytes.toString("latin1", at + name, at + name + entry.length) !== entry) continue;
      bytes.writeUInt32LE(3 * 2 ** 30, at + size);
    }
  }
  return bytes;
}

describe("tables", () => {
  const read = (path: string) => () => csvDataset(path, { label: "y", validationSplit: 0 });

  it.each(ANY_KIND)("%s as CSV and as Parquet", async (kind, content) => {
    await refused(`${kind}.csv`, read(file(`${kind}.csv`, content)));
    await refused(`${kind}.parquet`, read(file(`${kind}.parquet`, content)), /Parquet/);
  });

  it.each([
    ["header alone", "a,y\n", /no rows|rows/],
    ["two columns of one name", "a,a,y\n1,2,3\n", /a/],
    ["a quote that is never closed", 'a,y\n"1,2\n3,4\n', /line/],
    ["lines of other lengths", "a,y\n1,2\n1,2,3\n", /line 3/],
    ["a word among numbers", `a,y\n${"1,2\n".repeat(200)}what,2\n`, /line 202/],
  ])("%s", async (name, text, reason) => {
    await refused(`${name}.csv`, read(file(`${name}.csv`, text)), reason);
  });

  it("what is no file", async () => {
    await refused("none.csv", read(join(folder, "none.csv")), /there is no file/);
    mkdirSync(join(folder, "folder.csv"));
    await refused("folder.csv", read(join(folder, "folder.csv")));
  });
});

describe("NumPy's files", () => {
  it.each(ANY_KIND)("%s as npy and as npz", async (kind, content) => {
    await refused(`${kind}.npy`, () => readNpy(file(`${kind}.npy`, content)));
    await refused(`${kind}.npz`, () => readNpz(file(`${kind}.npz`, content)));
  });

  it.each([
    ["cut off", good.subarray(0, good.length - 5), /bytes/],
    ["longer than it says", Buffer.concat([good, Buffer.alloc(9)]), /bytes/],
    ["a shape of terabytes", npyOf(GOOD_HEADER.replace("(4, 2)", "(99999999, 99999)"), Buffer.alloc(32)), /bytes/],
    ["a shape below zero", npyOf(GOOD_HEADER.replace("(4, 2)", "(-4, -2)"), Buffer.alloc(32)), /./],
    ["Python objects", npyOf(GOOD_HEADER.replace("<f4", "|O"), Buffer.from("8004952e", "hex")), /objects/i],
    ["a header that is code", npyOf("__import__('os').system('ls')", Buffer.alloc(32)), /./],
  ])("%s", async (name, content, reason) => {
    await refused(`${name}.npy`, () => readNpy(file(`${name}.npy`, content)), reason);
    const zip = await zipOf();
    zip.addFile("x.npy", content);
    await refused(`${name}.npz`, () => readNpz(file(`${name}.npz`, zip.toBuffer())), reason);
  });

  it("an archive that would fill the memory, and one that is cut off", async () => {
    const zip = await zipOf();
    zip.addFile("x.npy", good);
    const bytes = zip.toBuffer();
    await refused("bomb.npz", () => readNpz(file("bomb.npz", grown(bytes, "x.npy"))), /would grow from/);
    await refused("cut.npz", () => readNpz(file("cut.npz", bytes.subarray(0, bytes.length >> 1))));
  });

  it("an entry whose name leads elsewhere writes nothing", async () => {
    const bytes = await withEntry("../elsewhere.npy", good);
    const before = readdirSync(tmpdir()).length;
    const read = await readNpz(file("path.npz", bytes)).catch((error: Error) => error);
    if (read instanceof Error) expect(read.message).toContain("path.npz");
    expect(readdirSync(tmpdir()).includes("elsewhere.npy")).toBe(false);
    expect(before).toBeGreaterThan(0);
  });
});

/** An archive with one entry of any name, also such as packers refuse. */
async function withEntry(name: string, content: Buffer): Promise<Buffer> {
  const zip = await zipOf();
  const harmless = name.replace(/[^a-z]/g, "x");
  zip.addFile(harmless, content);
  return Buffer.from(zip.toBuffer().toString("latin1").replaceAll(harmless, name), "latin1");
}

describe("pictures", () => {
  let png: Buffer, jpeg: Buffer;
  beforeAll(async () => {
    const picture = sharp({ create: { width: 60, height: 40, channels: 3, background: "teal" } });
    [png, jpeg] = [await picture.png().toBuffer(), await picture.jpeg().toBuffer()];
  });
  /** A PNG that says it has so many pixels. */
  const claims = (width: number, height: number) => {
    const bytes = Buffer.from(png);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return bytes;
  };
  const kinds = (): (readonly [string, Buffer])[] => [
    ...ANY_KIND,
    ["cut png", png.subarray(0, png.length - 30)],
    ["cut jpeg", jpeg.subarray(0, jpeg.length >> 1)],
    ["head of a jpeg", jpeg.subarray(0, 4)],
    ["picture of terabytes", claims(2 ** 30, 2 ** 30)],
    ["picture of no pixels", claims(0, 40)],
    ["svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/>')],
  ];

  it("each is named by imageFolder, by imageFolderStream and by predictFile", { timeout: 120_000 }, async () => {
    const model = tf.sequential();
    model.add(tf.layers.flatten({ inputShape: [8, 8, 3] }));
    model.add(tf.layers.dense({ units: 2, activation: "softmax" }));
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    const path = join(folder, "pictures.keras");
    const preprocessing = {
      ...{ kind: "image", size: [8, 8], colorMode: "rgb", interpolation: "bilinear" },
      ...{ cropToAspectRatio: false, classNames: ["bad", "good"] },
    };
    await saveModel(model, path, { preprocessing });
    const loaded = await loadModel(path);
    for (const [kind, content] of kinds()) {
      for (const ending of ["jpg", "png"]) {
        const pictures = join(folder, `${kind} ${ending}`);
        mkdirSync(join(pictures, "bad"), { recursive: true });
        mkdirSync(join(pictures, "good"));
        writeFileSync(join(pictures, "good", "good.png"), png);
        const bad = join(pictures, "bad", `bad.${ending}`);
        writeFileSync(bad, content);
        await refused(`bad.${ending}`, () => imageFolder(pictures, { size: 8 }), /cannot be decoded/);
        const { skipped } = await imageFolder(pictures, { size: 8, badFiles: "skip" });
        expect(skipped.map(({ path: one }) => one)).toEqual([bad]);
        const { train } = imageFolderStream(pictures, { size: 8 });
        await refused(`bad.${ending}`, () => fit(model, train.batch(1), { verbose: 0 }), /cannot be decoded/);
        await refused(`bad.${ending}`, () => predictFile(loaded, bad), /cannot be decoded/);
      }
    }
  });
});

describe("whole models", () => {
  let path: string;
  beforeAll(async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    path = join(folder, "good.keras");
    await saveModel(model, path);
  });

  it.each(ANY_KIND)("%s", async (kind, content) => {
    await refused(`${kind}.keras`, () => loadModel(file(`${kind}.keras`, content)), /\.keras/);
  });

  it("cut off anywhere", async () => {
    const bytes = readFileSync(path);
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      await refused("cut.keras", () => loadModel(file("cut.keras", bytes.subarray(0, share * bytes.length))));
    }
  });

  it("entries that would fill the memory, or are no weights", async () => {
    for (const name of ["config.json", "model.weights.h5"]) {
      const bomb = file("bomb.keras", grown(readFileSync(path), name));
      await refused("bomb.keras", () => loadModel(bomb), /would grow from/);
      for (const content of [Buffer.alloc(0), Buffer.from("8004952e", "hex")]) {
        const zip = await zipOf(path);
        zip.deleteFile(name);
        zip.addFile(name, content);
        await refused("changed.keras", () => loadModel(file("changed.keras", zip.toBuffer())));
      }
    }
  });

  it("an entry whose name leads elsewhere writes nothing", async () => {
    const zip = await zipOf(path);
    zip.addFile("xxxelsewherexxx", Buffer.from("x"));
    const bytes = Buffer.from(
      zip.toBuffer().toString("latin1").replaceAll("xxxelsewherexxx", "../elsewhere.tx"),
      "latin1",
    );
    const read = await loadModel(file("path.keras", bytes)).catch((error: Error) => error);
    if (read instanceof Error) expect(read.message).toContain("path.keras");
    expect(readdirSync(tmpdir())).not.toContain("elsewhere.tx");
  });
});
