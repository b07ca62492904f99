/** Marks in the forms in which learning platforms take them back. */
import type { Roster } from "../archive/roster";
import { csv } from "./csv";
import type { Graded } from "./result";

/** What a platform gets of a student; undefined scores stay empty. */
export interface Mark {
  readonly student: string;
  readonly score: number | undefined;
}

type Result = Pick<Graded, "assignment" | "points" | "manualPoints">;

function people(marks: readonly Mark[], roster: Roster) {
  const scores = new Map(marks.map(({ student, score }) => [student, score]));
  return roster.people.map((person) => ({ ...person, score: scores.get(person.id) ?? "" }));
}

/** Canvas' gradebook, to be imported there: students by name and SIS id, the second line says what can be earned. */
export function canvasCsv(
  marks: readonly Mark[],
  roster: Roster,
  { assignment, points, manualPoints }: Result,
): string {
  const rows = people(marks, roster).map(({ id, firstName, lastName, email, group, score }) => [
    ...[[lastName, firstName].filter(Boolean).join(", "), "", id, email, group, score],
  ]);
  const most = ["    Points Possible", "", "", "", "", points + manualPoints];
  return csv([["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment], most, ...rows]);
}

/** For Moodle's import of grades (CSV): people by number and address, one column with the points. */
export function moodleCsv(marks: readonly Mark[], roster: Roster, { assignment }: Result): string {
  const rows = people(marks, roster).map(({ id, firstName, lastName, email, score }) => [
    id,
    firstName,
    lastName,
    email,
    score,
  ]);
  return csv([["ID number", "First name", "Last name", "Email address", assignment], ...rows]);
}
