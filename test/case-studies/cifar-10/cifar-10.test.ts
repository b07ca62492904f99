/** The case study's own machinery; what it finds out is compared with expected.json by `npm run reproduce`. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keyFigures, type Answers } from "../../../case-studies/cifar-10/answers";
import { channelStatistics } from "../../../case-studies/cifar-10/dense";
import { compare } from "../../../case-studies/cifar-10/comparison";
import { exportDense } from "../../../case-studies/cifar-10/export";
import { bitmap } from "../../../src/library/data/bitmap";
import { mistakePictures, worstMistakes } from "../../../case-studies/cifar-10/mistakes";
import { Study } from "../../../case-studies/cifar-10/study";
import type { TransferTask } from "../../../case-studies/cifar-10/base";
import type { FineTuned } from "../../../case-studies/cifar-10/transfer";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab cifar-"));
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const open = (options?: { fresh?: boolean }) => Study.open("quick", folder, options);

describe("a study", () => {
  it("keeps what a stage has computed, for the same settings only", async () => {
    const compute = vi.fn(() => Promise.resolve({ answer: 42 }));
    const study = await open();
    expect(await study.stage("one", { epochs: 1 }, compute)).toEqual({ answer: 42 });
    expect(await study.stage("one", { epochs: 1 }, compute)).toEqual({ answer: 42 });
    expect(compute).toHaveBeenCalledTimes(1);
    await study.stage("one", { epochs: 2 }, compute);
    expect(compute).toHaveBeenCalledTimes(2);
    await (await open({ fresh: true })).stage("one", { epochs: 2 }, compute);
    expect(compute).toHaveBeenCalledTimes(3);
  });

  it("computes again what is damaged", async () => {
    const compute = vi.fn(() => Promise.resolve(1));
    const study = await open();
    await study.stage("one", {}, compute);
    writeFileSync(study.path("one.json"), readFileSync(study.path("one.json"), "utf8").slice(0, 50));
    expect(await study.stage("one", {}, compute)).toBe(1);
    expect(compute).toHaveBeenCalledTimes(2);
  });

  it("gives a stage a folder for checkpoints until it is done, and an empty one when all is to be fresh", async () => {
    let given = "";
    const failing = async (resume: string) => {
      mkdirSync((given = resume), { recursive: true });
      throw new Error("killed");
    };
    await expect((await open()).stage("one", {}, failing)).rejects.toThrow("killed");
    expect(existsSync(given)).toBe(true);
    const seen = async (resume: string) => resume === given && existsSync(resume);
    expect(await (await open({ fresh: true })).stage("one", {}, seen)).toBe(false);
    await expect((await open()).stage("two", {}, failing)).rejects.toThrow("killed");
    expect(await (await open()).stage("two", {}, seen)).toBe(true);
    expect(existsSync(given)).toBe(false);
  });

  it("refuses an unknown profile", async () => {
    await expect(Study.open("fast" as never, folder)).rejects.toThrow(/quick or full, received 'fast'/);
  });
});

describe("the images", () => {
  it("are exported with the statistics of their channels", async () => {
    const study = await open();
    exportDense(study, join(folder, "for keras"));
    const bytes = readFileSync(join(folder, "for keras", "valid.bin"));
    const { valid } = study.parts;
    expect(bytes.length).toBe(valid.size * 3073);
    const { features, labels } = valid.take(3).tensors();
    const pixels = Array.from(features.dataSync());
    expect(Array.from(labels.dataSync())).toEqual([0, 1, 2].map((i) => bytes[i * 3073]));
    expect(Array.from(bytes.subarray(1, 3073))).toEqual(pixels.slice(0, 3072));
    const { mean, standardDeviation } = JSON.parse(readFileSync(join(folder, "for keras", "dense.json"), "utf8"));
    expect({ mean, standardDeviation }).toEqual(channelStatistics(study.parts.train));
    const reds = pixels.filter((_, i) => i % 3 === 0);
    const statistics = channelStatistics(valid.take(3));
    const average = reds.reduce((a, b) => a + b) / reds.length;
    expect(statistics.mean[0]).toBeCloseTo(average, 6);
    const variance = reds.reduce((sum, red) => sum + (red - average) ** 2, 0) / reds.length;
    expect(statistics.standardDeviation[0]).toBeCloseTo(Math.sqrt(variance), 6);
  });

  it("become bitmaps, rows from below, blue first, padded to four bytes", () => {
    const file = bitmap([1, 2, 3, 4, 5, 6], 1, 2);
    expect(file.toString("latin1", 0, 2)).toBe("BM");
    expect([file.readUInt32LE(2), file.readInt32LE(18), file.readInt32LE(22), file.length]).toEqual([62, 1, 2, 62]);
    expect([...file.subarray(54)]).toEqual([6, 5, 4, 0, 3, 2, 1, 0]);
  });
});

describe("the answers", () => {
  const task = { classNames: ["cat", "dog"] } as unknown as TransferTask;
  const predictions = [
    [0, 0, 0.9],
    [1, 0, 0.2],
    [0, 1, 0.1],
    [1, 1, 0.6],
  ] as const;
  const fineTuned = { name: "fine-tuned", testAccuracy: 0.5, predictions } as unknown as FineTuned;

  it("name the worst mistakes first, with their pictures", async () => {
    const mistakes = worstMistakes(fineTuned, task);
    expect(mistakes).toEqual([
      { position: 2, label: "cat", predicted: "dog", probability: 0.1 },
      { position: 1, label: "dog", predicted: "cat", probability: 0.2 },
    ]);
    expect(worstMistakes(fineTuned, task, 1)).toHaveLength(1);
    const shown = mistakePictures(mistakes, (await open()).parts.test) as unknown as Record<symbol, () => object>;
    const bundle = shown[Symbol.for("Jupyter.display")]() as Record<string, string>;
    expect(bundle["text/html"].match(/data:image\/bmp;base64,Qk/g)).toHaveLength(2);
    expect(bundle["text/plain"]).toContain("test image 2: cat, taken for dog");
  });

  it("are compared with those that are expected of the same profile and data", () => {
    const path = join(__dirname, "..", "..", "..", "case-studies", "cifar-10", "expected.json");
    const { figures, tolerance } = JSON.parse(readFileSync(path, "utf8"))["full, CIFAR-10, MobileNetV2"];
    const study = { profile: "full", parts: { train: { info: { comparable: true } } } } as unknown as Study;
    const compared = (found: Record<string, number>) => compare({ study, kind: "MobileNetV2", figures: found })!;
    const rows = compared(figures);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ within }) => within)).toBe(true);
    const [name] = Object.keys(figures);
    const worse = compared({ ...figures, [name]: figures[name] - tolerance - 0.001 });
    expect(worse.filter(({ within }) => !within).map(({ figure }) => figure)).toEqual([name]);
    const { [name]: _left, ...rest } = figures;
    expect(compared(rest).find(({ figure }) => figure === name)).toMatchObject({ within: false });
    expect(compare({ study, kind: "own base", figures })).toBeUndefined();
  });

  it("have a figure for each run", () => {
    const run = (name: string) => ({ name, testAccuracy: 0.51239 });
    const answers = { dense: [run("a")], convnet: [run("b")], sizes: [run("96 px")], steps: [run("frozen")] };
    const shrunk = [{ samples: 100, transfer: 0.4, scratch: 0.2 }];
    expect(keyFigures({ ...answers, fineTuned, shrunk } as unknown as Answers)).toEqual({
      ...{ "dense: a": 0.5124, "convnet: b": 0.5124, "frozen: 96 px": 0.5124, "step by step: frozen": 0.5124 },
      ...{ "all images: fine-tuned": 0.5, "100 images: transfer": 0.4, "100 images: from scratch": 0.2 },
    });
  });
});
