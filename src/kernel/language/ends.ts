/** What is known of variables beyond their declarations after the cells that ran. */
import type { CellModule } from "./session";

export class Ends {
  private readonly known = new Map<string, CellModule>();
  private readonly loose = new Set<string>();

  /** The cell at whose end more is known of a variable than it was declared to be. */
  get(name: string): CellModule | undefined {
    return this.known.get(name);
  }

  get cells(): Iterable<CellModule> {
    return this.known.values();
  }

  /** True when functions assign to the variable. */
  isLoose(name: string): boolean {
    return this.loose.has(name);
  }

  set(name: string, cell: CellModule): void {
    this.known.set(name, cell);
  }

  forget(name: string): void {
    this.known.delete(name);
  }

  /** The name stands for something new. */
  begin(name: string): void {
    this.known.delete(name);
    this.loose.delete(name);
  }

  loosen(name: string): void {
    this.known.delete(name);
    this.loose.add(name);
  }

  /** A cell did not come to its end. */
  forgetCell(id: string): void {
    for (const [name, cell] of this.known) if (cell.id === id) this.known.delete(name);
  }

  clear(): void {
    this.known.clear();
    this.loose.clear();
  }
}
