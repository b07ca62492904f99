import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { tf } from "../../../../src/library/engine/tf";
import { dropout } from "../../../../src/library/models/layers/dropout";
import { adam, exponentialSchedule, sgd } from "../../../../src/library/techniques";
import { earlyStopping } from "../../../../src/library/training/callbacks";
import type { FitOptions } from "../../../../src/library/training/fit/fit";
import { decodeSafetensors } from "../../../../src/library/training/resume/safetensors";
import { Killed, killAtEpochEnd, type Outcome, type Recipe, samples, start, temporaryFolder } from "./runs";

const recipe: Recipe = { layers: () => [dropout({ rate: 0.2 })], optimizer: () => adam({ learningRate: 0.02 }) };
let expected: Outcome;
let [older, newer] = ["", ""];
const source = temporaryFolder();

beforeAll(async () => {
  expected = await start(recipe, "");
  const resume = { folder: source, everySteps: 4 };
  await expect(start(recipe, "", { resume, callbacks: [killAtEpochEnd(2)] })).rejects.toThrow(Killed);
  [older, newer] = checkpoints(source);
});

const checkpoints = (folder: string) =>
  readdirSync(folder)
    .filter((name) => /^checkpoint-\d+\.safetensors$/.test(name))
    .sort();

/** A folder with copies of the two checkpoints. */
function copies(): string {
  const folder = temporaryFolder();
  for (const name of [older, newer]) copyFileSync(join(source, name), join(folder, name));
  return folder;
}

function flipByte(path: string, position: number): void {
  const bytes = readFileSync(path);
  bytes[position < 0 ? bytes.length + position : position] ^= 0x10;
  writeFileSync(path, bytes);
}

const damages: [name: string, harm: (path: string) => void, reason: RegExp][] = [
  [
    "cut off",
    (path) => truncateSync(path, readFileSync(path).length - 100),
    /it is cut off: \d+ bytes are left of \d+/,
  ],
  ["cut off within its header", (path) => truncateSync(path, 1000), /cut off within its header/],
  ["cut off at its very beginning", (path) => truncateSync(path, 5), /it is cut off: 5 bytes are left/],
  ["empty", (path) => truncateSync(path, 0), /it is empty/],
  ["with a flipped bit in its tensors", (path) => flipByte(path, -9), /checksum/],
  ["with a flipped bit in its header", (path) => flipByte(path, 60), /checksum|JSON/],
  ["with a flipped bit in its first bytes", (path) => flipByte(path, 1), /cut off|JSON|checksum/],
  ["with bytes after its end", (path) => writeFileSync(path, "more", { flag: "a" }), /4 bytes too many/],
  ["of something else", (path) => writeFileSync(path, "PK\x03\x04 no checkpoint, and long enough"), /cut off|JSON/],
];

describe("a damaged checkpoint is named, put aside, and the previous one is used:", () => {
  it.each(damages)("%s", async (_name, harm, reason) => {
    const folder = copies();
    harm(join(folder, newer));
    const lines = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      expect(await start(recipe, "", { resume: folder, verbose: 2 })).toEqual(expected);
      const text = lines.mock.calls.map(([line]) => String(line)).join("");
      expect(text).toMatch(new RegExp(`${newer} is passed over: it is damaged: .*${reason.source}`));
      expect(text).toContain(`Resuming: ${older}, step `);
    } finally {
      lines.mockRestore();
    }
    expect(existsSync(join(folder, `${newer}.damaged`))).toBe(true);
  });

  it("one that is gone altogether", async () => {
    const folder = copies();
    rmSync(join(folder, newer));
    expect(await start(recipe, "", { resume: folder })).toEqual(expected);
  });

  it("no byte of it can change unseen", () => {
    const bytes = readFileSync(join(source, newer));
    for (let position = 0; position < bytes.length; position += 7) {
      const changed = Buffer.from(bytes);
      changed[position] ^= 1 << (position % 8);
      expect(() => decodeSafetensors(changed), `byte ${position}`).toThrow();
    }
  });

  it("with none left that is whole, training does not begin anew in silence", async () => {
    const folder = copies();
    for (const name of [older, newer]) truncateSync(join(folder, name), 50);
    await expect(start(recipe, "", { resume: folder })).rejects.toThrow(
      /finds no checkpoint of this run in .*\n {2}checkpoint-\d+\.safetensors: it is damaged: .*\n.*damaged.*\n.*begin anew/,
    );
    expect(checkpoints(folder)).toEqual([older, newer]);
  });
});

