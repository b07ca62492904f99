/** Module specifiers that only the checker's own texts have. */

/** Stands before relative specifiers of the notebook's folder, which ambient modules may not have. */
export const FOLDER = "dnn-folder:";

const CELL = "dnn:";

/** The module of the cell `number`. */
export function cellSpecifier(number: number): string {
  return CELL + String(number);
}

/** The number of the cell whose module is meant, if it is a cell's. */
export function cellNumber(specifier: string): number | undefined {
  return specifier.startsWith(CELL) ? Number(specifier.slice(CELL.length)) : undefined;
}

/** The specifier as a file in the notebook's folder would write it. */
export function fromFolder(specifier: string): string {
  return specifier.startsWith(FOLDER) ? specifier.slice(FOLDER.length) : specifier;
}

/** The cells that a text refers to. */
export function cellsIn(text: string): number[] {
  return [...text.matchAll(/["']dnn:(\d+)["']/g)].map(([, number]) => Number(number));
}
