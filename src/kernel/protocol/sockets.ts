import { delay } from "dnn-lab-core/delay";
import * as zmq from "zeromq";
import { endpoint, type ConnectionInfo } from "./connection-file";
import { Outbox, type Frames } from "./outbox";

const LINGER_MS = 1_000;
/** Messages that zeromq itself holds for a front end; texts are at most some 64 KB each. */
const IOPUB_HIGH_WATER_MARK = 500;

/** What arrives on which channel. */
export interface SocketHandlers {
  onMessage(channel: "shell" | "control" | "stdin", frames: Uint8Array[]): void;
  onSubscribe(topic: Uint8Array): void;
  /** Less is waiting to be published than before. */
  onRoom(): void;
  /** A front end was stuck and has missed this many bytes of output. */
  onLost(bytes: number): void;
}

/** The five sockets of a kernel, bound to the address of the connection file and to nothing else. */
export class Sockets {
  private readonly shell = new zmq.Router({ linger: LINGER_MS });
  private readonly control = new zmq.Router({ linger: LINGER_MS });
  private readonly stdin = new zmq.Router({ linger: LINGER_MS });
  private readonly iopub = new zmq.XPublisher({ linger: LINGER_MS, sendHighWaterMark: IOPUB_HIGH_WATER_MARK });
  private readonly heartbeat = new zmq.Router({ linger: 0 });
  private readonly outboxes = {
    shell: new Outbox(this.shell),
    control: new Outbox(this.control),
    stdin: new Outbox(this.stdin),
    iopub: new Outbox(
      this.iopub,
      () => this.handlers?.onRoom(),
      (bytes) => this.handlers?.onLost(bytes),
    ),
  };
  private handlers: SocketHandlers | undefined;

  /** Bytes that wait to be published. */
  get waiting(): number {
    return this.outboxes.iopub.waiting;
  }

  /** Binds all sockets and starts to listen; throws when an address is taken. */
  async open(connection: ConnectionInfo, handlers: SocketHandlers): Promise<void> {
    this.handlers = handlers;
    // A full queue is an error that is tried again: by default messages are dropped silently.
    this.iopub.noDrop = true;
    await Promise.all([
      this.shell.bind(endpoint(connection, connection.shell_port)),
      this.control.bind(endpoint(connection, connection.control_port)),
      this.stdin.bind(endpoint(connection, connection.stdin_port)),
      this.iopub.bind(endpoint(connection, connection.iopub_port)),
      this.heartbeat.bind(endpoint(connection, connection.hb_port)),
    ]);
    for (const channel of ["shell", "control", "stdin"] as const) {
      void listen(this[channel], (frames) => handlers.onMessage(channel, frames));
    }
    void listen(this.heartbeat, (frames) => void this.heartbeat.send(frames).catch(() => undefined));
    // Also for a topic that somebody else has subscribed to.
    this.iopub.verbosity = "allSubs";
    void listen(this.iopub, ([frame]) => {
      // An XPUB socket receives 1 + topic for a subscription and 0 + topic for its end.
      if (frame?.[0] === 1) handlers.onSubscribe(frame.subarray(1));
    });
  }

  /** Queues a message; messages of one channel leave in the order of the calls. `optional`: see {@link Outbox}. */
  send(channel: "shell" | "control" | "stdin" | "iopub", frames: Frames, optional = false): void {
    this.outboxes[channel].push(frames, optional);
  }

  /** Sends what waits, a second at most, then closes. */
  async close(): Promise<void> {
    const flushed = Promise.all(Object.values(this.outboxes).map((outbox) => outbox.flushed()));
    await Promise.race([flushed, delay(LINGER_MS, { keepsAlive: false })]);
    for (const socket of [this.shell, this.control, this.stdin, this.iopub, this.heartbeat]) socket.close();
  }
}

async function listen(socket: zmq.Router | zmq.XPublisher, receive: (frames: Uint8Array[]) => void): Promise<void> {
  while (!socket.closed) {
    try {
      receive((await socket.receive()) as Uint8Array[]);
    } catch (error) {
      if (socket.closed) return;
      process.stderr.write(`dnn-lab kernel: ${(error as Error).message}\n`);
    }
  }
}
