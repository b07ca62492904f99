import { Math, performance } from "../intrinsics";
import { nextTimer } from "./timers";
import type { CellContext } from "./cells";

const LONGEST_WAIT_MS = 1_000;

/**
 * Waits for the one-shot timers that a cell has left behind, up to a second. Only in headless runs: nbclient listens to a
 * cell until it is idle, so what a timer prints or throws later would be lost with the last cell.
 */
export async function waitForTimers(cell: CellContext, sleep: (milliseconds: number) => Promise<void>): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const due = nextTimer(cell);
    if (due === undefined || due > until || cell.interrupted) return;
    await sleep(Math.max(1, due - performance.now() + 1));
  }
}
