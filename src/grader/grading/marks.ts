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
  /** Taken off for each day begun after `due` (default 0). */
  readonly penaltyPerDay?: Amount;
  /** What is taken off at most (default: all that was earned). */
  readonly penaltyLimit?: Amount;
  /** Milliseconds after `due` from which nothing is earned (default: never). */
  readonly latestMs?: number;
  /** From when students see everything; undefined where they see it at once. */
  readonly release?: string;
  /** Who is in the class, with their extensions. */
  readonly roster?: Roster;
}

/** Points, or a share of all points that the assignment has. */
export type Amount = number | `${number}%`;

/** `2`, `1.5` or `10%`; undefined for any other text. */
export function amount(text: string): Amount | undefined {
  if (!/^\d+(\.\d+)?%?$/.test(text.trim())) return undefined;
  return text.trim().endsWith("%") ? (text.trim() as Amount) : Number(text);
}

const pointsIn = (given: Amount, all: number): number =>
  typeof given === "number" ? given : (Number.parseFloat(given) / 100) * all;

const DAY_MS = 86_400_000;

/** The last moment at which a student is in time; undefined without a due date. */
export function dueOf(student: string, { due, zone = "UTC", roster }: MarksOptions): number | undefined {
  if (due === undefined) return undefined;
  return extended(dueTime(due, zone), roster?.find(student)?.extension ?? "", zone);
}

/** Points taken off: never more than were earned. */
export function penaltyOf(result: Graded, options: MarksOptions): number {
  const { graceMs = 0, penaltyPerDay = 0, penaltyLimit = "100%", latestMs = Infinity } = options;
  const due = dueOf(result.student, options);
  const late = due === undefined ? 0 : Date.parse(result.submitted) - due;
  const earned = result.earned + givenByHand(result);
  if (late <= graceMs) return 0;
  if (late > latestMs) return earned;
  const all = result.points + result.manualPoints;
  const taken = Math.ceil(late / DAY_MS) * pointsIn(penaltyPerDay, all);
  return rounded(Math.min(earned, taken, pointsIn(penaltyLimit, all)), 3);
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
