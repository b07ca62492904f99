/** What is known of a submission after it was graded: plain data, stored as `result.json`. */
import type { RunFacts } from "dnn-lab-notebooks";
import type { Metrics } from "../archive/handed-in";

export interface TestResult {
  readonly name: string;
  readonly points: number;
  readonly earned: number;
  readonly hidden: boolean;
  readonly passed: boolean;
  /** What was found instead. Of a hidden test it is for the grader alone (`feedback/student.ts`). */
  readonly message?: string;
  readonly hint?: string;
}

export interface CheckResult {
  /** The `grade_id` of its cell. */
  readonly id: string;
  readonly section: string | null;
  readonly points: number;
  readonly earned: number;
  readonly tests: readonly TestResult[];
}

/** A cell that ended with an error. */
export interface CellError {
  /** From 1, code cells with a source only, as graded. */
  readonly cell: number;
  readonly section: string | null;
  readonly line: string;
  readonly message: string;
}

/** What is said, and given or taken, in the same way in many answers. */
export interface MarkItem {
  readonly text: string;
  readonly points: number;
}

/** Points that a person has given in place of the grader's, or beside them, with the reason. */
export interface Override {
  /** The check's `grade_id`, `quality` or `extra`. */
  readonly id: string;
  readonly was: number;
  readonly given: number;
  readonly reason: string;
}

/** An answer that a person marks. */
export interface ManualItem {
  /** The `grade_id` of its cell. */
  readonly id: string;
  readonly section: string | null;
  readonly points: number;
  /** What the student wrote; of a task, the cells below its description. */
  readonly answer: string;
  /** Points given; not there before somebody has. */
  readonly given?: number;
  readonly comment?: string;
  /** The items of the marking rubric that apply. */
  readonly items?: readonly MarkItem[];
  /** Whether points were given for another version of the answer. */
  readonly changed?: boolean;
}

/** A test that earns another number of points than before; undefined where there was, or is, no such test. */
export interface Change {
  readonly name: string;
  readonly hidden: boolean;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What became other than in the result before, which lies in the student's `history`. */
export interface Changed {
  readonly why: "graded again" | "handed in again";
  readonly from: Pick<Graded, "status" | "earned" | "points">;
  readonly tests: readonly Change[];
}

/** One of several attempts. */
export interface Attempt {
  readonly submitted: string;
  /** Less what lateness costs. */
  readonly score: number;
  readonly counts: boolean;
}

/** A submission after it was graded, or why it was refused. */
export interface Graded {
  readonly format: 1;
  readonly assignment: string;
  /** Hash of the assignment's source. */
  readonly digest: string;
  readonly student: string;
  /** SHA-256 of the file that was handed in. */
  readonly submission: string;
  /** When the file was handed in, ISO 8601. */
  readonly submitted: string;
  readonly status: "graded" | "refused";
  /** Why it was refused. */
  readonly reason?: string;
  readonly points: number;
  readonly earned: number;
  /** Greatest number of points that a person may still give. */
  readonly manualPoints: number;
  readonly manual: readonly ManualItem[];
  readonly checks: readonly CheckResult[];
  readonly quality: readonly TestResult[];
  readonly errors: readonly CellError[];
  /** What else the student should know: cells put back, output cut, a kernel that ended. */
  readonly notes: readonly string[];
  readonly metrics: Metrics;
  readonly facts: RunFacts | null;
  /** Metrics and facts that the student may see, where these are not all: those of a run in which no hidden value was asked for. */
  readonly told?: { readonly metrics: Metrics; readonly facts: RunFacts | null } | null;
  readonly overrides?: readonly Override[];
  readonly changed?: Changed;
  /** Where the best of several attempts counts: all of them, in the order of handing in. */
  readonly attempts?: readonly Attempt[];
  /** The student's own values, as JSON, where the assignment has such. */
  readonly variant?: Readonly<Record<string, string>>;
  readonly contained: "bubblewrap" | "none";
  readonly seconds: number;
}

/** The result of a submission that cannot be graded. */
export function refused(
  about: Pick<Graded, "assignment" | "digest" | "student" | "submission" | "submitted" | "points" | "manualPoints">,
  reason: string,
): Graded {
  const nothing = { manual: [], checks: [], quality: [], errors: [], notes: [], metrics: {}, facts: null };
  return { format: 1, ...about, status: "refused", reason, earned: 0, ...nothing, contained: "none", seconds: 0 };
}
