/** The files that the benchmark of data trains on, drawn and written here. */
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { RandomStream } from "dnn-lab";
import sharp from "sharp";

const WORDS = ["Ulm", "Bonn", "Kiel", "Jena", "Hof", "Trier"];

/** Columns a, b, c (numbers), word (six words), flag (0 or 1) and the label y, which depends on them. */
export function writeTable(path: string, rows: number): void {
  const random = new RandomStream(1);
  const file = openSync(path, "w");
  writeSync(file, "a,b,c,word,flag,y\n");
  let lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const [a, b, c] = [random.normal(), random.uniform(), 100 * random.uniform()];
    const [word, flag] = [random.integer(WORDS.length), random.integer(2)];
    const y = a + 2 * b * flag + c / 50 + word;
    lines.push([a.toFixed(4), b.toFixed(4), c.toFixed(2), WORDS[word], flag, y.toFixed(4)].join());
    if (lines.length < 10_000 && row < rows - 1) continue;
    writeSync(file, `${lines.join("\n")}\n`);
    lines = [];
  }
  closeSync(file);
}

/** JPEGs of ten classes: waves of a colour and length of the class's, with noise. */
export async function drawJpegs(folder: string, size: number, count: number): Promise<void> {
  if (existsSync(folder)) return;
  const random = new RandomStream(2);
  for (let label = 0; label < 10; label++) mkdirSync(join(folder, `class${label}`), { recursive: true });
  const pixels = new Uint8Array(size * size * 3);
  for (let i = 0; i < count; i++) {
    const label = i % 10;
    const [phase, turn] = [6 * random.uniform(), random.uniform()];
    for (let at = 0; at < pixels.length; at += 3) {
      const [x, y] = [(at / 3) % size, Math.floor(at / 3 / size)];
      const wave = Math.sin(phase + ((1 + label) * (x + turn * y) * 6) / size);
      for (let c = 0; c < 3; c++)
        pixels[at + c] = 128 + 60 * wave * (((label >> c) & 1) * 2 - 1) + (((at * 31 + i) % 17) - 8);
    }
    const picture = sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).jpeg({ quality: 85 });
    await picture.toFile(join(folder, `class${label}`, `${i}.jpg`));
  }
}
