import type { Header, Json } from "./message";

/** What goes along with a message. */
export interface Beside {
  /** An object, or its JSON text. */
  readonly metadata?: Json | string;
  readonly buffers?: readonly Uint8Array[];
}

/** Sends one iopub message; its content is an object or the JSON text of one. */
export type PublishMessage = (
  type: string,
  content: Json | string,
  parent: Header | Record<string, never>,
  beside?: Beside,
) => void;

const REMEMBERED_CELLS = 10_000;
const STREAM_DELAY_MS = 15;
const STREAM_LIMIT_CHARS = 64 * 1024;

interface PendingText {
  readonly cell: string;
  readonly name: "stdout" | "stderr";
  readonly parts: string[];
  length: number;
}

/**
 * Everything that goes out on iopub, in the order of the calls. Texts that follow each other on one stream are joined,
 * and no other message overtakes them.
 */
export class Publisher {
  private readonly parents = new Map<string, Header>();
  private readonly silenced = new Set<string>();
  private pending: PendingText | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly publish: PublishMessage) {}

  /** Remembers the header of a request, so that late output still finds its cell. */
  adopt(header: Header, options: { silent?: boolean } = {}): void {
    this.parents.set(header.msg_id, header);
    if (options.silent) this.silenced.add(header.msg_id);
    if (this.parents.size <= REMEMBERED_CELLS) return;
    const oldest = this.parents.keys().next().value as string;
    this.parents.delete(oldest);
    this.silenced.delete(oldest);
  }

  /** The header of a remembered request. */
  headerOf(cell: string): Header | undefined {
    return this.parents.get(cell);
  }

  /** Announces that the kernel is busy with a request, or idle again. */
  status(state: "busy" | "idle" | "starting", parent: Header | Record<string, never>): void {
    this.flush();
    this.publish("status", { execution_state: state }, parent);
  }

  /** Text for stdout or stderr of a cell. */
  stream(cell: string, name: "stdout" | "stderr", text: string): void {
    if (text === "" || this.silenced.has(cell)) return;
    const pending = this.pending;
    if (pending?.cell === cell && pending.name === name) {
      pending.parts.push(text);
      pending.length += text.length;
    } else {
      this.flush();
      this.pending = { cell, name, parts: [text], length: text.length };
    }
    if ((this.pending?.length ?? 0) > STREAM_LIMIT_CHARS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), STREAM_DELAY_MS);
  }

  /** Any other output of a cell; silent cells have none. */
  output(cell: string, type: string, content: Json | string, beside?: Beside): void {
    this.flush();
    if (this.silenced.has(cell)) return;
    this.publish(type, content, this.parents.get(cell) ?? {}, beside);
  }

  /** Sends the text that waits to be joined with more. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const pending = this.pending;
    this.pending = undefined;
    if (pending === undefined) return;
    const content = { name: pending.name, text: pending.parts.join("") };
    this.publish("stream", content, this.parents.get(pending.cell) ?? {});
  }
}
