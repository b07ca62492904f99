import { Atomics, Error, String, TextDecoder, Uint8Array } from "../intrinsics";
import { Control } from "../protocol/bridge";
import { currentCell } from "./cells";
import type { Port } from "./port";
import { KeyboardInterrupt } from "./timers";

/** Questions to the user; each waits for the answer and returns it. */
export interface Input {
  /** Asks for a line of text. */
  input(prompt?: string): string;
  /** The same, by the browser's name; `initial` is the answer to an empty line. */
  prompt(message?: string, initial?: string): string;
  /** Asks for text that is not shown. */
  password(prompt?: string): string;
}

/**
 * The functions that ask the user. They throw where nobody can answer (nbconvert, CI) and when the user interrupts instead
 * of answering.
 */
export function createInput(port: Port): Input {
  const ask = (prompt: string, password: boolean): string => {
    const cell = currentCell();
    if (!cell.allowStdin) {
      throw new Error(
        `input: this front end cannot ask the user (allow_stdin is false), so "${prompt}" has no answer. Set the value in the cell instead.`,
      );
    }
    Atomics.store(port.control, Control.input, 0);
    port.post({ type: "input", cell: cell.id, prompt, password });
    Atomics.wait(port.control, Control.input, 0);
    const state = Atomics.load(port.control, Control.input);
    if (state === 3)
      throw new Error(`input: the request of this cell is over, so "${prompt}" cannot be asked any more.`);
    if (state === 2) throw new KeyboardInterrupt("input was interrupted");
    const length = Atomics.load(port.control, Control.inputLength);
    // TextDecoder refuses shared memory: the bytes are copied first.
    return new TextDecoder().decode(new Uint8Array(port.inputBytes).subarray(0, length));
  };
  return {
    input: (prompt = "") => ask(String(prompt), false),
    prompt: (message = "", initial = "") => ask(String(message), false) || initial,
    password: (prompt = "") => ask(String(prompt), true),
  };
}
