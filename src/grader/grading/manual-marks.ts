/** Points that a person gives: a table that `grade` writes, a teacher fills in, and the next `grade` reads. */
import { existsSync, readFileSync } from "node:fs";
import { hashOf } from "dnn-lab-core/hash";
import Papa from "papaparse";
import { writeFileAtomic } from "dnn-lab-core/files";
import { rounded } from "dnn-lab-core/numbers";
import { MarkingRubric } from "./marking-rubric";
import type { Graded, ManualItem, Override } from "./result";

/** Of a table; what is older has no `answer` and no `note`. */
const required = ["student", "cell", "max_points", "points", "comment"] as const;
const columns = ["student", "cell", "answer", "max_points", "points", "comment", "note", "items", "marker"] as const;
export type Row = Readonly<Record<(typeof columns)[number], string>>;

const CHANGED = "changed since it was marked";
const EARLIER = "an earlier answer";

/** What identifies a version of an answer. */
const versionOf = (answer: string): string => hashOf("sha256", answer).slice(0, 12);

const keyOf = (student: string, cell: string, answer: string): string => JSON.stringify([student, cell, answer]);

/** Spreadsheets take some texts for formulas: those get an apostrophe when they are written, and lose it when they are read. */
const FORMULA = /^[=+\-@\t\r]/;
const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
const unguarded = (text: string): string => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

/** What a person may fill in for an answer. */
export type Filled = Pick<Row, "points" | "comment" | "items" | "marker">;

/** What can be marked: an answer, or the grader's own points. */
export interface Markable {
  readonly id: string;
  /** The answer; of the grader's own points the hash of the submission. */
  readonly answer: string;
  readonly points: number;
}

/** Beside all that was asked for. */
export const EXTRA = "extra";

/** The grader's own points, which a person may override. */
export function overridable({ checks, quality }: Graded): { id: string; points: number; earned: number }[] {
  const sum = (key: "points" | "earned") => quality.reduce((total, each) => total + each[key], 0);
  return [
    ...checks.map(({ id, points, earned }) => ({ id, points, earned })),
    ...(quality.length ? [{ id: "quality", points: sum("points"), earned: sum("earned") }] : []),
    { id: EXTRA, points: Infinity, earned: 0 },
  ];
}

const isFilled = ({ points, comment }: Row): boolean => points.trim() !== "" || comment.trim() !== "";

/** What a teacher has filled in: points of a student for a version of an answer. */
export class ManualMarks {
  private constructor(
    private readonly path: string,
    private readonly rows: ReadonlyMap<string, Row>,
    private readonly rubric: MarkingRubric,
  ) {}

  /** Reads `manual.csv`; none is as an empty one. @throws TypeError that names the line, when it is not such a table */
  static read(path: string): ManualMarks {
    const rows = new Map<string, Row>();
    const text = textOf(path);
    // Spreadsheets of some countries write semicolons; the separator is found out.
    const { data, meta, errors } = Papa.parse<Partial<Row>>(text, { header: true, skipEmptyLines: "greedy" });
    const missing = required.filter((column) => !meta.fields?.includes(column));
    if (text.trim() && missing.length) throw new TypeError(`${path}: there is no column ${missing.join(", ")}`);
    const broken = errors.find(({ type }) => type !== "Delimiter");
    // Papa counts quotes' faults from the heading, others from the line below it.
    const line = broken && (broken.row ?? 0) + (broken.type === "Quotes" ? 1 : 2);
    if (broken) throw new TypeError(`${path}, line ${line}: ${broken.message}`);
    data.forEach((found, i) => {
      const row = Object.fromEntries(columns.map((name) => [name, unguarded(found[name] ?? "")])) as Row;
      const key = keyOf(row.student, row.cell, row.answer);
      if (rows.has(key)) throw new TypeError(`${path}, line ${i + 2}: ${row.student}, ${row.cell} is there twice`);
      pointsOf(row, `${path}, line ${i + 2}`);
      rows.set(key, row);
    });
    return new ManualMarks(path, rows, MarkingRubric.beside(path));
  }

  /** A result with what was given for its answers, in the version that was marked. @throws RangeError for more points than there are */
  appliedTo(result: Graded): Graded {
    const manual = result.manual.map((item) => {
      const row = this.rowOf(result.student, item);
      const given = row && pointsOf(row, `${this.path}: ${result.student}, ${item.id}`, item.points);
      if (given !== undefined) {
        const items = this.rubric.chosen(item.id, row!.items);
        return { ...item, given, comment: row!.comment.trim(), ...(items.length ? { items } : {}) };
      }
      return this.isChanged(result.student, item) ? { ...item, changed: true } : item;
    });
    const overrides = this.overridesOf(result);
    return { ...result, manual, ...(overrides.length ? { overrides } : {}) };
  }

  /** Whether points were given for another version of an answer, and none for this one. */
  isChanged(student: string, item: Pick<ManualItem, "id" | "answer">): boolean {
    const given = this.rowOf(student, item)?.points.trim() ?? "";
    return given === "" && this.earlier(student, item).length > 0;
  }

