/** The ways in which a recorded step is run. */

/**
 * - `graph`: the loop's body as it is written, one operation after another (least overhead: small layers);
 * - `lowered`: the loop dissolved into the graph, which TensorFlow then optimizes (fused oneDNN convolutions);
 * - `xla`: compiled to machine code (fuses small layers; its convolutions on a CPU are slow).
 */
export type Plan = "graph" | "lowered" | "xla";

export const PLANS: readonly Plan[] = ["graph", "lowered", "xla"];
