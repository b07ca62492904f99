import { randomUUID } from "node:crypto";

/** The version of the Jupyter messaging protocol that this kernel speaks. */
export const PROTOCOL_VERSION = "5.5";

/** A message header, as the protocol defines it. */
export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

/** A JSON object of unknown contents. */
export type Json = Record<string, unknown>;

/** One Jupyter message, without the routing frames in front of it. */
export interface Message {
  readonly header: Header;
  readonly parentHeader: Header | Record<string, never>;
  readonly metadata: Json;
  readonly content: Json;
  readonly buffers: readonly Uint8Array[];
}

/** A message to be sent: metadata and content may be JSON texts already. */
export interface Outgoing extends Omit<Message, "metadata" | "content"> {
  readonly metadata: Json | string;
  readonly content: Json | string;
}

/** A received message with the identities to which a reply must be addressed. */
export interface Received extends Message {
  readonly identities: readonly Uint8Array[];
}

/** Makes the headers of one kernel session. */
export class HeaderFactory {
  readonly session = randomUUID();
  private count = 0;

  constructor(private readonly username = "kernel") {}

  /** A new header with its own id and the present time. */
  create(type: string): Header {
    this.count += 1;
    return {
      msg_id: `${this.session}_${this.count}`,
      session: this.session,
      username: this.username,
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    };
  }
}
