import type { MainThread, RemoteObject } from "./remote";

/** Tensors and frames of the usual libraries, and anything that has a shape as they do. */
const MAY_HAVE_SHAPE = /Tensor|Variable|DataFrame|Series|NDArray/i;

/**
 * Reads shape and memory of a tensor or frame without calling any code of the program's that has effects: V8 stops it otherwise.
 * It is sent as text, and names no global.
 */
const READ = `function () {
  const shape = this.shape;
  if (shape === undefined || typeof shape.length !== "number" || shape.length > 16) return "";
  let text = "", size = 1;
  for (let i = 0; i < shape.length; i++) {
    if (typeof shape[i] !== "number") return "";
    text += (i === 0 ? "" : " × ") + shape[i];
    size *= shape[i];
  }
  const kind = typeof this.dtype === "string" ? this.dtype : "";
  const widths = { __proto__: null, float32: 4, int32: 4, bool: 1, complex64: 8 };
  const bytes = widths[kind] === undefined ? "" : size * widths[kind];
  return text + "|" + kind + "|" + bytes + "|" + (this.isDisposedInternal === true ? "disposed" : "");
}`;

/** `[60000 × 784] float32, 188 MB` for a tensor, `[150 × 4]` for a frame; undefined for what has no shape. */
export async function sizeNote(thread: MainThread, remote: RemoteObject): Promise<string | undefined> {
  const { objectId, className = "", subtype } = remote;
  if (objectId === undefined || subtype !== undefined || !MAY_HAVE_SHAPE.test(className)) return undefined;
  const call = { objectId, functionDeclaration: READ, throwOnSideEffect: true, returnByValue: true };
  const read = await thread.value("Runtime.callFunctionOn", call).catch(() => undefined);
  const [shape = "", kind = "", bytes = "", disposed = ""] = String(read?.value ?? "").split("|");
  if (String(read?.value ?? "") === "") return undefined;
  const words = [`[${shape}]`, kind].filter(Boolean).join(" ");
  return [words, bytes === "" ? "" : memoryText(Number(bytes)), disposed].filter(Boolean).join(", ");
}

/** `512 bytes`, `188 MB`: units of 1000. */
export function memoryText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let amount = bytes / 1000;
  let unit = 0;
  for (; amount >= 999.5 && unit < units.length - 1; unit += 1) amount /= 1000;
  return `${amount >= 99.5 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}
