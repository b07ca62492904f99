/**
 * Watches over the runner from outside: it may be busy with what a notebook sends, and then keeps no time itself. What it has
 * not answered shortly after its time is decided here.
 */
import type { ErrorEvent, FailureKind, NotebookEvent } from "./events";

/** So long after its time the runner may still answer by itself. */
const GRACE_MS = 1_500;

export interface TimeLimits {
  readonly cellTimeoutSeconds?: number;
  readonly timeoutSeconds?: number;
}

export class RunnerWatch {
  private cell: { cell: number; index: number } | undefined;
  private cellTimer: NodeJS.Timeout | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @param giveUp is called once, with the reason of the failure. */
  constructor(
    private readonly limits: TimeLimits,
    private readonly giveUp: (failure: ErrorEvent) => void,
  ) {}

  /** Takes notice of what the runner tells. */
  see(event: NotebookEvent): void {
    const { cellTimeoutSeconds, timeoutSeconds } = this.limits;
    if (event.event === "start" && timeoutSeconds) {
      this.after(timeoutSeconds, "timeout", "the notebook took longer than the time allowed for all of it");
    }
    if (event.event !== "cell" && event.event !== "done") return;
    clearTimeout(this.cellTimer);
    this.cell = event.event === "cell" ? { cell: event.cell, index: event.index } : undefined;
    if (event.event !== "cell" || !cellTimeoutSeconds) return;
    const message = `the cell took longer than the ${cellTimeoutSeconds} s allowed for one`;
    this.cellTimer = this.after(cellTimeoutSeconds, "cell-timeout", message);
  }

  /** The runner has been asked to stop. */
  stopping(why: "interrupted" | "timeout"): void {
    const message = why === "timeout" ? "the time allowed for all notebooks is over" : "the run was interrupted";
    this.after(0, why, message);
  }

  /** The run is over. */
  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private after(seconds: number, kind: FailureKind, message: string): NodeJS.Timeout {
    const timer = setTimeout(
      () => this.giveUp({ event: "error", kind, message, ...this.cell }),
      seconds * 1000 + GRACE_MS,
    );
    this.timers.add(timer);
    return timer;
  }
}
