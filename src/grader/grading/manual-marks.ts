/** Points that a person gives: a table that `grade` writes, a teacher fills in, and the next `grade` reads. */
import { existsSync, readFileSync } from "node:fs";
import Papa from "papaparse";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { Graded } from "./result";

const columns = ["student", "cell", "max_points", "points", "comment"] as const;
type Row = Readonly<Record<(typeof columns)[number], string>>;

const keyOf = (student: string, cell: string): string => `${student}\0${cell}`;

/** What a teacher has filled in. */
export class ManualMarks {
  private constructor(
    private readonly path: string,
    private readonly rows: ReadonlyMap<string, Row>,
  ) {}

  /** Reads `manual.csv`; none is as an empty one. @throws TypeError that names the line, when it is not such a table */
  static read(path: string): ManualMarks {
    const rows = new Map<string, Row>();
    const text = existsSync(path) ? readFileSync(path, "utf8").replace(/^\ufeff/, "") : "";
    // Spreadsheets of some countries write semicolons; the separator is found out.
    const { data, meta, errors } = Papa.parse<Row>(text, { header: true, skipEmptyLines: "greedy" });
    const missing = columns.filter((column) => !meta.fields?.includes(column));
    if (text.trim() && missing.length) throw new TypeError(`${path}: there is no column ${missing.join(", ")}`);
    const broken = errors.find(({ type }) => type !== "Delimiter");
    // Papa counts quotes' faults from the heading, others from the line below it.
    const line = broken && (broken.row ?? 0) + (broken.type === "Quotes" ? 1 : 2);
    if (broken) throw new TypeError(`${path}, line ${line}: ${broken.message}`);
    data.forEach((row, i) => {
      const key = keyOf(row.student, row.cell);
      if (rows.has(key)) throw new TypeError(`${path}, line ${i + 2}: ${row.student}, ${row.cell} is there twice`);
      pointsOf(row, `${path}, line ${i + 2}`);
      rows.set(key, row);
    });
    return new ManualMarks(path, rows);
  }

  /** A result with what was given for its answers. @throws RangeError for more points than there are */
  appliedTo(result: Graded): Graded {
    const manual = result.manual.map((item) => {
      const row = this.rows.get(keyOf(result.student, item.id));
      const given = row && pointsOf(row, `${this.path}: ${result.student}, ${item.id}`, item.points);
      return given === undefined ? item : { ...item, given, comment: row!.comment.trim() };
    });
    return { ...result, manual };
  }

  /** Writes the table anew: a row for each answer of `results`, filled in as before, and what it has of others. */
  write(results: readonly Graded[]): void {
    const rows = new Map(this.rows);
    for (const { student, manual } of results)
      for (const { id, points } of manual) {
        const { points: given = "", comment = "" } = rows.get(keyOf(student, id)) ?? {};
        rows.set(keyOf(student, id), { student, cell: id, max_points: String(points), points: given, comment });
      }
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    const text = Papa.unparse(sorted, { columns: [...columns], newline: "\n" });
    if (sorted.length) writeFileAtomic(this.path, `${text}\n`);
  }
}

/** The points of a row; undefined when none were given yet. A decimal comma is one. */
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
