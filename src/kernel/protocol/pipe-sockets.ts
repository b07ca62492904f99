import { Socket } from "node:net";
import type { ConnectionInfo } from "./connection-file";
import type { SocketHandlers } from "./sockets";

type Frames = readonly Uint8Array[];
type Channel = "shell" | "control" | "stdin" | "iopub";

const CHANNELS: readonly Channel[] = ["shell", "control", "stdin", "iopub"];
const HEAD_BYTES = 4;
const INNER_BYTES = 3;
const LINGER_MS = 1_000;

/** A message as `src/notebooks/runner/frames.py` describes it: its length, channel, the frames' lengths, the frames. */
function packed(channel: Channel, frames: Frames): Buffer {
  const head = Buffer.alloc(HEAD_BYTES + INNER_BYTES + 4 * frames.length);
  const length = frames.reduce((sum, frame) => sum + frame.byteLength, head.byteLength - HEAD_BYTES);
  head.writeUInt32BE(length, 0);
  head.writeUInt8(CHANNELS.indexOf(channel), HEAD_BYTES);
  head.writeUInt16BE(frames.length, HEAD_BYTES + 1);
  frames.forEach((frame, i) => head.writeUInt32BE(frame.byteLength, HEAD_BYTES + INNER_BYTES + 4 * i));
  return Buffer.concat([head, ...frames]);
}

function unpacked(body: Buffer): { channel: Channel; frames: Buffer[] } {
  const count = body.readUInt16BE(1);
  let at = INNER_BYTES + 4 * count;
  const frames = Array.from({ length: count }, (_, i) => {
    const length = body.readUInt32BE(INNER_BYTES + 4 * i);
    return body.subarray(at, (at += length));
  });
  return { channel: CHANNELS[body.readUInt8(0)]!, frames };
}

/**
 * The channels of a kernel that was started with one connected socket, as a descriptor: in a sandbox there is no connection
 * file, no key and no folder of sockets that a cell could find.
 */
export class PipeSockets {
  private readonly socket: Socket;
  private received = Buffer.alloc(0);
  private handlers: SocketHandlers | undefined;

  constructor(descriptor: number) {
    this.socket = new Socket({ fd: descriptor, readable: true, writable: true });
  }

  /** Starts to listen. Whoever is at the other end hears all that is published. */
  open(_: ConnectionInfo, handlers: SocketHandlers): Promise<void> {
    this.handlers = handlers;
    this.socket.on("error", () => undefined);
    // Nobody is left to work for.
    this.socket.on("close", () => process.kill(process.pid, "SIGKILL"));
    this.socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      for (let body = this.next(); body !== undefined; body = this.next()) {
        const { channel, frames } = unpacked(body);
        if (channel !== "iopub") handlers.onMessage(channel, frames);
      }
    });
    return Promise.resolve();
  }

  /** Bytes that the other end has not taken yet. */
  get waiting(): number {
    return this.socket.writableLength;
  }

  send(channel: Channel, frames: Frames): void {
    if (this.socket.writable) this.socket.write(packed(channel, frames), () => this.handlers?.onRoom());
  }

  /** Sends what waits, then closes. */
  async close(): Promise<void> {
    this.socket.removeAllListeners("close");
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LINGER_MS).unref();
      this.socket.end(() => resolve());
    });
  }

  /** The next whole message that has come. */
  private next(): Buffer | undefined {
    if (this.received.byteLength < HEAD_BYTES) return undefined;
    const end = HEAD_BYTES + this.received.readUInt32BE(0);
    if (this.received.byteLength < end) return undefined;
    const body = this.received.subarray(HEAD_BYTES, end);
    this.received = this.received.subarray(end);
    return body;
  }
}

/** Takes the place of a connection file: there is nothing to bind, and no key, since only one program can be at the other end. */
export const piped: ConnectionInfo = {
  ...{ transport: "ipc", ip: "-", key: "", signature_scheme: "hmac-sha256" },
  ...{ shell_port: 0, iopub_port: 0, stdin_port: 0, control_port: 0, hb_port: 0 },
};
