/**
 * The rounds of Philox4x32-10, the counter-based generator behind TensorFlow's random numbers: Salmon, Moraes, Dror,
 * Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. How seeds become counter and key is its users' business.
 */

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** The upper 32 bits of the product of two 32-bit numbers, as a signed integer; no intermediate result needs more than 32 bits. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const carry = ((middle & 0xffff) + Math.imul(a0, b1)) | 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** Ten rounds over the four words of `block`, in place. */
export function philoxRounds(block: Uint32Array, key0: number, key1: number): void {
  let x0 = block[0] | 0;
  let x1 = block[1] | 0;
  let x2 = block[2] | 0;
  let x3 = block[3] | 0;
  key0 |= 0;
  key1 |= 0;
  for (let round = 0; round < ROUNDS; round++) {
    const y0 = multiplyHigh(MULTIPLIER_1, x2) ^ x1 ^ key0;
    const y2 = multiplyHigh(MULTIPLIER_0, x0) ^ x3 ^ key1;
    x1 = Math.imul(MULTIPLIER_1, x2);
    x3 = Math.imul(MULTIPLIER_0, x0);
    x0 = y0;
    x2 = y2;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  block[0] = x0;
  block[1] = x1;
  block[2] = x2;
  block[3] = x3;
}
