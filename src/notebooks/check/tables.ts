/** HTML tables, cell by cell. */
import { merged, same, type Comparison } from "./difference";
import { normalizeMarkup } from "./normalize";
import type { NamedRule } from "./rules";
import { compareText } from "./text";

/** Rows of cells, as text. */
export type Table = readonly (readonly string[])[];

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "–",
  minus: "−",
};

function plain(markup: string): string {
  return markup
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole: string, name: string) => entities[name] ?? whole)
    .trim();
}

/** The tables of a piece of HTML, and what stands around them. */
export function tablesIn(markup: string): { tables: Table[]; rest: string } {
  const visible = markup.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, "").replace(/<!--[\s\S]*?-->/g, "");
  const tables: Table[] = [];
  const rest = visible.replace(/<table\b[\s\S]*?<\/table>/gi, (table) => {
    const rows = [...table.matchAll(/<tr\b[^>]*>([\s\S]*?)(?:<\/tr>|(?=<tr\b)|$)/gi)];
    tables.push(
      rows.map(([, row]) =>
        [...row.matchAll(/<t[hd]\b[^>]*>([\s\S]*?)(?:<\/t[hd]>|(?=<t[hd]\b)|$)/gi)].map(([, cell]) => plain(cell)),
      ),
    );
    return "\n<table>\n";
  });
  return { tables, rest };
}

/** Whether a piece of HTML holds a table. */
export function hasTable(markup: string): boolean {
  return /<table\b/i.test(markup);
}

/** Compares HTML: tables by their cells, what stands around them as text. */
export function compareHtml(
  where: string,
  reference: string,
  ours: string,
  rules: readonly NamedRule[],
  samples: readonly string[] = [],
): Comparison {
  const [theirs, mine] = [tablesIn(reference), tablesIn(ours)];
  const others = samples.map(tablesIn);
  const around = compareText(where, plain(normalizeMarkup(theirs.rest)), plain(normalizeMarkup(mine.rest)), rules);
  if (theirs.tables.length !== mine.tables.length) {
    const message = `${mine.tables.length} tables, reference ${theirs.tables.length}`;
    return merged([around, { differences: [{ kind: "table", where, message, reference, ours }], numbers: 0 }]);
  }
  const tables = mine.tables.map((table, i) => {
    const place = mine.tables.length > 1 ? `${where}, table ${i + 1}` : `${where}, table`;
    return compareTable(place, theirs.tables[i], table, rules, others.map(({ tables }) => tables[i]).filter(Boolean));
  });
  return merged([around, ...tables]);
}

function compareTable(
  where: string,
  reference: Table,
  ours: Table,
  rules: readonly NamedRule[],
  samples: readonly Table[],
): Comparison {
  const [size, expected] = [ours, reference].map(
    (table) => `${table.length} × ${Math.max(0, ...table.map((row) => row.length))}`,
  );
  if (size !== expected) {
    return { differences: [{ kind: "table", where, message: `${size} cells, reference ${expected}` }], numbers: 0 };
  }
  const header = ours[0] ?? [];
  const rows = ours.flatMap((row, i) =>
    row.map((text, j) => {
      const column = header[j] || `column ${j + 1}`;
      const place = i === 0 ? `${where}, heading ${j + 1}` : `${where}, row ${i} (${row[0]}), ${column}`;
      const theirs = reference[i][j];
      if (theirs === undefined) return same;
      const named = rules.map((rule) =>
        rule.name === header[j] || rule.name === row[0] ? { ...rule, name: undefined } : rule,
      );
      const others = samples.flatMap((table) => table[i]?.[j] ?? []);
      const { differences, numbers } = compareText(
        place,
        theirs,
        text,
        named.map((rule) => ({ ...rule, trend: undefined })),
        others,
      );
      return {
        differences: differences.map((each) => ({
          ...each,
          where: place,
          kind: each.kind === "text" ? ("table" as const) : each.kind,
        })),
        numbers,
      };
    }),
  );
  return merged([
    ...rows,
    ...header.map((name, j) =>
      columnTrend(
        where,
        name,
        ours.slice(1).map((row) => row[j]),
        rules,
      ),
    ),
  ]);
}

/** A rule `loss: trend=down` looks at the column from top to bottom. */
function columnTrend(where: string, name: string, cells: readonly string[], rules: readonly NamedRule[]): Comparison {
  const wanted = rules
    .filter((rule) => rule.trend && rule.name === name)
    .map(({ name: _, trend }) => ({ name: undefined, trend }));
  if (wanted.length === 0) return same;
  const text = cells.join("\n");
  return { ...compareText(`${where}, ${name}`, text, text, wanted), numbers: 0 };
}

/** Names that rules may use for a table's numbers: its headings and the first cell of each row. */
export function namesInTables(markup: string): string[] {
  return tablesIn(markup).tables.flatMap((table) => [
    ...(table[0] ?? []),
    ...table.slice(1).map((row) => row[0] ?? ""),
  ]);
}
