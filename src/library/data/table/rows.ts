/** Rows of a table, from a file in pieces, a danfo frame, or records; each can be gone through again. */
import { show } from "dnn-lab-core/check";
import Papa from "papaparse";
import { createReadStream, existsSync, statSync } from "../../platform";
import { type Frame, isFrame } from "../frame";
import { parquetRows } from "./parquet-rows";
import type { Cell } from "./table-cells";
import type { Rows } from "./table-rows";

export type { Rows } from "./table-rows";

/** The path of a CSV or Parquet file, a danfo DataFrame, or records `[{ column: value }]`. */
export type TableSource = string | Frame | readonly Readonly<Record<string, Cell>>[];

/** Opens a table; `delimiter` is found from the file unless it is given. */
export async function rowsOf(owner: string, source: TableSource, delimiter?: string): Promise<Rows> {
  if (typeof source === "string") return fileRows(owner, source, delimiter);
  if (isFrame(source)) return frameRows(source);
  if (Array.isArray(source) && source.length > 0 && source.every((row) => typeof row === "object" && row !== null)) {
    return recordRows(source as readonly Readonly<Record<string, Cell>>[]);
  }
  throw new TypeError(
    `${owner}: expected the path of a CSV or Parquet file, a danfo DataFrame or records, received ${show(source)}.`,
  );
}

async function fileRows(owner: string, path: string, delimiter?: string): Promise<Rows> {
  if (!existsSync(path)) throw new Error(`${owner}: there is no file '${path}'.`);
  if (statSync(path).isDirectory()) throw new Error(`${owner}: '${path}' is a folder; a CSV file is expected.`);
  if (/\.(parquet|pq)$/i.test(path)) {
    const rows = await parquetRows(owner, path);
    checkHeader(owner, path, rows.header);
    return rows;
  }
  let header: string[] | undefined;
  await parse(path, delimiter, (cells) => {
    header = cells.map((cell) =>
      String(cell)
        .replace(/^\uFEFF/, "")
        .trim(),
    );
    return false;
  });
  if (!header || header.every((name) => name === "")) throw new Error(`${owner}: '${path}' is empty.`);
  checkHeader(owner, path, header);
  const columns = header;
  return {
    name: path,
    header,
    async each(visit, bad) {
      let row = 0;
      await parse(path, delimiter, (cells) => {
        row++;
        if (row === 1) return true;
        if (cells.length === columns.length) visit(cells, row);
        else bad(cells.length, row);
        return true;
      });
    },
  };
}

function checkHeader(owner: string, path: string, header: readonly string[]): void {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new Error(
      `${owner}: '${path}' has two columns named '${twice}'. Its first line must hold a name for each column.`,
    );
  }
}

/** Goes through a file piece by piece; `take` returns false to stop. */
function parse(path: string, delimiter: string | undefined, take: (cells: string[]) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = createReadStream(path, { encoding: "utf8" });
    stream.on("error", reject);
    Papa.parse<string[]>(stream, {
      delimiter: delimiter ?? "",
      skipEmptyLines: "greedy",
      chunk: ({ data }, parser) => {
        try {
          if (data.every(take)) return;
          parser.abort();
        } catch (error) {
          // Before it is stopped: stopping counts as the end.
          reject(error as Error);
          parser.abort();
        }
        stream.destroy();
      },
      complete: () => resolve(),
      error: reject,
    });
  });
}

function frameRows(frame: Frame): Rows {
  const rows = frame.values as readonly (readonly Cell[])[];
  return { name: "the frame", header: frame.columns, each: each(rows) };
}

function recordRows(records: readonly Readonly<Record<string, Cell>>[]): Rows {
  const header = Object.keys(records[0]);
  return { name: "the records", header, each: each(records.map((record) => header.map((name) => record[name]))) };
}

function each(rows: readonly (readonly Cell[])[]): Rows["each"] {
  return (visit) => {
    rows.forEach((row, i) => visit(row, i + 1));
    return Promise.resolve();
  };
}
