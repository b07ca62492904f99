/** A place in a source text; line and column count from 0. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** A place in a cell or file. */
export interface Place extends Location {
  readonly name: string;
}
