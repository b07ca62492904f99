/** The number with at most so many decimal places: `rounded(0.12345, 3)` is 0.123. Halves go up, as in `Math.round`. */
export function rounded(value: number, decimalPlaces: number): number {
  const scale = 10 ** decimalPlaces;
  return Math.round(value * scale) / scale;
}
