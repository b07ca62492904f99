/**
 * The counter-based generator behind TensorFlow's stateless random operations, in JavaScript, for engines that lack
 * those operations. It gives the same bits, so that a seed means the same masks and weights on every engine.
 *
 * How a seed becomes key and counter of Philox, and words become numbers, follows TensorFlow (stateless_random_ops.cc,
 * random_distributions.h).
 */
import { philoxRounds } from "dnn-lab-core/philox";

/** TensorFlow sets this many blocks aside for four truncated normal numbers, each found by rejection. */
const BLOCKS_PER_TRUNCATED_GROUP = 256;
const TRUNCATED_AT = 2;

/** The blocks of four 32-bit words that belong to the int32 seed pair (`seed`, `step`); any block can be computed without those before it. */
export class StatelessPhilox {
  private readonly mixed: Uint32Array;
  private readonly words = new Uint32Array(4);

  constructor(seed: number, step: number) {
    this.mixed = new Uint32Array([seed, seed >> 31, step, step >> 31]);
    philoxRounds(this.mixed, 0x3ec8f720, 0x02461e29);
  }

  /** Block `index`; the array is used again by the next call. */
  block(index: number): Uint32Array {
    this.words[0] = index;
    this.words[1] = Math.floor(index / 0x1_0000_0000);
    this.words[2] = this.mixed[2];
    this.words[3] = this.mixed[3];
    philoxRounds(this.words, this.mixed[0], this.mixed[1]);
    return this.words;
  }
}

/** Signed 32-bit words. */
export function philoxWords(generator: StatelessPhilox, count: number): Int32Array {
  const words = new Int32Array(Math.ceil(count / 4) * 4);
  for (let group = 0; group * 4 < count; group++) words.set(generator.block(group), group * 4);
  return words.subarray(0, count);
}

/** Uniform numbers in [0, 1) with 23 bits. */
export function philoxUniform(generator: StatelessPhilox, count: number): Float32Array {
  return Float32Array.from(philoxWords(generator, count), toUniform);
}

/** Standard normal numbers; those beyond ±2 are drawn again. */
export function philoxTruncatedNormal(generator: StatelessPhilox, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let at = 0; at < count; at += 4)
    fillTruncated(generator, values.subarray(at, at + 4), at * (BLOCKS_PER_TRUNCATED_GROUP / 4));
  return values;
}

function fillTruncated(generator: StatelessPhilox, values: Float32Array, firstBlock: number): void {
  for (let pair = 0, found = 0; found < values.length; pair++) {
    const words = generator.block(firstBlock + (pair >> 1));
    for (const value of toNormals(words[2 * (pair % 2)], words[2 * (pair % 2) + 1])) {
      if (Math.abs(value) < TRUNCATED_AT && found < values.length) values[found++] = value;
    }
  }
}

/** The lower 23 bits as a fraction. */
function toUniform(word: number): number {
  return (word & 0x7fffff) / 0x80_0000;
}

/** Two words as two independent standard normal numbers (Box and Muller). */
function toNormals(first: number, second: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(Math.max(toUniform(first), 1e-7)));
  const angle = 2 * Math.PI * toUniform(second);
  return [radius * Math.sin(angle), radius * Math.cos(angle)];
}
