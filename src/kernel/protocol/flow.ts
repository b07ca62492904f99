import { Control } from "./bridge";

/** So much may wait for zeromq before those who write have to wait too. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * Back-pressure: what the main thread has posted counts as in transit until the sockets have room again; the main thread waits
 * for that (`runtime/port.ts`), and native output is not read meanwhile.
 */
export class Flow {
  private taken = 0;
  private full = false;

  /**
   * @param waiting the bytes that wait to be sent.
   * @param pauseNative stops the reading of native output, or lets it go on.
   */
  constructor(
    private readonly control: Int32Array,
    private readonly waiting: () => number,
    private readonly pauseNative: (paused: boolean) => void,
  ) {}

  /** Output of that size has come from the main thread. */
  took(size: number): void {
    this.taken += size;
    this.update();
  }

  /** Looks again; called when something was sent. */
  update(): void {
    const full = this.waiting() > LIMIT_BYTES;
    if (full !== this.full) this.pauseNative((this.full = full));
    if (full || this.taken === 0) return;
    Atomics.sub(this.control, Control.backlog, this.taken);
    Atomics.notify(this.control, Control.backlog);
    this.taken = 0;
  }
}
