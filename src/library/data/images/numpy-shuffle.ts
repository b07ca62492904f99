/**
 * NumPy's `RandomState(seed).shuffle`, by which Keras orders the files of a folder before it splits them: the Mersenne
 * Twister (Matsumoto and Nishimura, 1998) and Fisher and Yates' shuffle with numbers drawn by masked rejection.
 */

const SIZE = 624;
const PERIOD = 397;

/** Unsigned 32-bit numbers, as NumPy's legacy generator gives them after `seed`. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE);
  state[0] = seed >>> 0;
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, before) + i;
  }
  let next = SIZE;
  return () => {
    if (next === SIZE) {
      twist(state);
      next = 0;
    }
    let y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
    state[i] = state[(i + PERIOD) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

/** The items in the order that `numpy.random.RandomState(seed).shuffle` gives them. @param seed from 0, below 2³² */
export function numpyShuffle<T>(items: readonly T[], seed: number): T[] {
  const random = mersenneTwister(seed);
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j: number;
    do j = (random() & mask) >>> 0;
    while (j > i);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}