describe("a checkpoint of another run is refused, with what differs:", () => {
  const sized = (units: number) => () => [tf.layers.dense({ units }), dropout({ rate: 0.2 })];
  const others: [name: string, recipe: Recipe, options: FitOptions, reason: RegExp][] = [
    [
      "another rate of dropout",
      { ...recipe, layers: () => [dropout({ rate: 0.5 })] },
      {},
      /config.rate is 0.2 there, 0.5 here/,
    ],
    ["another layer", { ...recipe, layers: sized(4) }, {}, /model\.config.*more/],
    ["another optimizer", { ...recipe, optimizer: () => sgd() }, {}, /optimizer.name is "adam" there, "sgd" here/],
    [
      "another β",
      { ...recipe, optimizer: () => adam({ learningRate: 0.02, beta1: 0.8 }) },
      {},
      /optimizer.beta1 is 0.9 there, 0.8/,
    ],
    [
      "another rate",
      { ...recipe, optimizer: () => adam({ learningRate: 0.03 }) },
      {},
      /learningRate is 0.02 there, 0.03 here/,
    ],
    [
      "a schedule",
      {
        ...recipe,
        optimizer: () => adam({ learningRate: exponentialSchedule({ initialLearningRate: 1, decaySteps: 9 }) }),
      },
      {},
      /learningRate is 0.02 there, an object/,
    ],
    [
      "another order",
      { ...recipe, data: (data) => data.shuffle({ bufferSize: 9, seed: 1 }) },
      {},
      /the order of the samples \(give shuffle/,
    ],
    ["other samples", { ...recipe, data: () => samples(3) }, {}, /the samples themselves/],
    ["another scale", { ...recipe, data: (data) => data.rescale(0.5) }, {}, /data.scale is 1 there, 0.5 here/],
    ["fewer samples", { ...recipe, data: (data) => data.take(40) }, {}, /data.samples is 50 there, 40 here/],
    ["no validation", recipe, { validationData: undefined }, /validationData is an object .* there, "none" here/],
    ["class weights", recipe, { classWeight: { 1: 2 } }, /fit.classWeight.1 is missing there, 2 here/],
    [
      "another callback with a memory",
      recipe,
      { callbacks: [earlyStopping()] },
      /callbacksWithMemory\[0\] is missing there, "EarlyStopping"/,
    ],
  ];

  it.each(others)("%s", async (_name, other, options, reason) => {
    const folder = copies();
    const starting = start(other, "", { resume: folder, ...options });
    await expect(starting).rejects.toThrow(reason);
    await expect(starting).rejects.toThrow(/it is of another run: .*\nUse the same model, data and options as before/s);
    expect(checkpoints(folder)).toEqual([older, newer]);
  });

  it("unless a previous one is of this run", async () => {
    const folder = copies();
    const other = temporaryFolder();
    await start({ ...recipe, layers: () => [] }, "", { resume: other, epochs: 1 });
    const foreign = "checkpoint-000999.safetensors";
    copyFileSync(join(other, checkpoints(other)[0]), join(folder, foreign));
    expect(await start(recipe, "", { resume: folder })).toEqual(expected);
    expect(checkpoints(folder)).toContain(foreign);
  });
});

describe("refused at the start", () => {
  it.each([
    [{ resume: "" }, /folder must be the path of a folder, received ""/],
    [{ resume: { folder: "x", everyStep: 3 } }, /unknown option 'everyStep'.*Did you mean 'everySteps'/],
    [{ resume: { folder: "x", everySteps: 0 } }, /everySteps must be an integer at least 1, received 0/],
    [{ resume: { folder: "x", everyMinutes: 0 } }, /everyMinutes must be .* greater than 0, received 0/],
    [{ resume: { folder: "x", keep: 0.5 } }, /keep must be an integer at least 1/],
    [{ resume: temporaryFolder(), callbacks: [{ exportState: () => 1 }] }, /both of exportState and importState/],
  ])("%j", async (options, message) => {
    await expect(start(recipe, "", options as FitOptions)).rejects.toThrow(message);
  });

  it("TensorFlow.js' own optimizers, whose state comes back rounded", async () => {
    const other: Recipe = { optimizer: () => tf.train.adam(0.01) as never };
    await expect(start(other, "", { resume: temporaryFolder() })).rejects.toThrow(
      "resume needs an optimizer of this library",
    );
  });

  it("a callback's memory that is no plain data", async () => {
    const callbacks = [{ exportState: () => ({ when: new Date(0) }), importState: () => undefined }];
    await expect(start(recipe, "", { resume: temporaryFolder(), callbacks })).rejects.toThrow(
      /exportState of a callback.*: callbacks\/0\/when is a Date\. A checkpoint holds plain data/,
    );
  });
});
