/** Points that a person gives: a table that `grade` writes, a teacher fills in, and the next `grade` reads. */
import { existsSync, readFileSync } from "node:fs";
import { hashOf } from "dnn-lab-core/hash";
import Papa from "papaparse";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { Graded, ManualItem } from "./result";

/** Of a table; what is older has no `answer` and no `note`. */
const required = ["student", "cell", "max_points", "points", "comment"] as const;
const columns = ["student", "cell", "answer", "max_points", "points", "comment", "note"] as const;
type Row = Readonly<Record<(typeof columns)[number], string>>;

const CHANGED = "changed since it was marked";
const EARLIER = "an earlier answer";

/** What identifies a version of an answer. */
const versionOf = (answer: string): string => hashOf("sha256", answer).slice(0, 12);

const keyOf = (student: string, cell: string, answer: string): string => JSON.stringify([student, cell, answer]);

/** Spreadsheets take some texts for formulas: those get an apostrophe when they are written, and lose it when they are read. */
const FORMULA = /^[=+\-@\t\r]/;
const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
const unguarded = (text: string): string => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

const isFilled = ({ points, comment }: Row): boolean => points.trim() !== "" || comment.trim() !== "";

/** What a teacher has filled in: points of a student for a version of an answer. */
export class ManualMarks {
  private constructor(
    private readonly path: string,
    private readonly rows: ReadonlyMap<string, Row>,
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
    return new ManualMarks(path, rows);
  }

  /** A result with what was given for its answers, in the version that was marked. @throws RangeError for more points than there are */
  appliedTo(result: Graded): Graded {
    const manual = result.manual.map((item) => {
      const row = this.rowOf(result.student, item);
      const given = row && pointsOf(row, `${this.path}: ${result.student}, ${item.id}`, item.points);
      if (given !== undefined) return { ...item, given, comment: row!.comment.trim() };
      return this.earlier(result.student, item).length ? { ...item, changed: true } : item;
    });
    return { ...result, manual };
  }

  /** Writes the table anew: a row for each answer of `results`, filled in as before, and what it has of others. */
  write(results: readonly Graded[]): void {
    const rows = new Map([...this.rows].filter(([, row]) => row.answer !== "" || isFilled(row)));
    for (const { student, manual } of results)
      for (const item of manual) {
        const { points: given = "", comment = "" } = this.rowOf(student, item) ?? {};
        for (const [key, row] of this.versions(student, item.id)) {
          if (row.answer === versionOf(item.answer)) continue;
          // A row without a version was just taken over; one that nobody filled in has no points.
          if (row.answer === "" || !isFilled(row)) rows.delete(key);
          else rows.set(key, { ...row, note: EARLIER });
        }
        const note = given === "" && this.earlier(student, item).length ? CHANGED : "";
        const answer = versionOf(item.answer);
        const row = { student, cell: item.id, answer, max_points: String(item.points), points: given, comment, note };
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
  private rowOf(student: string, { id, answer }: ManualItem): Row | undefined {
    return this.rows.get(keyOf(student, id, versionOf(answer))) ?? this.rows.get(keyOf(student, id, ""));
  }

  /** Marked rows of other versions of the answer. */
  private earlier(student: string, { id, answer }: ManualItem): Row[] {
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

/** Points that a person has given. */
export const givenByHand = ({ manual }: Graded): number => manual.reduce((sum, { given = 0 }) => sum + given, 0);

/** Answers that a person has not looked at. */
export const notMarkedYet = ({ manual }: Graded): number => manual.filter(({ given }) => given === undefined).length;
