/** How a recorded step is run, and which way is fastest here. */

/**
 * - `graph`: the loop's body as it is written, one operation after another (least overhead: small layers);
 * - `lowered`: the loop dissolved into the graph, which TensorFlow then optimizes (fused oneDNN convolutions);
 * - `xla`: compiled to machine code (fuses small layers; its convolutions on a CPU are slow).
 */
export type Plan = "graph" | "lowered" | "xla";

export const PLANS: readonly Plan[] = ["graph", "lowered", "xla"];

/** Remembers plans, so that the choice is measured once for a step of one form. */
export interface PlanMemory {
  get(fingerprint: string): Plan | undefined;
  set(fingerprint: string, plan: Plan): void;
}

/** What a choice was made by; `stepMs` are the measured milliseconds per step. */
export interface PlanChoice {
  readonly plan: Plan;
  readonly reason: "forced" | "remembered" | "measured";
  readonly stepMs: Readonly<Partial<Record<Plan, number>>>;
}

export interface PlanQuestion {
  readonly candidates: readonly Plan[];
  /** Steps that will be run in all; what costs more to prepare than it can save is not tried. */
  readonly expectedSteps: number;
  /** Loads a plan and tells whether it can be used. */
  readonly works: (plan: Plan) => boolean;
  /** Runs that many steps without effect and returns the milliseconds it took. */
  readonly measure: (plan: Plan, steps: number) => number;
}

/** XLA takes about this long to compile a small network; a trial must be able to win it back. */
const XLA_COMPILE_MS = 1000;
/** A challenger must be faster by this factor: noise must not decide. */
const CLEARLY = 0.93;
const ROUNDS = 5;
const ROUND_MS = 20;
/** XLA compiles once for up to this many steps (see `LoopRunner`). */
const MOST_STEPS = 64;

/** Measures the candidates in turn and takes the first that no later one clearly beats; undefined when none works. */
export function measurePlans({ candidates, expectedSteps, works, measure }: PlanQuestion): PlanChoice | undefined {
  const stepMs: Partial<Record<Plan, number>> = {};
  const tried: Plan[] = [];
  for (const plan of candidates) {
    const best = Math.min(...Object.values(stepMs));
    if (plan === "xla" && best * expectedSteps < 2 * XLA_COMPILE_MS) continue;
    if (!works(plan)) continue;
    stepMs[plan] = measure(plan, 2) / 2;
    tried.push(plan);
  }
  const steps = Object.fromEntries(tried.map((plan) => [plan, stepsPerRound(stepMs[plan] as number)]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const plan of tried) stepMs[plan] = Math.min(stepMs[plan] as number, measure(plan, steps[plan]) / steps[plan]);
  }
  if (tried.length === 0) return undefined;
  const plan = tried.reduce((best, next) => (stepMs[next]! < stepMs[best]! * CLEARLY ? next : best));
  return { plan, reason: "measured", stepMs };
}

function stepsPerRound(stepMs: number): number {
  return Math.max(1, Math.min(MOST_STEPS, Math.round(ROUND_MS / stepMs)));
}
