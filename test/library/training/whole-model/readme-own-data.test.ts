/**
 * README's section on own data from an empty folder: its programs are taken out of it and run as they stand, by Node, on a
 * table and pictures made here; what they save is loaded in Keras, too.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { csvDataset, type Dataset, imageFolder, loadModel, predict, predictFile } from "../../../../src/library/index";
import { expectClose } from "../../models/helpers";

const ROOT = join(__dirname, "../../../..");
const PYTHON = join(ROOT, ".venv/bin/python");
const SCRIPT = join(ROOT, "test/expected/keras_predictions.py");
const folder = mkdtempSync(join(tmpdir(), "readme's own data "));
const place = (name: string) => join(folder, name);

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const section = readme.split("## Train on your own data\n")[1].split("\n## ")[0];
const blocks = (language: string) =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, code]) => code);

/** As many houses as it takes to learn from; the first ones are those that README shows. */
function writeHouses(): void {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const [size, rooms, town] = [40 + ((i * 37) % 91), 1 + (i % 5), ["Ulm", "Bonn", "Kiel"][i % 3]];
    const price = 2 * size + 15 * rooms + (town === "Bonn" ? 80 : 0) - (town === "Kiel" ? 42 : 0);
    return [i % 11 === 2 ? "" : size, rooms, town, i % 2 ? "yes" : "no", price].join(",");
  });
  writeFileSync(place("houses.csv"), `${["size,rooms,town,garden,price", ...rows].join("\n")}\n`);
}

/** Cats are dark and wide, dogs are light and high. */
async function drawPets(): Promise<void> {
  for (const [name, from, width, height] of [
    ["cats", 20, 40, 30],
    ["dogs", 150, 30, 44],
  ] as const) {
    mkdirSync(place(`pets/${name}`), { recursive: true });
    for (let i = 0; i < 24; i++) {
      const pixels = Uint8Array.from({ length: width * height * 3 }, (_, k) => from + ((k * 7919 + i * 104729) % 97));
      const picture = sharp(pixels, { raw: { width, height, channels: 3 } });
      await (i % 2 ? picture.jpeg() : picture.png()).toFile(place(`pets/${name}/${i}.${i % 2 ? "jpg" : "png"}`));
    }
    await sharp(place(`pets/${name}/2.png`)).toFile(place(`pets/${name}/1.${name === "cats" ? "jpg" : "png"}`));
  }
}

/** The program, as README has it, under the name that its first line gives. */
function runProgram(code: string): string {
  const [, name] = /^\/\/ (\w+\.mjs)/.exec(code)!;
  writeFileSync(place(name), code);
  return execFileSync(process.execPath, [name], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** The largest difference between Keras' predictions and ours. */
async function inKeras(name: string, data: Dataset): Promise<{ ours: number[]; theirs: number[] }> {
  const { features } = data.tensors();
  writeFileSync(place("inputs.json"), JSON.stringify(features.arraySync()));
  const output = execFileSync(PYTHON, [SCRIPT, place(name), place("inputs.json")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [theirs] = JSON.parse(output.trim().split("\n").pop() as string) as [number[][]];
  const model = await loadModel(place(name));
  return { ours: [...(await predict(model, data.batch(32))).dataSync()], theirs: theirs.flat() };
}

beforeAll(() => {
  mkdirSync(place("node_modules"));
  symlinkSync(join(ROOT, "node_modules", "dnn-lab"), place("node_modules/dnn-lab"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const [houses, pets] = blocks("ts");

it.skipIf(!existsSync(PYTHON))("a CSV: trained, saved, the same in Keras", { timeout: 240_000 }, async () => {
  writeHouses();
  const [shown] = blocks("csv");
  expect(readFileSync(place("houses.csv"), "utf8").startsWith(shown)).toBe(true);
  const output = runProgram(houses);
  const table = await csvDataset(place("houses.csv"), {
    ...{ label: "price", missing: "mean", validationSplit: 0.2, seed: 1 },
  });
  const { ours, theirs } = await inKeras("houses.keras", table.validation!);
  expect(theirs).toHaveLength(40);
  theirs.forEach((value, i) => expect(Math.abs(ours[i] - value) / Math.abs(value)).toBeLessThan(1e-5));
  const error = theirs.reduce((sum, value, i) => sum + Math.abs(value - table.validation!.labels[i]), 0) / 40;
  expect(error).toBeLessThan(20);
  const row = { size: 60, rooms: 2, town: "Bonn", garden: "yes" };
  const [again] = await predictFile(await loadModel(place("houses.keras")), [row]);
  expect(Number(/^price: (.*)$/m.exec(output)![1])).toBeCloseTo(again.outputs[0], 3);
  expect(Math.abs(again.outputs[0] - 230)).toBeLessThan(30);
});

it.skipIf(!existsSync(PYTHON))("pictures: trained, saved, the same in Keras", { timeout: 240_000 }, async () => {
  await drawPets();
  const output = runProgram(pets);
  const { validation } = await imageFolder(place("pets"), { size: 32, validationSplit: 0.25, seed: 1 });
  const { ours, theirs } = await inKeras("pets.keras", validation!);
  expect(theirs).toHaveLength(2 * validation!.size);
  expectClose(ours, theirs, 1e-5);
  const right = [...validation!.labels].filter((label, i) => theirs[2 * i + label] > 0.5);
  expect(right).toHaveLength(validation!.size);
  const found = output.split("\n").filter((line) => line.startsWith("pets/"));
  expect(found.map((line) => line.split(" ").slice(0, 2))).toEqual([
    ["pets/cats/1.jpg", "cats"],
    ["pets/dogs/1.png", "dogs"],
  ]);
});

it("shows a program for each, and how Keras loads what they save", () => {
  expect(blocks("ts")).toHaveLength(2);
  expect(blocks("python")[0]).toContain('load_model("houses.keras")');
  expect(existsSync(SCRIPT)).toBe(true);
});
