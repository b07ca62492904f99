import { Map, Object, Promise, Set, Symbol, realm } from "../intrinsics";
import { currentCell } from "./cells";

/** What libraries find as `globalThis[Symbol.for("dnn-lab.cells")]`. Outside of a notebook there is no such global. */
export interface CellsHook {
  /**
   * Calls a function when the cell that runs now runs again: what it has set up is done with then. Never, where the front end does
   * not say which cell it runs.
   * @returns a function that takes it back
   */
  onRunAgain(end: () => void): () => void;
}

/** What is to end when a cell runs again, by the front end's name of the cell. */
export class CellEnds {
  private readonly ends = new Map<string, Set<() => void>>();

  /** A cell begins: what its last run has left ends. */
  begin(cellId: string | undefined): void {
    if (cellId === undefined) return;
    const ends = this.ends.get(cellId);
    this.ends.delete(cellId);
    for (const end of ends ?? []) {
      try {
        end();
      } catch (error) {
        // The cell runs all the same.
        void Promise.reject(error);
      }
    }
  }

  /** Installs the hook. */
  install(): void {
    const hook: CellsHook = { onRunAgain: (end) => this.add(end) };
    const property = { value: hook, enumerable: false, configurable: true };
    Object.defineProperty(realm, Symbol.for("dnn-lab.cells"), property);
  }

  private add(end: () => void): () => void {
    const { cellId } = currentCell();
    if (cellId === undefined) return () => undefined;
    const ends = this.ends.get(cellId) ?? new Set<() => void>();
    this.ends.set(cellId, ends.add(end));
    return () => void ends.delete(end);
  }
}
