/** The libraries of JavaScript that the running Node has, by TypeScript's names for them. */
import { dirname, exists, files, installedFile, join } from "../platform";

type Has = () => boolean;

const hasMethod =
  (owner: () => unknown, name: string): Has =>
  () =>
    typeof (owner() as Record<string, unknown> | undefined)?.[name] === "function";
const hasGlobal = (name: string): Has => hasMethod(() => globalThis, name);

/** Everything newer than what all supported Nodes have. Names that became a year's standard come first. */
const NEWER: readonly (readonly [names: readonly string[], has: Has])[] = [
  [["es2024.arraybuffer"], hasMethod(() => ArrayBuffer.prototype, "transfer")],
  [["es2024.collection"], hasMethod(() => Map, "groupBy")],
  [["es2024.object"], hasMethod(() => Object, "groupBy")],
  [["es2024.promise"], hasMethod(() => Promise, "withResolvers")],
  [["es2024.regexp"], () => "unicodeSets" in RegExp.prototype],
  [["es2024.sharedmemory"], hasMethod(() => Atomics, "waitAsync")],
  [["es2024.string"], hasMethod(() => String.prototype, "isWellFormed")],
  [["es2025.collection", "esnext.collection"], hasMethod(() => Set.prototype, "union")],
  [["es2025.float16", "esnext.float16"], hasGlobal("Float16Array")],
  [["es2025.intl", "esnext.intl"], hasMethod(() => Intl, "DurationFormat")],
  [["es2025.iterator", "esnext.iterator"], hasGlobal("Iterator")],
  [["es2025.promise", "esnext.promise"], hasMethod(() => Promise, "try")],
  [["es2025.regexp", "esnext.regexp"], hasMethod(() => RegExp, "escape")],
  [["esnext.array"], hasMethod(() => Array, "fromAsync")],
  [["esnext.error"], hasMethod(() => Error, "isError")],
  [["esnext.sharedmemory"], hasMethod(() => Atomics, "pause")],
  [["esnext.temporal"], hasGlobal("Temporal")],
  [["esnext.typedarrays"], hasMethod(() => Uint8Array, "fromBase64")],
  // `using` and decorators are written out for older Nodes.
  [["esnext.disposable"], () => true],
  [["decorators"], () => true],
  [["decorators.legacy"], () => true],
];

const FOLDER = dirname(installedFile("typescript"));

function fileOf(name: string): string {
  return `lib.${name}.d.ts`;
}

/** TypeScript's own library for cells; the others lie beside it. */
export function defaultLibFile(): string {
  return join(FOLDER, fileOf("es2023"));
}

/** The library files for what the running Node can do. */
export function librariesOfNode(): string[] {
  const newer = NEWER.filter(([, has]) => has()).flatMap(([names]) => {
    const name = names.find((each) => exists(join(FOLDER, fileOf(each))));
    return name === undefined ? [] : [fileOf(name)];
  });
  return [fileOf("es2023"), ...newer];
}

/** Declarations for what the running Node has of a library that it does not have whole. */
export function partsOfLibraries(): string {
  const hasWhole = hasMethod(() => ArrayBuffer.prototype, "transfer")();
  return ("resizable" in ArrayBuffer.prototype && !hasWhole ? RESIZABLE : "") + webAssembly();
}

/** The types of WebAssembly, which TypeScript keeps among those of browsers. */
function webAssembly(): string {
  const text = files.readFile(join(FOLDER, fileOf("dom"))) ?? "";
  const found = /^declare namespace WebAssembly \{$.*?^\}$/ms.exec(text)?.[0] ?? "";
  return `${found.replaceAll("BufferSource", "(ArrayBufferView | ArrayBuffer)")}\n`;
}

const RESIZABLE = `
interface ArrayBuffer {
  readonly maxByteLength: number;
  readonly resizable: boolean;
  resize(newByteLength?: number): void;
}
interface ArrayBufferConstructor {
  new (byteLength: number, options?: { maxByteLength?: number }): ArrayBuffer;
}
`;
