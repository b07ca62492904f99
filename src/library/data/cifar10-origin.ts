/** Which CIFAR-10 a folder holds: the publisher's, the known JPEG copy, or neither. */
import { hashOf } from "dnn-lab-core/hash";
import { CHANNELS, type RecordFile } from "./cifar10-records";
import type { Storage } from "./storage";

/** `official`: the publisher's bytes. `jpeg-copy`: the same images after JPEG at quality 75. `unknown`: neither. */
export type Cifar10Origin = "official" | "jpeg-copy" | "unknown";

/** MD5 of the files that the JPEG copy's `unpack.py` writes. */
const COPY_MD5: Readonly<Record<string, string>> = {
  "data_batch_1.bin": "5a5142663b2c457eb7edf61944cf14cd",
  "data_batch_2.bin": "a03813b579934887e19fffa24f57e096",
  "data_batch_3.bin": "9338b8beb58f9f053aa7e7f6d2ca26a1",
  "data_batch_4.bin": "5d6a4b059305fb3437429da7d5355351",
  "data_batch_5.bin": "b543e7acd6f6cab339de5ace5ae323ae",
  "test_batch.bin": "dc7092433ec19c88685213deb4fb7459",
};

/**
 * Sums of the pixels and of their squares in each channel, exact, of the official parts. The publisher gives an MD5 for
 * the archive only; these follow from the means and deviations that are published to sixteen digits
 * (train 0.49139967861519607 … 0.26158784172796434, test 0.4942142800245098 … 0.26159237802202373).
 */
const OFFICIAL_SUMS: Readonly<Record<"train" | "test", Sums>> = {
  train: {
    pixels: [6_415_714_204, 6_295_060_180, 5_829_907_619],
    squares: [1_007_102_432_534, 971_356_520_230, 891_641_299_129],
  },
  test: {
    pixels: [1_290_492_328, 1_266_775_083, 1_176_108_223],
    squares: [203_142_822_772, 195_994_125_155, 180_646_015_723],
  },
};

interface Sums {
  readonly pixels: readonly number[];
  readonly squares: readonly number[];
}

/** Tells by the bytes where they come from. */
export function originOf(part: "train" | "test", files: readonly RecordFile[], storage: Storage): Cifar10Origin {
  if (files.every(isCopy)) return "jpeg-copy";
  return same(OFFICIAL_SUMS[part], channelSums(storage)) ? "official" : "unknown";
}

function isCopy({ name, bytes }: RecordFile): boolean {
  const base = name.split(/[\\/]/).pop() as string;
  return hashOf("md5", bytes) === COPY_MD5[base];
}

/** Sums over all pixels, by channel. Both stay far below 2⁵³. */
export function channelSums({ features: { values } }: Storage): Sums {
  const pixels = new Array<number>(CHANNELS).fill(0);
  const squares = new Array<number>(CHANNELS).fill(0);
  for (let i = 0; i < values.length; i++) {
    pixels[i % CHANNELS] += values[i];
    squares[i % CHANNELS] += values[i] * values[i];
  }
  return { pixels, squares };
}

function same(one: Sums, other: Sums): boolean {
  return one.pixels.join() === other.pixels.join() && one.squares.join() === other.squares.join();
}
