/** HTML and SVG as a list of what they are made of: elements with their attributes, texts, scripts and styles; and their tables. */
import { Parser } from "htmlparser2";

/** Rows of cells, as text. */
export type Table = readonly (readonly string[])[];

export interface Piece {
  /** `p`, `progress value`, `script`. */
  readonly what: string;
  readonly text: string;
}

export interface Markup {
  /** In the order of the document; the texts of tables' cells are left to `tables`. */
  readonly pieces: readonly Piece[];
  readonly tables: readonly Table[];
}

interface OpenTable {
  readonly rows: string[][];
  cell: string[] | undefined;
}

/** Elements whose text is not shown as words. */
const programs = new Set(["script", "style"]);
/** When a picture was made, and by which version of a program: it is not shown. */
const noise = new Set(["metadata", "dc:date"]);

/** Reads HTML, or XML such as SVG; damaged markup is read as browsers do. */
export function markupOf(source: string, xml = false): Markup {
  const pieces: Piece[] = [];
  const tables: Table[] = [];
  const open: string[] = [];
  const openTables: OpenTable[] = [];
  let silent = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push(name);
        if (xml && noise.has(name)) silent++;
        if (silent) return;
        pieces.push({ what: "element", text: name });
        for (const key of Object.keys(attributes).sort())
          pieces.push({ what: `${name} ${key}`, text: attributes[key] });
        const table = openTables.at(-1);
        if (name === "table") openTables.push({ rows: [], cell: undefined });
        else if (name === "tr") table?.rows.push([]);
        else if ((name === "td" || name === "th") && table) {
          if (table.rows.length === 0) table.rows.push([]);
          table.cell = [];
        } else if (name === "br") table?.cell?.push("\n");
      },
      ontext(text) {
        if (silent) return;
        const parent = open.at(-1) ?? "text";
        const cell = programs.has(parent) ? undefined : openTables.at(-1)?.cell;
        if (cell) cell.push(text);
        else if (pieces.at(-1)?.what === `text of ${parent}`)
          pieces.push({ what: `text of ${parent}`, text: (pieces.pop() as Piece).text + text });
        else pieces.push({ what: `text of ${parent}`, text });
      },
      onclosetag(name) {
        open.pop();
        if (xml && noise.has(name)) silent--;
        const table = openTables.at(-1);
        if ((name === "td" || name === "th") && table?.cell) {
          table.rows.at(-1)!.push(table.cell.join("").trim());
          table.cell = undefined;
        } else if (name === "table" && table) {
          tables.push(table.rows);
          openTables.pop();
        }
      },
    },
    { xmlMode: xml, decodeEntities: true },
  );
  parser.end(source);
  return withOwnIds({
    pieces: pieces.filter(({ what, text }) => !what.startsWith("text") || text.trim() !== ""),
    tables,
  });
}

/** Attributes that hold ids of the same document. */
const references =
  /^(?:id|for|headers|list|form|aria-(?:labelledby|describedby|controls|owns)|(?:xlink:)?href|data-(?:target|bs-target|for))$/;

/** Ids that are drawn anew in each run are numbered in the order in which they are declared, wherever they are used. */
function withOwnIds({ pieces, tables }: Markup): Markup {
  const ids = new Map<string, string>();
  for (const { what, text } of pieces)
    if (what.endsWith(" id") && !ids.has(text)) ids.set(text, `<id ${ids.size + 1}>`);
  if (ids.size === 0) return { pieces, tables };
  const renamed = (text: string) => text.replace(/[\w.:-]+/g, (word) => ids.get(word) ?? word);
  return {
    tables,
    pieces: pieces.map(({ what, text }) => {
      const key = what.split(" ").at(-1)!;
      if (references.test(key))
        return { what, text: key.endsWith("href") && !text.startsWith("#") ? text : renamed(text) };
      if (/^text of (?:script|style)$/.test(what) || text.includes("url(#")) return { what, text: renamed(text) };
      return { what, text };
    }),
  };
}
