import type { CellUses } from "../language/language-api";
import type { ExecuteRequest } from "./execute-request";
import type { LanguageClient } from "./language-client";
import type { Json } from "./message";
import type { Publisher } from "./publisher";
import type { RanCell, RanCells } from "./ran-cells";
import { listOfStaleCells, staleCells, type StaleCell } from "./stale-cells";

/** What is asked for and shown. */
export interface StaleDeskParts {
  readonly publisher: Publisher;
  readonly language: LanguageClient;
  readonly cells: RanCells;
}

/** Knows which cells are stale, and while it is asked to, tells it with every reply and in a list that stays up to date. */
export class StaleDesk {
  private readonly uses = new WeakMap<RanCell, CellUses>();
  private list: { readonly cell: string; shown: string } | undefined;

  constructor(private readonly parts: StaleDeskParts) {}

  /** Cells that rest on what has changed since they ran, in the order in which they ran. */
  async cells(): Promise<StaleCell[]> {
    const runs: { cell: RanCell; uses: CellUses }[] = [];
    for (const cell of this.parts.cells.all()) runs.push({ cell, uses: await this.usesOf(cell) });
    return staleCells(runs);
  }

  /** Shows in the output of `cell` the list that stays up to date. */
  async start(cell: string): Promise<void> {
    const found = await this.cells();
    this.list = { cell, shown: "" };
    this.show("display_data", cell, found);
  }

  /** Tells nothing any more. */
  stop(): void {
    this.list = undefined;
  }

  /** What a reply says beside its content: nothing before `start`, and nothing in headless runs, where nobody looks. */
  async metadata({ cell, silent, allowStdin }: ExecuteRequest): Promise<Json> {
    if (this.list === undefined || silent || !allowStdin) return {};
    const found = await this.cells();
    this.show("update_display_data", cell, found);
    return { stale_cells: described(found) };
  }

  private show(type: "display_data" | "update_display_data", cell: string, found: readonly StaleCell[]): void {
    const text = listOfStaleCells(found);
    if (this.list === undefined || this.list.shown === text) return;
    this.list.shown = text;
    this.parts.publisher.output(cell, type, {
      data: { "text/plain": text.trimEnd() },
      metadata: { stale_cells: described(found) },
      transient: { display_id: `stale-cells-${this.list.cell}` },
    });
  }

  /** A cell that ran stays what it is, so it is read once. */
  private async usesOf(cell: RanCell): Promise<CellUses> {
    const known = this.uses.get(cell);
    if (known !== undefined) return known;
    const found = await this.parts.language.uses(cell.program.source);
    this.uses.set(cell, found);
    return found;
  }
}

function described(found: readonly StaleCell[]): Json[] {
  return found.map(({ cell, why }) => ({
    name: cell.program.name,
    ...(cell.cellId === undefined ? {} : { cell_id: cell.cellId }),
    why,
  }));
}
