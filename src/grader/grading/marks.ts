/** Marks in the form of nbgrader's CSV export, so that what reads those reads ours. */
import { rounded } from "dnn-lab-core/numbers";
import type { Roster } from "../archive/roster";
import { csv } from "./csv";
import { dueTime, extended } from "./due";
import { givenByHand } from "./manual-marks";
import type { Graded } from "./result";

const columns = [
  ...["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"],
  ...["raw_score", "late_submission_penalty", "score", "max_score"],
] as const;
const STUDENT = columns.indexOf("student_id");

export interface MarksOptions {
  /** ISO 8601, or a date alone for the whole day; what is handed in later has the penalty. */
  readonly due?: string;
  /** Of a due date without an offset (default `UTC`). */
  readonly zone?: string;
  /** Milliseconds after it that cost nothing (default 0). */
  readonly graceMs?: number;
  /** Points taken off for each day begun after `due` (default 0). */
  readonly penaltyPerDay?: number;
  /** Who is in the class, with their extensions. */
  readonly roster?: Roster;
}

const DAY_MS = 86_400_000;

/** The last moment at which a student is in time; undefined without a due date. */
function dueOf(student: string, { due, zone = "UTC", roster }: MarksOptions): number | undefined {
  if (due === undefined) return undefined;
  return extended(dueTime(due, zone), roster?.find(student)?.extension ?? "", zone);
}

/** Points taken off: never more than were earned. */
export function penaltyOf(result: Graded, options: MarksOptions): number {
  const { graceMs = 0, penaltyPerDay = 0 } = options;
  const due = dueOf(result.student, options);
  const late = due === undefined ? 0 : Date.parse(result.submitted) - due;
  if (late <= graceMs) return 0;
  return Math.min(result.earned + givenByHand(result), Math.ceil(late / DAY_MS) * penaltyPerDay);
}

/** What a student has in the end: the grader's points and a person's, less the penalty. */
export const scoreOf = (result: Graded, options: MarksOptions): number =>
  rounded(result.earned + givenByHand(result) - penaltyOf(result, options), 3);

/** When it was due for somebody, as it was given where nothing was added. */
function shownDue(student: string, options: MarksOptions): string {
  const due = dueOf(student, options);
  if (due === undefined) return "";
  return options.roster?.find(student)?.extension ? new Date(due).toISOString() : options.due!;
}

/**
 * One line for each result, by student. Scores have the points that a person has given, `max_score` those that one may give.
 * `without` are students whose score is not known: their line has no score.
 */
export function marksCsv(
  results: readonly Graded[],
  options: MarksOptions = {},
  without: readonly string[] = [],
): string {
  const named = (student: string): string[] => {
    const person = options.roster?.find(student);
    return [student, person?.lastName ?? "", person?.firstName ?? "", person?.email ?? ""];
  };
  const rows = results.map((result) => {
    const { assignment, submitted, student, points, manualPoints } = result;
    const head = [assignment, shownDue(student, options), submitted, ...named(student)];
    const raw = rounded(result.earned + givenByHand(result), 3);
    return [...head, raw, penaltyOf(result, options), scoreOf(result, options), points + manualPoints];
  });
  const assignment = results[0]?.assignment ?? "";
  const open = without.map((student) => [
    assignment,
    shownDue(student, options),
    "",
    ...named(student),
    "",
    "",
    "",
    "",
  ]);
  const all = [...rows, ...open].sort((a, b) => (String(a[STUDENT]) < String(b[STUDENT]) ? -1 : 1));
  return csv([columns, ...all]);
}
