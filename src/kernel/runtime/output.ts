import { Console } from "node:console";
import { StringDecoder } from "node:string_decoder";
import { currentCell } from "./cells";
import type { Port } from "./port";

type Name = "stdout" | "stderr";

/** Sends `process.stdout`, `process.stderr` and `console` to the cell that writes. */
export function captureOutput(port: Port): void {
  for (const name of ["stdout", "stderr"] as const) captureStream(port, name);
  // Node's own console also feeds the inspector, which would keep the last thousand logged objects alive.
  globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr, colorMode: false });
}

function captureStream(port: Port, name: Name): void {
  const decoder = new StringDecoder("utf8");
  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === "string" ? decode(chunk, encoding) : decoder.write(Buffer.from(chunk));
    if (text !== "") port.post({ type: "stream", cell: currentCell().id, name, text });
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  };
  process[name].write = write as typeof process.stdout.write;
}

/** `write("6869", "hex")` writes bytes that are given as text. */
function decode(text: string, encoding: unknown): string {
  if (typeof encoding !== "string" || /^utf-?8$/i.test(encoding)) return text;
  return Buffer.from(text, encoding as BufferEncoding).toString("utf8");
}
