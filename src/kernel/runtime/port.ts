import type { Worker } from "node:worker_threads";
import { Atomics } from "../intrinsics";
import { Control, sizeOf, type FromMain } from "../protocol/bridge";

/** Output that may be in transit to the front end at a time; code that writes more has to wait. */
const BACKLOG_LIMIT = 8 * 1024 * 1024;
const BACKLOG_WAIT_MS = 50;
/** Longer texts are sent in pieces, so that no piece is larger than what may be in transit at a time. */
const PIECE_CHARS = 64 * 1024;

/** The main thread's way to the protocol worker. */
export interface Port {
  readonly control: Int32Array;
  readonly inputBytes: Uint8Array;
  /** Jupyter's interrupt flag; see `docs/kernel.md`. */
  readonly interrupt: Int32Array;
  /** Sends a report; waits while more output is in transit than memory should hold. */
  post(report: FromMain): void;
}

/** Makes the port of a worker. */
export function createPort(worker: Pick<Worker, "postMessage">, shared: Omit<Port, "post">): Port {
  let left = 0;
  /** What was left out is reported before the next report, or at the end of the cell. */
  const note = (cell: string): void => {
    if (left === 0) return;
    const text = `\nThe cell was interrupted: ${left} more characters of its output were not shown.\n`;
    left = 0;
    worker.postMessage({ type: "stream", cell, name: "stderr", text } satisfies FromMain);
  };
  const send = (report: FromMain): void => {
    const size = sizeOf(report);
    if (size > 0) {
      const droppable = report.type === "stream" || report.type === "output";
      // Once something was left out, all is until the interrupt has been answered: one note then tells it.
      const isLeaving = droppable && left > 0 && Atomics.load(shared.interrupt, 0) !== 0;
      if (isLeaving || !waitForRoom(shared, size, droppable)) {
        left += size;
        return;
      }
      Atomics.add(shared.control, Control.backlog, size);
    }
    if ("cell" in report) note(report.cell);
    worker.postMessage(report);
  };
  const post = (report: FromMain): void => {
    if (report.type !== "stream" || report.text.length <= PIECE_CHARS) return send(report);
    for (const text of pieces(report.text)) send({ ...report, text });
  };
  return { ...shared, post };
}

/** Waits until there is room for output of a size; false when the user has interrupted the cell meanwhile. */
function waitForRoom({ control, interrupt }: Omit<Port, "post">, size: number, droppable: boolean): boolean {
  for (;;) {
    const backlog = Atomics.load(control, Control.backlog);
    if (backlog === 0 || backlog + size <= BACKLOG_LIMIT) return true;
    if (droppable && Atomics.load(interrupt, 0) !== 0) return false;
    Atomics.wait(control, Control.backlog, backlog, BACKLOG_WAIT_MS);
  }
}

/** A long text in pieces; no surrogate pair is cut. */
function* pieces(text: string): Generator<string> {
  for (let start = 0, end: number; start < text.length; start = end) {
    end = start + PIECE_CHARS;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff) end += 1;
    yield text.slice(start, end);
  }
}
