/** Class numbers as rows of zeros with a one in the place of the class. */
import { show } from "dnn-lab-core/check";
import type { Column, LabelValues } from "./storage";

/** `[rows]` class numbers → `[rows, classes]`. Throws for a label that is no class number below `classes`. */
export function oneHotColumn(
  owner: string,
  { values, shape }: Column<LabelValues>,
  classes: number,
): Column<LabelValues> {
  if (shape.length > 0) {
    throw new Error(`${owner}: expected class numbers as labels, the labels have shape [${shape.join(", ")}] already.`);
  }
  const rows = new Float32Array(values.length * classes);
  values.forEach((label, row) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `${owner}: label ${show(label)} of row ${row} is no class; with ${classes} classes labels run from 0 to ${classes - 1}.`,
      );
    }
    rows[row * classes + label] = 1;
  });
  return { values: rows, shape: [classes] };
}
