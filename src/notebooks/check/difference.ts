/** One thing that is not as in the reference. */
export interface Difference {
  readonly kind: "text" | "number" | "table" | "figure" | "image" | "data" | "outputs" | "rule";
  /** Place within the cell's outputs: `output 1, stdout`, `output 2, trace "ours"`. */
  readonly where: string;
  /** What is different, in words. */
  readonly message: string;
  readonly reference?: string;
  readonly ours?: string;
}

/** What comparing gives: what differs, and how much was looked at. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Numbers compared. */
  readonly numbers: number;
  /** What was taken out as noise, where it is not the same on both sides. */
  readonly noise?: readonly string[];
}

export const same: Comparison = { differences: [], numbers: 0 };

/** One difference. */
export function different(
  kind: Difference["kind"],
  where: string,
  message: string,
  more: Partial<Difference> = {},
): Comparison {
  return { differences: [{ kind, where, message, ...more }], numbers: 0 };
}

export function merged(parts: readonly Comparison[]): Comparison {
  return {
    differences: parts.flatMap(({ differences }) => differences),
    numbers: parts.reduce((sum, { numbers }) => sum + numbers, 0),
    noise: parts.flatMap(({ noise = [] }) => noise),
  };
}
