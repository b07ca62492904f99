import type { Worker } from "node:worker_threads";
import { Control, type FromMain } from "../protocol/bridge";

const BACKLOG_LIMIT_CHARS = 8 * 1024 * 1024;
const BACKLOG_WAIT_MS = 50;

/** The main thread's way to the protocol worker. */
export interface Port {
  readonly control: Int32Array;
  readonly inputBytes: Uint8Array;
  /** Jupyter's interrupt flag; see `docs/kernel.md`. */
  readonly interrupt: Int32Array;
  post(report: FromMain): void;
}

/** Makes the port of a worker; text is held back while more of it waits than memory should hold. */
export function createPort(worker: Worker, shared: Omit<Port, "post">): Port {
  return {
    ...shared,
    post(report) {
      if (report.type === "stream") slowDown(shared, report.text.length);
      worker.postMessage(report);
    },
  };
}

function slowDown({ control, interrupt }: Omit<Port, "post">, length: number): void {
  let backlog = Atomics.add(control, Control.backlog, length) + length;
  while (backlog > BACKLOG_LIMIT_CHARS && Atomics.load(interrupt, 0) === 0) {
    Atomics.wait(control, Control.backlog, backlog, BACKLOG_WAIT_MS);
    backlog = Atomics.load(control, Control.backlog);
  }
}
