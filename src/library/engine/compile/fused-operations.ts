/** Operations of TensorFlow that do the work of many at once, but that not everybody who gets a graph can run. */

let plain = 0;

/** Whether they may be used: not in what XLA compiles or other programs read. */
export function mayFuse(): boolean {
  return plain === 0;
}

/** Runs `body` without them, where `when`. */
export function withoutFusedOperations<T>(body: () => T, when = true): T {
  if (!when) return body();
  plain += 1;
  try {
    return body();
  } finally {
    plain -= 1;
  }
}
