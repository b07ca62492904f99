/** The rules of a cell, as they are once they have been read. */

/** How one kind of number, or all numbers of a cell, are compared. */
export interface NumberRule {
  /** Largest absolute difference. */
  readonly abs?: number;
  /** Largest difference relative to the reference; 0.05 or `5%`. */
  readonly rel?: number;
  /** Least value; the reference is then not looked at, unless another rule asks for it. */
  readonly min?: number;
  /** Greatest value. */
  readonly max?: number;
  /** By how much the value may be worse than the reference; better values always pass. */
  readonly noWorse?: number;
  /** Which values are better (default `higher`). */
  readonly better?: "higher" | "lower";
  /** The numbers, in their order, must on the whole rise or fall (Kendall's rank correlation with the order ≥ 0.5). */
  readonly trend?: "up" | "down";
  /** Largest distance from the mean over the reference's seeds, in standard deviations of a new value. */
  readonly seeds?: number;
}

/** A rule and the numbers it is for: a label in text, a column of a table, a trace of a figure; all without a name. */
export interface NamedRule extends NumberRule {
  readonly name: string | undefined;
  /** Whether it is for all cells: then a cell need not use it. */
  readonly general?: true;
}

/** A part of the text that is replaced before it is compared: `text: /run-[0-9a-f]{8}/ -> run-ID`. */
export interface TextRule {
  readonly pattern: RegExp;
  readonly replacement: string;
  /** Whether it is for all cells. */
  readonly general?: true;
}

/** All rules of a cell. */
export interface CellRules {
  readonly numbers: readonly NamedRule[];
  readonly texts: readonly TextRule[];
  /** All of them as they are written, for the reference. */
  readonly written: readonly string[];
  /** Why the outputs are not compared. */
  readonly ignore?: string;
  /** Why it is right that the cell is skipped. */
  readonly skip?: string;
  /** Largest part of a picture's tile whose pixels may be others, 0 to 1. */
  readonly pixels?: number;
  /** Outputs may come in another order. */
  readonly anyOrder?: boolean;
  /** Output after the cell's reply is meant. */
  readonly late?: boolean;
  /** Files and folders that the results depend on, relative to the notebook. */
  readonly inputs: readonly string[];
  /** The author says that the results depend on nothing that could not be observed. */
  readonly cache?: "pure";
}