  /** What was given in place of the grader's points: rows of a check, of `quality`, or `extra`. */
  private overridesOf(result: Graded): Override[] {
    return overridable(result).flatMap(({ id, points, earned }): Override[] => {
      const row = this.rowOf(result.student, { id, answer: result.submission });
      const where = `${this.path}: ${result.student}, ${id}`;
      const given = row && pointsOf(row, where, points);
      if (given === undefined) return [];
      const reason = row!.comment.trim();
      if (reason === "") throw new TypeError(`${where}: points in place of the grader's need a reason (comment)`);
      return [{ id, was: earned, given, reason }];
    });
  }

  /** The row of an answer, or of what may be overridden, in its present version; undefined when there is none. */
  find(student: string, id: string, answer: string): Row | undefined {
    return this.rowOf(student, { id, answer });
  }

  /** The same table with a row filled in. @throws RangeError for points that cannot be given */
  with(student: string, { id, answer, points }: Markable, filled: Filled): ManualMarks {
    const row: Row = {
      ...{ student, cell: id, answer: versionOf(answer), max_points: Number.isFinite(points) ? String(points) : "" },
      ...{ note: "", ...filled },
    };
    // Whoever marks without names is told none.
    pointsOf(row, id, points);
    const rows = new Map(this.rows);
    rows.delete(keyOf(student, id, ""));
    rows.set(keyOf(student, id, row.answer), row);
    return new ManualMarks(this.path, rows, this.rubric);
  }

  /** The same table after an item of the rubric is worth so much more: in every row that has it. */
  shifted(cell: string, item: string, by: number): ManualMarks {
    const rows = [...this.rows].map(([key, row]): [string, Row] => {
      const value = pointsOf(row, this.path);
      if (row.cell !== cell || value === undefined || !row.items.split(" ").includes(item)) return [key, row];
      const points = rounded(Math.min(Math.max(0, value + by), Number(row.max_points)), 3);
      return [key, { ...row, points: String(points) }];
    });
    return new ManualMarks(this.path, new Map(rows), this.rubric);
  }

  /** Writes the table anew: a row for each answer of `results`, filled in as before, and what it has of others. */
  write(results: readonly Graded[]): void {
    const rows = new Map([...this.rows].filter(([, row]) => row.answer !== "" || isFilled(row)));
    for (const { student, manual } of results)
      for (const item of manual) {
        const { points: given = "", comment = "", items = "", marker = "" } = this.rowOf(student, item) ?? {};
        for (const [key, row] of this.versions(student, item.id)) {
          if (row.answer === versionOf(item.answer)) continue;
          // A row without a version was just taken over; one that nobody filled in has no points.
          if (row.answer === "" || !isFilled(row)) rows.delete(key);
          else rows.set(key, { ...row, note: EARLIER });
        }
        const note = this.isChanged(student, item) ? CHANGED : "";
        const answer = versionOf(item.answer);
        const about = { student, cell: item.id, answer, max_points: String(item.points) };
        const row = { ...about, points: given, comment, note, items, marker };
        rows.set(keyOf(student, item.id, answer), row);
      }
    const order = ({ student, cell, note }: Row): string => JSON.stringify([student, cell, note === EARLIER ? 0 : 1]);
    const sorted = [...rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    const written = sorted.map((row) => Object.fromEntries(columns.map((name) => [name, guarded(row[name])])));
    const text = Papa.unparse(written, { columns: [...columns], newline: "\n" });
    if (sorted.length) writeFileAtomic(this.path, `${text}\n`);
  }

  private versions(student: string, cell: string): [string, Row][] {
    return [...this.rows].filter(([, row]) => row.student === student && row.cell === cell);
  }

  /** The row of an answer in its present version; a row without a version belongs to every version. */
  private rowOf(student: string, { id, answer }: Pick<ManualItem, "id" | "answer">): Row | undefined {
    return this.rows.get(keyOf(student, id, versionOf(answer))) ?? this.rows.get(keyOf(student, id, ""));
  }

  /** Marked rows of other versions of the answer. */
  private earlier(student: string, { id, answer }: Pick<ManualItem, "id" | "answer">): Row[] {
    const others = this.versions(student, id).map(([, row]) => row);
    return others.filter((row) => !["", versionOf(answer)].includes(row.answer) && row.points.trim() !== "");
  }
}

function textOf(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, "utf8").replace(/^\ufeff/, "") : "";
  } catch (error) {
    throw new TypeError(`${path} cannot be read as a table: ${(error as Error).message}`, { cause: error });
  }
}

/** The points of a row; undefined when no points were given yet. A decimal comma is understood. */
function pointsOf({ points }: Row, where: string, most = Infinity): number | undefined {
  const text = points.trim().replace(",", ".");
  if (text === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || value > most)
    throw new RangeError(
      `${where}: points must be a number from 0${most < Infinity ? ` to ${most}` : ""}, or empty; received '${points}'`,
    );
  return value;
}

/** Points that a person has given: for answers, and in place of the grader's or beside them. */
export const givenByHand = ({ manual, overrides = [] }: Graded): number =>
  manual.reduce((sum, { given = 0 }) => sum + given, 0) +
  overrides.reduce((sum, { given, was }) => sum + given - was, 0);

/** Answers that a person has not looked at. */
export const notMarkedYet = ({ manual }: Graded): number => manual.filter(({ given }) => given === undefined).length;
