import { types } from "node:util";
import { Array, Buffer, Object, TypeError } from "../../intrinsics";
import type { MimeBundle } from "../../protocol/bridge";
import { jsonText } from "../../protocol/json-text";

/** What Jupyter's notebook format allows to be any JSON value; all other content is text. */
const JSON_MIME = /^application\/(.*\+)?json$/;
const TEXT_MIME = /^text\/|^image\/svg\+xml$|^application\/javascript$/;

/**
 * The JSON text of a bundle's data. Bytes become base64 (or text, for MIME types that are text). Throws where a front end could
 * not save the notebook: an object for `text/html`, say.
 */
export function dataText(data: MimeBundle["data"]): string {
  const parts: string[] = [];
  for (const mime of Object.keys(data)) {
    const content = data[mime];
    if (content !== undefined) parts[parts.length] = `${jsonText(mime)}:${contentText(mime, content)}`;
  }
  return `{${parts.join(",")}}`;
}

function contentText(mime: string, content: unknown): string {
  const bytes = JSON_MIME.test(mime) ? undefined : bytesOf(content);
  if (bytes !== undefined) return jsonText(bytes.toString(TEXT_MIME.test(mime) ? "utf8" : "base64"));
  const isText = typeof content === "string" || (Array.isArray(content) && content.every((x) => typeof x === "string"));
  if (isText || JSON_MIME.test(mime)) return jsonText(content, `display: the content of ${mime}`);
  throw new TypeError(
    `display: the content of ${mime} must be text or bytes, received ${kindOf(content)}. Only application/json and types that end with "+json" may hold other values.`,
  );
}

/** The bytes of a buffer or of a view on one. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (types.isArrayBufferView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return types.isAnyArrayBuffer(value) ? Buffer.from(value) : undefined;
}

/** The JSON text of an object that the protocol wants, such as metadata. Throws for anything else. */
export function objectText(value: unknown, what: string): string {
  const text = typeof value === "object" && value !== null && !Array.isArray(value) ? jsonText(value, what) : "";
  // `toJSON` may give something else.
  if (text.startsWith("{")) return text;
  throw new TypeError(`${what} must be an object, received ${kindOf(value)}.`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
