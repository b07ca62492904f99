import { createHmac, timingSafeEqual } from "node:crypto";
import { jsonText } from "./json-text";
import type { Header, Json, Outgoing, Received } from "./message";

const DELIMITER = Buffer.from("<IDS|MSG>");
const REMEMBERED_SIGNATURES = 65_536;

/** Why a message was dropped; the text is for the kernel's own log. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/**
 * The wire format of Jupyter messages: `identities…, <IDS|MSG>, signature, header, parent, metadata, content, buffers…`.
 * Signatures are compared in constant time and a signature is accepted only once.
 */
export class Wire {
  private readonly seen = new Set<string>();
  private readonly algorithm: string;

  /** An empty `key` turns signing off, as the protocol allows. Throws when the scheme's hash is unknown. */
  constructor(
    private readonly key: string,
    scheme = "hmac-sha256",
  ) {
    this.algorithm = scheme.replace(/^hmac-/i, "").toLowerCase();
    this.sign([Buffer.from("{}")]);
  }

  /** The frames of a message, signed. */
  encode(message: Outgoing, identities: readonly Uint8Array[] = []): Uint8Array[] {
    const parts = [message.header, message.parentHeader, message.metadata, message.content].map((part) =>
      Buffer.from(typeof part === "string" ? part : jsonText(part)),
    );
    return [...identities, DELIMITER, Buffer.from(this.sign(parts)), ...parts, ...message.buffers];
  }

  /** Reads frames; throws `WireError` for anything unsigned, repeated or malformed. */
  decode(frames: readonly Uint8Array[]): Received {
    const at = frames.findIndex((frame) => DELIMITER.equals(frame));
    if (at < 0) throw new WireError("no <IDS|MSG> delimiter");
    const signature = frames[at + 1];
    const parts = frames.slice(at + 2, at + 6);
    if (signature === undefined || parts.length < 4) throw new WireError(`only ${frames.length} frames`);
    this.verify(Buffer.from(signature).toString("latin1"), parts);
    const [header, parentHeader, metadata, content] = parts.map(parseObject) as [Json, Json, Json, Json];
    return {
      identities: frames.slice(0, at),
      header: checkHeader(header),
      parentHeader: parentHeader as unknown as Header,
      metadata,
      content,
      buffers: frames.slice(at + 6),
    };
  }

  private sign(parts: readonly Uint8Array[]): string {
    if (this.key === "") return "";
    const hmac = createHmac(this.algorithm, this.key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }

  private verify(signature: string, parts: readonly Uint8Array[]): void {
    if (this.key === "") return;
    const expected = Buffer.from(this.sign(parts), "latin1");
    const received = Buffer.from(signature, "latin1");
    if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
      throw new WireError("wrong signature");
    }
    if (this.seen.has(signature)) throw new WireError("repeated signature");
    this.seen.add(signature);
    // Sets iterate in insertion order: the first key is the oldest.
    if (this.seen.size > REMEMBERED_SIGNATURES) this.seen.delete(this.seen.values().next().value as string);
  }
}

function parseObject(frame: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(frame));
  } catch {
    throw new WireError("a frame is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new WireError("a frame is not an object");
  return value as Json;
}

function checkHeader(header: Json): Header {
  if (typeof header["msg_type"] !== "string" || typeof header["msg_id"] !== "string") {
    throw new WireError("a header without msg_type or msg_id");
  }
  return header as unknown as Header;
}
