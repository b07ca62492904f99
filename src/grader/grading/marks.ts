/** Marks in the form of nbgrader's CSV export, so that what reads those reads ours. */
import { givenByHand } from "./manual-marks";
import type { Graded } from "./result";

const columns = [
  ...["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"],
  ...["raw_score", "late_submission_penalty", "score", "max_score"],
] as const;

export interface MarksOptions {
  /** ISO 8601; what is handed in later has the penalty. */
  readonly due?: string;
  /** Points taken off for each day begun after `due` (default 0). */
  readonly penaltyPerDay?: number;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const DAY_MS = 86_400_000;

/** Points taken off: never more than were earned. */
export function penaltyOf(result: Graded, { due, penaltyPerDay = 0 }: MarksOptions): number {
  const late = due === undefined ? 0 : Date.parse(result.submitted) - Date.parse(due);
  return late > 0 ? Math.min(result.earned + givenByHand(result), Math.ceil(late / DAY_MS) * penaltyPerDay) : 0;
}

/** One line for each result, by student. Scores have the points that a person has given, `max_score` those that one may give. */
export function marksCsv(results: readonly Graded[], options: MarksOptions = {}): string {
  const rows = [...results]
    .sort((a, b) => (a.student < b.student ? -1 : 1))
    .map((result) => {
      const penalty = penaltyOf(result, options);
      const { assignment, submitted, student, points, manualPoints } = result;
      const earned = rounded(result.earned + givenByHand(result));
      const score = rounded(earned - penalty);
      return [
        assignment,
        options.due ?? "",
        submitted,
        student,
        "",
        "",
        "",
        earned,
        penalty,
        score,
        points + manualPoints,
      ];
    });
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

/** Quoted where it must be; a text that a spreadsheet would take for a formula gets an apostrophe. */
function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
