import { Atomics, Number, process } from "../intrinsics";
import { Control } from "../protocol/bridge";
import { currentCell } from "./cells";
import type { Port } from "./port";

const FAREWELL_MS = 2_000;

/**
 * Replaces `process.exit`: the worker first tells the front end and closes its sockets, then the process ends as asked.
 * Returns the function that ends the process without a message, for a shutdown.
 */
export function guardExit(port: Port): (code: number) => never {
  const exit = process.exit.bind(process);
  const leave = (code: number, asked: boolean): never => {
    const number = Number.isInteger(code) ? code : 0;
    if (Atomics.load(port.control, Control.exit) === 0) {
      port.post({ type: "exit", cell: currentCell().id, code: number, asked });
      Atomics.wait(port.control, Control.exit, 0, FAREWELL_MS);
    }
    return exit(number);
  };
  process.exit = ((code?: number | string | null) =>
    leave(Number(code ?? process.exitCode ?? 0), true)) as typeof process.exit;
  return (code) => leave(code, false);
}
