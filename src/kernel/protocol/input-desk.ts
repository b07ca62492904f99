import { Control } from "./bridge";
import type { Header, Json, Received } from "./message";

/** Where the answer is put for the main thread, which sleeps meanwhile. */
export interface InputMemory {
  readonly control: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * Asks the front end for a line of text. The main thread waits on shared memory, as in a browser's `prompt`, so code needs no
 * `await`; an interrupt wakes it.
 */
export class InputDesk {
  private waiting: string | undefined;

  constructor(
    private readonly memory: InputMemory,
    private readonly send: (content: Json, parent: Received) => Header,
  ) {}

  /** Sends an input_request to the client that asked for the running cell. */
  ask(prompt: string, password: boolean, parent: Received): void {
    this.waiting = this.send({ prompt, password }, parent).msg_id;
  }

  /** There is nobody to ask. */
  refuse(): void {
    this.wake(3, 0);
  }

  /** Takes an input_reply; one that nobody asked for is ignored. */
  answer(reply: Received): void {
    if (this.waiting === undefined) return;
    this.waiting = undefined;
    const value = reply.content["value"];
    const bytes = Buffer.from(typeof value === "string" ? value : "").subarray(0, this.memory.bytes.length);
    this.memory.bytes.set(bytes);
    this.wake(1, bytes.length);
  }

  /** Wakes the main thread without an answer. */
  cancel(): void {
    if (this.waiting === undefined) return;
    this.waiting = undefined;
    this.wake(2, 0);
  }

  private wake(state: 1 | 2 | 3, length: number): void {
    Atomics.store(this.memory.control, Control.inputLength, length);
    Atomics.store(this.memory.control, Control.input, state);
    Atomics.notify(this.memory.control, Control.input);
  }
}
