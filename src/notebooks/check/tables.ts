/** HTML tables, cell by cell. */
import { different, merged, type Comparison } from "./difference";
import { compareTrend, numbersIn } from "./compare-numbers";
import type { Table } from "./markup";
import type { RuleBook } from "./rule-book";
import { compareText } from "./compare-text";

/** Whether a piece of HTML holds a table. */
export function hasTable(markup: string): boolean {
  return /<table\b/i.test(markup);
}

const sizeOf = (table: Table): string =>
  `${table.length} × ${table.reduce((most, row) => Math.max(most, row.length), 0)}`;

/** Compares two tables; a rule may name a column by its heading or a row by its first cell. */
export function compareTable(
  where: string,
  reference: Table,
  ours: Table,
  book: RuleBook,
  samples: readonly Table[],
): Comparison {
  const [size, expected] = [ours, reference].map(sizeOf);
  if (size !== expected || ours.some((row, i) => row.length !== reference[i].length)) {
    return different("table", where, `${size} cells, reference ${expected}`);
  }
  const header = ours[0] ?? [];
  const found: Comparison[] = [];
  let numbers = 0;
  ours.forEach((row, i) =>
    row.forEach((text, j) => {
      const comparison = compareCell(where, reference[i][j], text, { i, j, row, header, book, samples });
      numbers += comparison.numbers;
      if (comparison.differences.length || comparison.noise?.length) found.push({ ...comparison, numbers: 0 });
    }),
  );
  const trends = header.map((name, j) => columnTrend(where, name, ours.slice(1), j, book));
  return { ...merged([...found, ...trends]), numbers };
}

interface CellPlace {
  readonly i: number;
  readonly j: number;
  readonly row: readonly string[];
  readonly header: readonly string[];
  readonly book: RuleBook;
  readonly samples: readonly Table[];
}

function compareCell(
  where: string,
  reference: string,
  ours: string,
  { i, j, row, header, book, samples }: CellPlace,
): Comparison {
  const column = header[j] || `column ${j + 1}`;
  const place = i === 0 ? `${where}, heading ${j + 1}` : `${where}, row ${i} (${row[0]}), ${column}`;
  const others = samples.flatMap((table) => table[i]?.[j] ?? []);
  const names = i === 0 ? [] : [header[j], row[0]];
  const { differences, ...rest } = compareText(
    { where: place, names, withoutTrends: true },
    reference,
    ours,
    book,
    others,
  );
  const told = differences.map((each) => ({
    ...each,
    where: place,
    kind: each.kind === "text" ? ("table" as const) : each.kind,
  }));
  return { ...rest, differences: told };
}

/** A rule `loss: trend=down` looks at the column from top to bottom. */
function columnTrend(where: string, name: string, rows: Table, j: number, book: RuleBook): Comparison {
  const rule = name === "" ? undefined : book.namedRule([name]);
  if (rule?.trend === undefined) return { differences: [], numbers: 0 };
  const values = rows.flatMap((row) => numbersIn(row[j] ?? "").numbers.map(({ value }) => value));
  const { ok, words } = compareTrend(values, rule);
  return { differences: ok ? [] : [{ kind: "number", where: `${where}, ${name}`, message: words }], numbers: 0 };
}
