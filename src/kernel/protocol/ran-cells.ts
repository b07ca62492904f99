import type { Program } from "./bridge";

/** A cell that was run, or is about to be. */
export interface RanCell {
  /** As the front end sent it, with its magics. */
  readonly code: string;
  readonly program: Program;
  /** The front end's name for the cell, if it told one. */
  readonly cellId?: string;
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

  /** All of them, in the order in which they ran. */
  all(): RanCell[] {
    return [...this.cells.values()];
  }

  clear(): void {
    this.cells.clear();
  }

  /** The newest cell of a text that `isWanted`. */
  findLast(isWanted: (cell: RanCell) => boolean): RanCell | undefined {
    return [...this.cells.values()].findLast(isWanted);
  }
}
