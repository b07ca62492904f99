/** A submission that cannot be graded, and why, in words for its student. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}
