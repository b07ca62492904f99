/** Images and settings of the dense series as plain files, for `keras_dense.py`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "dnn-lab";
import { channelStatistics } from "./dense";
import { seed } from "./settings";
import type { Study } from "./study";

/** Writes `train.bin`, `valid.bin`, `test.bin` (a byte for the label, then the 32×32×3 pixels, of each image) and `dense.json`. */
export function exportDense({ parts, settings }: Study, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, data] of Object.entries(parts)) writeFileSync(join(folder, `${name}.bin`), records(data as Dataset));
  const { source, notes } = parts.train.info;
  const content = { ...settings.dense, ...channelStatistics(parts.train), seed, data: { source, notes } };
  writeFileSync(join(folder, "dense.json"), `${JSON.stringify(content, null, 2)}\n`);
}

function records(data: Dataset): Buffer {
  const pixels = 32 * 32 * 3;
  const bytes = Buffer.alloc(data.size * (pixels + 1));
  data.order(0).forEach((row, i) => {
    bytes[i * (pixels + 1)] = data.labels[row];
    bytes.set(data.features.values.subarray(row * pixels, (row + 1) * pixels), i * (pixels + 1) + 1);
  });
  return bytes;
}
