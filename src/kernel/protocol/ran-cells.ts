import type { Program } from "./bridge";

/** A cell that was run, or is about to be. */
export interface RanCell {
  /** As the front end sent it, with its magics. */
  readonly code: string;
  readonly program: Program;
}

const MOST_CELLS = 2_000;

/** The cells of a session as they ran, by the names of their scripts: what a debugger that comes later needs of them. */
export class RanCells {
  private readonly cells = new Map<string, RanCell>();

  add(cell: RanCell): void {
    this.cells.set(cell.program.name, cell);
    if (this.cells.size > MOST_CELLS) this.cells.delete(this.cells.keys().next().value as string);
  }

  get(name: string): RanCell | undefined {
    return this.cells.get(name);
  }

  /** The newest cell of a text that `isWanted`. */
  findLast(isWanted: (cell: RanCell) => boolean): RanCell | undefined {
    return [...this.cells.values()].findLast(isWanted);
  }
}
