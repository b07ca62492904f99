/** Rows that are to be predicted, as numbers, by what was fitted on the training part. */
import { list } from "dnn-lab-core/check";
import { rowsOf, type TableSource } from "./rows";
import { encodeRow, type TablePreprocessing, widthOf } from "./table-preprocessing";

export type { TablePreprocessing } from "./table-preprocessing";

export interface TableSamples {
  /** Row after row. */
  readonly features: Float32Array;
  readonly width: number;
  /** Where each row stands in its source. */
  readonly places: readonly number[];
}

/** @throws Error for a missing column, a line of another length, and a cell that its column cannot have. */
export async function tableSamples(
  owner: string,
  source: TableSource,
  { columns, cells: rules }: TablePreprocessing,
): Promise<TableSamples> {
  const rows = await rowsOf(owner, source);
  const missing = columns.filter(({ name }) => !rows.header.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new Error(
      `${owner}: '${rows.name}' has no column ${list(missing)}; its columns are ${list([...rows.header])}.`,
    );
  }
  const at = columns.map(({ name }) => rows.header.indexOf(name));
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const [samples, places] = [[] as Float32Array[], [] as number[]];
  await rows.each(
    (cells, place) => {
      const sample = new Float32Array(width);
      encodeRow(owner, columns, rules, { cellOf: (i) => cells[at[i]], place }, sample);
      samples.push(sample);
      places.push(place);
    },
    (found, place) => {
      throw new Error(
        `${owner}: line ${place} of '${rows.name}' has ${found} fields, its first line ${rows.header.length}.`,
      );
    },
  );
  if (places.length === 0) throw new Error(`${owner}: '${rows.name}' has no rows.`);
  const features = new Float32Array(places.length * width);
  samples.forEach((sample, i) => features.set(sample, i * width));
  return { features, width, places };
}
