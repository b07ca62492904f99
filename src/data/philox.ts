/**
 * The random numbers of TensorFlow's own shuffles, so that a seed gives the batches that it gives in Python.
 *
 * Generator: Philox 4×32 with 10 rounds, counter-based: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
 * SC'11. TensorFlow keys it with one 64-bit seed and starts the upper half of its counter at another.
 */
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;
const TWO_32 = 0x1_0000_0000;

/** Upper 32 bits of the product of two 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(carry / 0x1_0000)) >>> 0;
}

/** A stream of 32-bit integers named by two seeds (integers from 0 to 2⁵³ − 1). */
export class Philox {
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
    let [a, b] = halves(counter);
    let [c, d] = this.upper;
    let [key0, key1] = this.key;
    for (let round = 0; round < ROUNDS; round++) {
      const high0 = multiplyHigh(MULTIPLIERS[0], a);
      const low0 = Math.imul(MULTIPLIERS[0], a) >>> 0;
      const high1 = multiplyHigh(MULTIPLIERS[1], c);
      const low1 = Math.imul(MULTIPLIERS[1], c) >>> 0;
      a = (high1 ^ b ^ key0) >>> 0;
      b = low1;
      c = (high0 ^ d ^ key1) >>> 0;
      d = low0;
      key0 = (key0 + WEYL[0]) >>> 0;
      key1 = (key1 + WEYL[1]) >>> 0;
    }
    this.block.set([a, b, c, d]);
  }
}

function halves(value: number): [low: number, high: number] {
  return [value >>> 0, Math.floor(value / TWO_32) >>> 0];
}
