import type { CellUses } from "../language/language-api";
import type { RanCell } from "./ran-cells";

const MOST_CODE_CHARS = 50;

/** A cell that rests on what has changed since it ran. */
export interface StaleCell {
  readonly cell: RanCell;
  readonly why: string;
}

/** A cell that ran, with what it used. */
interface Run extends CellUses {
  readonly name: string;
  readonly cell: RanCell;
  /** The cell of the notebook: a re-run is the same one. */
  readonly identity: string;
}

/** Of cells in the order in which they ran, those that rest on what has changed since. */
export function staleCells(cells: readonly { readonly cell: RanCell; readonly uses: CellUses }[]): StaleCell[] {
  const runs = cells.map(({ cell, uses }) => {
    const { code, cellId, program } = cell;
    return { name: program.name, cell, identity: cellId ?? code, ...uses };
  });
  return staleRuns(runs).map(({ run, why }) => ({ cell: run.cell, why }));
}

/** What `%stale` prints. */
export function listOfStaleCells(found: readonly StaleCell[]): string {
  if (found.length === 0) return "No cell is stale.\n";
  const lines = found.map(({ cell, why }) => `${cell.program.name} is stale: ${why}.  ${firstLine(cell.code)}`);
  return `${lines.join("\n")}\n`;
}

function staleRuns(runs: readonly Run[]): { readonly run: Run; readonly why: string }[] {
  const last = new Map(runs.map(({ identity }, at) => [identity, at]));
  const changes = new Map<string, number>();
  runs.forEach(({ changed }, at) => changed.forEach((name) => changes.set(name, at)));
  const stale = new Map<string, string>();
  const found: { run: Run; why: string }[] = [];
  runs.forEach((run, at) => {
    if (last.get(run.identity) !== at) return;
    const why = reachedFrom(run, runs, changes).flatMap((name) => {
      const change = changes.get(name);
      const by = change === undefined ? undefined : runs[change];
      if (change === undefined || by === undefined || by.identity === run.identity) return [];
      if (change > at) return [`${by.name} has changed ${name} since`];
      return stale.has(by.name) ? [`${name} is of ${by.name}, which is stale`] : [];
    })[0];
    if (why === undefined) return;
    stale.set(run.name, why);
    found.push({ run, why });
  });
  return found;
}

/** The names that a cell uses, and those that the functions and classes among them use in turn. */
function reachedFrom(run: Run, runs: readonly Run[], changes: ReadonlyMap<string, number>): string[] {
  const reached = new Set(run.used);
  for (const name of reached) for (const more of runs[changes.get(name) ?? -1]?.later ?? []) reached.add(more);
  return [...reached];
}

/** The beginning of a cell, by which a reader knows it again. */
export function firstLine(code: string): string {
  const line = code.trim().split("\n")[0] as string;
  return line.length > MOST_CODE_CHARS ? `${line.slice(0, MOST_CODE_CHARS)}…` : line;
}
