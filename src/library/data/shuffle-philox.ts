/**
 * The random numbers of TensorFlow's own shuffles, so that a seed gives the batches that it gives in Python.
 *
 * TensorFlow keys Philox with one 64-bit seed and starts the upper half of its counter at another.
 */
import { philoxRounds } from "dnn-lab-core/philox";

const TWO_32 = 0x1_0000_0000;

/** A stream of 32-bit integers named by two seeds (integers from 0 to 2⁵³ − 1). */
export class ShufflePhilox {
  private readonly key: readonly [number, number];
  private readonly upper: readonly [number, number];
  private readonly block = new Uint32Array(4);
  private drawn = 0;

  constructor(seed: number, secondSeed: number) {
    this.key = halves(seed);
    this.upper = halves(secondSeed);
  }

  /** An integer from 0 to 2³² − 1. */
  uint32(): number {
    const place = this.drawn & 3;
    if (place === 0) this.fillBlock(this.drawn / 4);
    this.drawn++;
    return this.block[place];
  }

  private fillBlock(counter: number): void {
    const { block, key, upper } = this;
    block[0] = counter;
    block[1] = Math.floor(counter / TWO_32);
    block[2] = upper[0];
    block[3] = upper[1];
    philoxRounds(block, key[0], key[1]);
  }
}

function halves(value: number): [low: number, high: number] {
  return [value >>> 0, Math.floor(value / TWO_32) >>> 0];
}
