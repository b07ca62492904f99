/**
 * Several columns as one: side by side in each row, so that shuffles, batches and recorded steps treat a sample with three
 * inputs as one with a single one. They are taken apart again on the engine, just before the model gets them.
 */
import { tf } from "../engine/tf";
import type { AnyColumn } from "./columns";
import { type Column, type ColumnLayout, type FeatureValues, type LabelValues, rowLength } from "./storage";

export interface Packed {
  readonly column: AnyColumn;
  readonly layout: ColumnLayout;
}

/** Puts columns of the same number of rows side by side: bytes stay bytes when all are, else they become float32. */
export function packColumns(columns: Readonly<Record<string, AnyColumn>>, rows: number): Packed {
  const parts = Object.values(columns);
  const widths = parts.map(({ shape }) => rowLength(shape));
  const width = widths.reduce((a, b) => a + b, 0);
  const isBytes = parts.every(({ values }) => values instanceof Uint8Array);
  const values = isBytes ? new Uint8Array(rows * width) : new Float32Array(rows * width);
  let offset = 0;
  parts.forEach((part, i) => {
    for (let row = 0; row < rows; row++) {
      values.set(part.values.subarray(row * widths[i], (row + 1) * widths[i]), row * width + offset);
    }
    offset += widths[i];
  });
  const layout = Object.fromEntries(Object.entries(columns).map(([name, { shape }]) => [name, shape]));
  return { column: { values, shape: [width] }, layout };
}

/** The columns of packed rows `[n, width]`: name → `[n, ...shape]`. */
export function unpackColumns(packed: tf.Tensor, layout: ColumnLayout): Record<string, tf.Tensor> {
  let offset = 0;
  return Object.fromEntries(
    Object.entries(layout).map(([name, shape]) => {
      const width = rowLength(shape);
      const part = tf.slice(packed as tf.Tensor2D, [0, offset], [packed.shape[0], width]);
      offset += width;
      return [name, tf.reshape(part, [packed.shape[0], ...shape])];
    }),
  );
}

/** One of the packed columns in plain memory; undefined for a name that no column has. */
export function unpackColumn(
  { values, shape: [width] }: Column<FeatureValues | LabelValues>,
  layout: ColumnLayout,
  name: string,
): Column<LabelValues> | undefined {
  let offset = 0;
  for (const [each, shape] of Object.entries(layout)) {
    const size = rowLength(shape);
    if (each === name) {
      const rows = values.length / width;
      const part = new Float32Array(rows * size);
      for (let row = 0; row < rows; row++) {
        const from = row * width + offset;
        part.set(values.subarray(from, from + size), row * size);
      }
      return { values: part, shape };
    }
    offset += size;
  }
  return undefined;
}
