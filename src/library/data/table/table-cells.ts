/** What a cell of a table may be, and how it is read as a number, a day or a truth value. */

/** A cell as a file, a danfo frame or the caller has it; empty ones are null, undefined, NaN or a text that says so. */
export type Cell = string | number | boolean | null | undefined;

/** Kinds of columns. */
export type ColumnType = "number" | "category" | "boolean" | "date";
export const COLUMN_TYPES: readonly ColumnType[] = ["number", "category", "boolean", "date"];

/** How texts are read. */
export interface CellRules {
  /** What stands between whole and decimal places. */
  readonly decimal: "." | ",";
  /** Texts that stand for a gap. */
  readonly missingValues: readonly string[];
}

/** Texts that pandas, too, takes for a gap. */
export const MISSING_VALUES = ["", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None"] as const;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DAY = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const TRUTH: Readonly<Record<string, number>> = { true: 1, false: 0, yes: 1, no: 0 };
const MS_PER_DAY = 86_400_000;

export function isMissing(cell: Cell, { missingValues }: CellRules): boolean {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return true;
  return typeof cell === "string" && missingValues.includes(cell.trim());
}

/** The number that a cell of that type stands for (days since 1970 for a date); undefined when it is none. */
export function numberIn(cell: Cell, type: ColumnType, { decimal }: CellRules): number | undefined {
  if (type === "number") {
    if (typeof cell === "number") return Number.isFinite(cell) ? cell : undefined;
    if (typeof cell !== "string") return undefined;
    const text = decimal === "," ? cell.trim().replace(",", ".") : cell.trim();
    return NUMBER.test(text) ? Number(text) : undefined;
  }
  if (type === "boolean") {
    if (typeof cell === "boolean") return Number(cell);
    const word = String(cell).trim().toLowerCase();
    return Object.hasOwn(TRUTH, word) ? TRUTH[word] : undefined;
  }
  if (type !== "date" || typeof cell !== "string" || !DAY.test(cell.trim())) return undefined;
  // Without an offset it is the same moment on every machine.
  const text = cell.trim().replace(" ", "T");
  const moment = Date.parse(/T/.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(moment) ? undefined : moment / MS_PER_DAY;
}

/** The word that a cell stands for as a category. */
export const wordIn = (cell: Cell): string => String(cell).trim();
