/** Rows of a Parquet file, one group of rows after another, so that the file may be larger than memory. */
import { show } from "dnn-lab-core/check";
import { messageOf } from "dnn-lab-core/errors";
import type { FileMetaData } from "hyparquet" with { "resolution-mode": "import" };
import type { Cell } from "./table-cells";
import type { Rows } from "./table-rows";

export async function parquetRows(owner: string, path: string): Promise<Rows> {
  // Both packages are ECMAScript modules.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  return reading(owner, path, async () => {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const header = columnsOf(metadata);
    const group = async (rowStart: number, rowEnd: number): Promise<unknown[][]> => {
      let found: unknown[][] = [];
      const onComplete = (rows: unknown[][]) => (found = rows);
      await parquetRead({ file, metadata, compressors, rowStart, rowEnd, onComplete });
      return found;
    };
    return {
      name: path,
      header,
      each: (visit) =>
        reading(owner, path, async () => {
          let place = 0;
          for (const { num_rows } of metadata.row_groups) {
            for (const row of await group(place, place + Number(num_rows))) {
              place++;
              const cells = row.map((value, i) => cellOf(value, header[i], place));
              visited(() => visit(cells, place));
            }
          }
        }),
    };
  });
}

/** Of a file whose columns are plain, without lists or structures. */
function columnsOf({ schema }: FileMetaData): string[] {
  const [root, ...columns] = schema;
  const nested = columns.find(({ num_children: children }) => children !== undefined && children > 0);
  if (nested)
    throw new Error(`column '${nested.name}' holds lists or structures; leave it out when you write the file`);
  if (root.num_children !== columns.length) throw new Error("its schema is damaged");
  return columns.map(({ name }) => name);
}

function cellOf(value: unknown, column: string, place: number): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    throw new Error(`column '${column}' has ${value} in row ${place}, which is beyond 2^53; write it as a text`);
  }
  throw new Error(
    `column '${column}' has ${show(value)} in row ${place}, which is no number, text, date or truth value`,
  );
}

/** What a visitor throws has its own words. */
class VisitError extends Error {}

function visited(visit: () => void): void {
  try {
    visit();
  } catch (cause) {
    throw new VisitError("", { cause });
  }
}

async function reading<T>(owner: string, path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof VisitError) throw error.cause;
    throw new Error(`${owner}: '${path}' cannot be read as Parquet: ${messageOf(error)}.`, { cause: error });
  }
}
