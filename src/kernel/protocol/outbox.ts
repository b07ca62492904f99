import { delay } from "dnn-lab-core/delay";
/** The frames of one message. */
export type Frames = readonly Uint8Array[];

/** The part of a zeromq socket that sends. */
export interface Sender {
  send(frames: Uint8Array[]): Promise<void>;
}

interface Item {
  readonly frames: Frames;
  readonly bytes: number;
  readonly optional: boolean;
}

/** A front end that takes nothing for this long counts as stuck. */
const STUCK_MS = 5_000;
const RETRY_MS = 2;
const MOST_RETRY_MS = 50;

/**
 * zeromq sends one message at a time on a socket; the rest waits here, in order. When the socket says that its own queue is
 * full the message is tried again. Once nothing was taken for five seconds, optional messages (output) are dropped, so that
 * memory stays bounded and the kernel goes on.
 */
export class Outbox {
  private queue: Item[] = [];
  private sending: Promise<void> | undefined;
  private stuck = false;
  private dropped = 0;
  /** Bytes that wait here. */
  waiting = 0;

  /**
   * @param changed called whenever less is waiting than before.
   * @param lost called when a front end takes messages again, with the bytes that it has missed.
   */
  constructor(
    private readonly socket: Sender,
    private readonly changed: () => void = () => undefined,
    private readonly lost: (bytes: number) => void = () => undefined,
    private readonly stuckMs = STUCK_MS,
  ) {}

  /** Adds a message; an optional one may be dropped when the front end is stuck. */
  push(frames: Frames, optional = false): void {
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (optional && this.stuck) {
      this.dropped += bytes;
      return;
    }
    this.queue.push({ frames, bytes, optional });
    this.waiting += bytes;
    this.sending ??= this.drain();
  }

  /** Resolves when everything has been handed to zeromq. */
  async flushed(): Promise<void> {
    while (this.sending !== undefined) await this.sending;
  }

  private async drain(): Promise<void> {
    // A queue is emptied by index: `shift` of a long array moves all that follows.
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      for (const item of batch) {
        if (!(item.optional && this.stuck)) await this.deliver(item);
        else this.dropped += item.bytes;
        this.waiting -= item.bytes;
        this.changed();
      }
    }
    this.sending = undefined;
  }

  private async deliver({ frames, optional, bytes }: Item): Promise<void> {
    const until = Date.now() + this.stuckMs;
    for (let pause = RETRY_MS; ; pause = Math.min(2 * pause, MOST_RETRY_MS)) {
      try {
        await this.socket.send(frames as Uint8Array[]);
        return this.recovered();
      } catch (error) {
        // Other errors: the peer has gone, or the socket is closing; nobody is left to tell.
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      }
      if (Date.now() > until) {
        this.stuck = true;
        this.dropOptional();
        if (optional) return void (this.dropped += bytes);
      }
      await delay(pause);
    }
  }

  private dropOptional(): void {
    const kept = this.queue.filter(({ optional }) => !optional);
    const left = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    const all = this.queue.reduce((sum, { bytes }) => sum + bytes, 0);
    this.queue = kept;
    this.dropped += all - left;
    this.waiting -= all - left;
    this.changed();
  }

  private recovered(): void {
    if (!this.stuck) return;
    this.stuck = false;
    const bytes = this.dropped;
    this.dropped = 0;
    if (bytes > 0) this.lost(bytes);
  }
}
