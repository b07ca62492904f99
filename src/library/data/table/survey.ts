/** The first time through a table: how many rows there are, and what each column can be. */
import { list, show } from "dnn-lab-core/check";
import { type Cell, type CellRules, type ColumnType, isMissing, numberIn } from "./table-cells";
import type { Rows } from "./rows";

/** What is known of a column. */
export interface ColumnSurvey {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing: number;
}

export interface Survey {
  readonly rows: number;
  /** Lines that have another number of fields than the header, left out. */
  readonly skipped: readonly number[];
  readonly columns: readonly ColumnSurvey[];
}

interface Counts {
  present: number;
  missing: number;
  fits: Record<Exclude<ColumnType, "category">, number>;
  /** The first cell that is no number, and its line. */
  odd?: { readonly cell: Cell; readonly place: number };
  decimalComma: boolean;
}

export interface SurveyOptions extends CellRules {
  readonly owner: string;
  readonly types: Readonly<Record<string, ColumnType>>;
  readonly badRows: "error" | "skip";
}

/** Goes through the rows once. @param use says which columns matter */
export async function survey(rows: Rows, use: readonly string[], options: SurveyOptions): Promise<Survey> {
  const places = use.map((name) => rows.header.indexOf(name));
  const counts: Counts[] = use.map(() => ({
    present: 0,
    missing: 0,
    fits: { number: 0, boolean: 0, date: 0 },
    decimalComma: false,
  }));
  const skipped: number[] = [];
  let count = 0;
  await rows.each(
    (cells, place) => {
      count++;
      places.forEach((column, i) => note(counts[i], cells[column], place, options));
    },
    (found, place) => {
      if (options.badRows === "error") {
        throw new Error(
          `${options.owner}: line ${place} of '${rows.name}' has ${found} fields, its first line ${rows.header.length}. ` +
            'Mend it, or pass badRows: "skip".',
        );
      }
      skipped.push(place);
    },
  );
  if (count === 0) throw new Error(`${options.owner}: '${rows.name}' has no rows.`);
  const columns = use.map((name, i) => ({ name, type: typeOf(name, counts[i], options), missing: counts[i].missing }));
  return { rows: count, skipped, columns };
}

function note(counts: Counts, cell: Cell, place: number, rules: CellRules): void {
  if (isMissing(cell, rules)) return void counts.missing++;
  counts.present++;
  for (const type of ["number", "boolean", "date"] as const) {
    if (numberIn(cell, type, rules) !== undefined) counts.fits[type]++;
    else if (type === "number") {
      counts.odd ??= { cell, place };
      if (typeof cell === "string" && /^[+-]?\d+,\d+$/.test(cell.trim())) counts.decimalComma = true;
    }
  }
}

/** A number with a few odd cells among many is a mistake in the file, and no category. */
const MOSTLY = 0.9;

function typeOf(name: string, counts: Counts, { owner, types }: SurveyOptions): ColumnType {
  const { present, fits, odd, decimalComma } = counts;
  const asked = types[name];
  if (present === 0) throw new Error(`${owner}: column '${name}' is empty. Leave it out of features.`);
  if (asked === "category") return asked;
  if (asked !== undefined) {
    if (fits[asked] === present) return asked;
    throw new Error(
      `${owner}: column '${name}' is asked for as ${asked}, and ${present - fits[asked]} of its cells are none` +
        `${odd ? `, for instance ${show(odd.cell)} in line ${odd.place}` : ""}.`,
    );
  }
  const found = (["number", "boolean", "date"] as const).find((type) => fits[type] === present);
  if (found) return found;
  if (decimalComma) {
    throw new Error(`${owner}: column '${name}' has numbers with a comma. Pass decimal: "," (and types for others).`);
  }
  if (fits.number > MOSTLY * present && odd) {
    throw new Error(
      `${owner}: column '${name}' holds numbers, but for ${show(odd.cell)} in line ${odd.place} ` +
        `(${present - fits.number} such cells). If it stands for a gap, pass missingValues: [${show(odd.cell)}]; ` +
        `if they are words, types: { ${name}: "category" }.`,
    );
  }
  return "category";
}

/** Throws for a name that the table does not have. */
export function checkColumns(owner: string, rows: Rows, names: readonly string[], what: string): void {
  const unknown = names.find((name) => !rows.header.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`${owner}: ${what} names '${unknown}', but the columns are ${list([...rows.header])}.`);
}
