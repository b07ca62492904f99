/** What a student has handed in, as the grader sees it. */
import type { Notebook, RunFacts } from "dnn-lab-notebooks";

/** A metric's value in the grader's run; undefined when there is none. */
export type Metrics = Readonly<Record<string, number | undefined>>;

/** What the student's own run gave, from the submission's `results.json`. */
export interface Claimed {
  readonly metrics: Metrics;
  readonly facts: RunFacts | null;
}

/** What a student has handed in, unpacked and checked. */
export interface Submission {
  readonly student: string;
  readonly notebook: Notebook;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly claimed: Claimed | undefined;
  /** SHA-256 of the file. */
  readonly hash: string;
  readonly submitted: string;
}
