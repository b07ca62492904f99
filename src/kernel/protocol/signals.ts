import { nodeBinding } from "./node-internals";

/** The part of Node's internal signal handle that is used here. */
interface SignalHandle {
  onsignal: () => void;
  start(signal: number): number;
  unref(): void;
}

const SIGINT = 2;

/**
 * Calls `handler` on SIGINT in this worker thread. `process.on("SIGINT")` exists on the main thread only, and is deaf while
 * a cell loops; libuv itself tells every loop. Where the internal handle is gone, false.
 */
export function onInterruptSignal(handler: () => void): boolean {
  const Signal = nodeBinding<{ Signal: new () => SignalHandle }>("signal_wrap")?.Signal;
  if (Signal === undefined) return false;
  const handle = new Signal();
  handle.onsignal = handler;
  const failed = handle.start(SIGINT) !== 0;
  handle.unref();
  return !failed;
}
