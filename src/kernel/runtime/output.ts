import { Console } from "node:console";
import { StringDecoder } from "node:string_decoder";
import { Buffer, realm, process } from "../intrinsics";
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
  realm.console = new Console({ stdout: process.stdout, stderr: process.stderr, colorMode: false });
}

function captureStream(name: Name): void {
  const decoder = new StringDecoder("utf8");
  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    if (typeof chunk === "string") print(name, decode(chunk, encoding));
    else writeBytes(name, decoder, chunk);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  };
  process[name].write = write as typeof process.stdout.write;
}

function writeBytes(name: Name, decoder: StringDecoder, chunk: Uint8Array): void {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let start = 0; start < bytes.length; start += PART_BYTES)
    print(name, decoder.write(bytes.subarray(start, start + PART_BYTES)));
}

/** `write("6869", "hex")` writes bytes that are given as text. */
function decode(text: string, encoding: unknown): string {
  if (typeof encoding !== "string" || /^utf-?8$/i.test(encoding)) return text;
  return Buffer.from(text, encoding as BufferEncoding).toString("utf8");
}
