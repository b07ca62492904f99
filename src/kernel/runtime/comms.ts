import { randomUUID } from "node:crypto";
import { Array, Error, Map, String, TypeError, Uint8Array } from "../intrinsics";
import type { CommEvent, CommOutput } from "../protocol/bridge";
import { jsonText } from "../protocol/json-text";
import { currentCell } from "./cells";
import { bytesOf, objectText } from "./display/bundle-content";
import { print } from "./output";
import type { Port } from "./port";

/** What goes along with a comm message. */
export interface CommOptions {
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly (Uint8Array | ArrayBuffer)[];
}

/** A received comm message. */
export interface CommMessage {
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

/** How a comm is opened. */
type Open = Pick<CommOutput, "id" | "target">;
type Listener = (message: CommMessage) => unknown;
type Send = (kind: CommEvent["kind"], data: Record<string, unknown>, options: CommOptions) => void;

/** One end of a channel between the kernel and the front end. */
export class Comm {
  private readonly messageListeners: Listener[] = [];
  private readonly closeListeners: Listener[] = [];
  /** False once either side has closed it. */
  open = true;

  constructor(
    readonly id: string,
    readonly target: string,
    private readonly transmit: Send,
  ) {}

  /** Sends JSON data, and binary buffers beside it. Throws when the comm is closed. */
  send(data: Record<string, unknown>, options: CommOptions = {}): void {
    if (!this.open) throw new Error(`comm ${this.id} of target "${this.target}" is closed`);
    this.transmit("comm_msg", data, options);
  }

  /** Closes the channel on both sides. */
  close(data: Record<string, unknown> = {}, options: CommOptions = {}): void {
    if (!this.open) return;
    this.transmit("comm_close", data, options);
    this.open = false;
  }

  onMessage(listener: Listener): void {
    this.messageListeners.push(listener);
  }

  onClose(listener: Listener): void {
    this.closeListeners.push(listener);
  }

  /** @internal A message of the front end. */
  async receive(kind: CommEvent["kind"], message: CommMessage): Promise<void> {
    if (kind === "comm_close") this.open = false;
    const listeners = kind === "comm_close" ? this.closeListeners : this.messageListeners;
    for (const listener of listeners) await listener(message);
  }
}

/** Comms of this kernel: the global `comms`. */
export class Comms {
  private readonly targets = new Map<string, (comm: Comm, message: CommMessage) => unknown>();
  private readonly comms = new Map<string, Comm>();

  constructor(private readonly port: Pick<Port, "post">) {}

  /** Opens a channel to a target that the front end knows. */
  open(target: string, data: Record<string, unknown> = {}, options: CommOptions = {}): Comm {
    if (typeof target !== "string")
      throw new TypeError(`comms.open: target must be a string, received ${typeof target}.`);
    const id = randomUUID();
    this.send("comm_open", { id, target }, data, options);
    return this.add(id, target);
  }

  /** Says what happens when the front end opens a channel to `target`. */
  registerTarget(target: string, opened: (comm: Comm, message: CommMessage) => unknown): void {
    this.targets.set(target, opened);
  }

  unregisterTarget(target: string): void {
    this.targets.delete(target);
  }

  /** @internal A comm message of the front end. */
  async receive({ kind, content, metadata, buffers }: CommEvent): Promise<void> {
    const id = String(content["comm_id"]);
    const data = (content["data"] ?? {}) as Record<string, unknown>;
    const message: CommMessage = { data, metadata, buffers };
    if (kind === "comm_open") return this.accept(id, String(content["target_name"]), message);
    const comm = this.comms.get(id);
    if (kind === "comm_close") this.comms.delete(id);
    await comm?.receive(kind, message);
  }

  private async accept(id: string, target: string, message: CommMessage): Promise<void> {
    const opened = this.targets.get(target);
    const comm = this.add(id, target);
    if (opened === undefined) {
      // The protocol's answer to an unknown target.
      comm.close();
      this.comms.delete(id);
      print("stderr", `comm_open: there is no comm target "${target}"; register it with comms.registerTarget\n`);
      return;
    }
    await opened(comm, message);
  }

  private add(id: string, target: string): Comm {
    const comm = new Comm(id, target, (kind, data, options) => {
      this.send(kind, { id, target }, data, options);
      if (kind === "comm_close") this.comms.delete(id);
    });
    this.comms.set(id, comm);
    return comm;
  }

  /** Throws, and sends nothing, when data or metadata are no JSON objects. */
  private send(
    kind: CommEvent["kind"],
    { id, target }: Open,
    data: Record<string, unknown>,
    { metadata = {}, buffers = [] }: CommOptions,
  ): void {
    const name = kind === "comm_open" ? `"target_name":${jsonText(target)},` : "";
    const content = `{"comm_id":${jsonText(id)},${name}"data":${objectText(data, `${kind}: data`)}}`;
    this.port.post({
      type: "comm",
      kind,
      cell: currentCell().id,
      id,
      target,
      content,
      metadata: objectText(metadata, `${kind}: metadata`),
      buffers: Array.from(buffers, copyOf),
    });
  }
}

/** The bytes of a buffer, in memory of their own: the program may go on writing into its own. */
function copyOf(buffer: unknown): Uint8Array {
  const bytes = bytesOf(buffer);
  if (bytes === undefined)
    throw new TypeError("comm: buffers must be typed arrays or ArrayBuffers, as in { buffers: [bytes] }.");
  return new Uint8Array(bytes);
}
