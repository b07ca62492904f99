/** Another 32-bit seed for each use, so that two draws of one step never share their numbers. */
export function mixSeeds(seed: number, use: number): number {
  let bits = Math.imul((seed | 0) ^ Math.imul(use + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) | 0;
}
