/**
 * Seeded random numbers. Nothing in the library draws from `Math.random`: every draw comes from a stream that is
 * named by a seed, so that a run can be repeated to the last bit.
 *
 * Generator: PCG32 (XSH-RR, 64-bit state), O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good
 * Algorithms for Random Number Generation", 2014; written with 32-bit halves, since BigInt is some 50 times slower.
 */
import { checkNumber } from "./check";
import { noteSeed } from "./run-facts";

const MULTIPLIER_LOW = 0x4c957f2d;
const MULTIPLIER_HIGH = 0x5851f42d;

/** Where a stream stands, as plain data. */
export interface RandomState {
  /** Its seed. */
  readonly seed: number;
  /** Which stream of the seed. */
  readonly stream: number;
  /** Upper half of the generator's 64 bits. */
  readonly high: number;
  /** Lower half. */
  readonly low: number;
  /** The second of two normal numbers drawn together, when it is still to come. */
  readonly spareNormal?: number;
}

/**
 * A repeatable stream of random numbers.
 *
 * @example
 * const noise = new RandomStream(42);
 * Array.from({ length: 3 }, () => noise.normal(0, 1));
 */
export class RandomStream {
  private high = 0;
  private low = 0;
  private spareNormal: number | undefined;

  /** @param seed an integer from 0 to 2⁵³ − 1. @param stream separates streams of one seed (default 0). */
  constructor(
    readonly seed: number,
    readonly stream = 0,
  ) {
    checkNumber("RandomStream", "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
    checkNumber("RandomStream", "stream", stream, { integer: true, min: 0 });
    this.advance();
    this.add(Math.floor(seed / 0x1_0000_0000) >>> 0, seed >>> 0);
    this.advance();
  }

  /** An integer from 0 to 2³² − 1. */
  uint32(): number {
    const { high, low } = this;
    this.advance();
    // XSH-RR: (state ^ state >> 18) >> 27, rotated right by the top five bits.
    const xoredHigh = (high ^ (high >>> 18)) >>> 0;
    const xoredLow = (low ^ ((low >>> 18) | (high << 14))) >>> 0;
    const word = ((xoredLow >>> 27) | (xoredHigh << 5)) >>> 0;
    const rotation = high >>> 27;
    return ((word >>> rotation) | (word << (-rotation & 31))) >>> 0;
  }

  /** A number in [low, high), 32 bits of randomness. */
  uniform(low = 0, high = 1): number {
    return low + (this.uint32() / 0x1_0000_0000) * (high - low);
  }

  /** An integer in [0, count), without modulo bias. */
  integer(count: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % count);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % count;
    }
  }

  /** A normally distributed number (Box and Muller). */
  normal(mean = 0, standardDeviation = 1): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return mean + standardDeviation * spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spareNormal = radius * Math.sin(angle);
    return mean + standardDeviation * radius * Math.cos(angle);
  }

  /** Where the stream stands, as plain data for another stream. */
  get state(): RandomState {
    const { seed, stream, high, low, spareNormal } = this;
    return { seed, stream, high, low, spareNormal };
  }

  /** The stream that goes on where another one stood. */
  static at({ seed, stream, high, low, spareNormal }: RandomState): RandomStream {
    const random = new RandomStream(seed, stream);
    [random.high, random.low, random.spareNormal] = [high, low, spareNormal];
    return random;
  }

  private advance(): void {
    const product = multiply64(this.high, this.low, MULTIPLIER_HIGH, MULTIPLIER_LOW);
    this.high = product.high;
    this.low = product.low;
    // The increment must be odd; another increment gives another stream.
    this.add(Math.floor(this.stream / 0x8000_0000), (this.stream << 1) | 1);
  }

  private add(high: number, low: number): void {
    const sum = this.low + (low >>> 0);
    this.low = sum >>> 0;
    this.high = (this.high + high + (sum > 0xffff_ffff ? 1 : 0)) >>> 0;
  }
}

function multiply64(aHigh: number, aLow: number, bHigh: number, bLow: number): { high: number; low: number } {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = (middle & 0xffff) + a0 * b1;
  const high = a1 * b1 + Math.floor(middle / 0x1_0000) + Math.floor(carry / 0x1_0000);
  return { high: (high + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) >>> 0, low: Math.imul(aLow, bLow) >>> 0 };
}

let globalStream = new RandomStream(0);

/**
 * Sets the seed from which every unseeded initializer, dropout layer and shuffle draws its own (as
 * `keras.utils.set_random_seed`). Until it is called the seed is 0, so runs repeat even then.
 *
 * @example setRandomSeed(42); // before the model is built
 */
export function setRandomSeed(seed: number): void {
  checkNumber("setRandomSeed", "seed", seed, { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  globalStream = new RandomStream(seed);
  noteSeed(seed);
}

/** Where the global stream stands; `setRandomState` takes it back there. */
export function randomState(): RandomState {
  return globalStream.state;
}

export function setRandomState(state: RandomState): void {
  globalStream = RandomStream.at(state);
}

/** Runs `body` with the global stream begun anew from `seed`; afterwards the stream goes on where it was. The run's seed stays what it was. */
export function withRandomSeed<T>(seed: number, body: () => T): T {
  const outer = globalStream;
  globalStream = new RandomStream(seed);
  try {
    return body();
  } finally {
    globalStream = outer;
  }
}

/**
 * The next seed (1 to 2³¹ − 1) of the global stream, for an operation that was given none.
 *
 * @example tf.randomNormal([2, 3], 0, 1, "float32", nextSeed())
 */
export function nextSeed(): number {
  return 1 + (globalStream.uint32() % 0x7fff_fffe);
}
