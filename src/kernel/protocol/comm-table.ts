import type { CommEvent, CommOutput } from "./bridge";
import type { Json, Received } from "./message";

/** Which comms are open, as comm_info_request wants to know; the code that uses them runs on the main thread. */
export class CommTable {
  private readonly targets = new Map<string, string>();

  /** Follows a comm message of either side. */
  track({ kind, id, target }: Pick<CommOutput, "kind" | "id" | "target">): void {
    if (kind === "comm_open") this.targets.set(id, target);
    if (kind === "comm_close") this.targets.delete(id);
  }

  /** The content of a comm_info_reply. */
  info(target: unknown): Json {
    const comms: Json = {};
    for (const [id, name] of this.targets) {
      if (typeof target !== "string" || target === "" || target === name) comms[id] = { target_name: name };
    }
    return { status: "ok", comms };
  }
}

/** A comm message of the front end, for the main thread; throws when it names no comm. */
export function commEvent(request: Received): CommEvent {
  const { content, header, metadata, buffers } = request;
  if (typeof content["comm_id"] !== "string") throw new TypeError(`${header.msg_type}: comm_id must be a string`);
  return {
    kind: header.msg_type as CommEvent["kind"],
    cell: header.msg_id,
    content,
    metadata,
    // zeromq's buffers are views on its own memory; copies can be posted.
    buffers: buffers.map((buffer) => Uint8Array.from(buffer)),
  };
}
