/** What carries out steps, and what is told of them. */
import type { StepExplanation } from "../../engine/compile";
import type { RunPlan } from "./plan";

/** Carries out the steps of a pass over a data set. */
export interface StepRunner {
  /** Starts pass number `pass` over the data, at its step `from` (default 0). */
  begin(pass: number, from?: number): void;
  /** Waits until some of the next `count` steps can be run, or the pass is known to be over; undefined when nothing is to be waited for. */
  ready?(count: number): Promise<void> | undefined;
  /** Runs the next steps, at most `count`, and returns how many it ran: 0 only at the end of the pass. */
  run(count: number): number;
  dispose(): void;
}

/** How steps were run, and how long they took; goes on counting while they run. */
export interface StepsReport {
  plan: RunPlan;
  /** Why this plan, or why the steps could not be compiled. */
  reason: string;
  steps: number;
  /** Milliseconds that the steps took, recording not included. */
  elapsedMs: number;
  /** What the recorded step consists of, also when it was given up later. */
  compiled?: StepExplanation;
}
