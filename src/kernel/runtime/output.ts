import { Console } from "node:console";
import { StringDecoder } from "node:string_decoder";
import { inspect, types } from "node:util";
import { Buffer, Object, TypeError, process, realm } from "../intrinsics";
import { currentCell } from "./cells";
import type { Port } from "./port";

type Name = "stdout" | "stderr";

/** Bytes are decoded in parts: a string cannot hold any number of them. */
const PART_BYTES = 1024 * 1024;

let post: Port["post"] = () => undefined;

/** Text of the kernel's own for the running cell; a cell may have replaced `process.stdout.write`. */
export function print(name: Name, text: string): void {
  if (text !== "") post({ type: "stream", cell: currentCell().id, name, text });
}

/** Sends `process.stdout`, `process.stderr` and `console` to the cell that writes. */
export function captureOutput(port: Port): void {
  post = port.post;
  for (const name of ["stdout", "stderr"] as const) captureStream(name);
  // Node's own console also feeds the inspector, which would keep the last thousand logged objects alive.
  realm.console = Object.assign(new Console({ stdout: process.stdout, stderr: process.stderr, colorMode: false }), {
    Console,
  });
}

function captureStream(name: Name): void {
  const decoder = new StringDecoder("utf8");
  const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    if (typeof chunk === "string") print(name, decode(chunk, encoding));
    else if (types.isArrayBufferView(chunk)) writeBytes(name, decoder, chunk);
    else throw refused(chunk);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  };
  process[name].write = write as typeof process.stdout.write;
}

function writeBytes(name: Name, decoder: StringDecoder, chunk: ArrayBufferView): void {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let start = 0; start < bytes.length; start += PART_BYTES)
    print(name, decoder.write(bytes.subarray(start, start + PART_BYTES)));
}

/** The error that Node's streams give. */
function refused(chunk: unknown): Error {
  if (chunk === null)
    return Object.assign(new TypeError("May not write null values to stream"), { code: "ERR_STREAM_NULL_VALUES" });
  const message = `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${inspect(chunk)}`;
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}

/** `write("6869", "hex")` writes bytes that are given as text. */
function decode(text: string, encoding: unknown): string {
  if (typeof encoding !== "string" || /^utf-?8$/i.test(encoding)) return text;
  return Buffer.from(text, encoding as BufferEncoding).toString("utf8");
}
