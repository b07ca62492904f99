/** Types of what cells find without importing it. */

/** What the kernel itself supplies; beside Node's own globals. */
export const KERNEL_GLOBALS = `
interface DisplayOptions {
  /** Takes the value as a ready-made object of MIME types. */
  readonly raw?: boolean;
  /** Names the output, so that later code can update it. */
  readonly displayId?: string;
  /** Replaces what was shown under \`displayId\` instead of adding output. */
  readonly update?: boolean;
  /** Metadata of the output, by MIME type. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
/** Output that can be replaced. */
interface DisplayHandle {
  readonly displayId: string;
  /** Shows another value in the place of the one before. */
  update(value: unknown, options?: Pick<DisplayOptions, "raw" | "metadata">): void;
}
/** Something that shows itself as given MIME types. */
interface Shown {
  readonly data: Readonly<Record<string, string>>;
}
/** Shows a value at once; the handle can replace it later. */
declare function display(value: unknown, options?: DisplayOptions): DisplayHandle;
/** Removes the cell's output, at once or (\`wait\`) when the next one comes. */
declare function clearOutput(options?: boolean | { wait?: boolean }): void;
/** HTML to display, as a function or as a template tag. */
declare function html(text: TemplateStringsArray | string, ...values: unknown[]): Shown;
/** Markdown to display, as a function or as a template tag. */
declare function md(text: TemplateStringsArray | string, ...values: unknown[]): Shown;
/** SVG to display, as a function or as a template tag. */
declare function svg(text: TemplateStringsArray | string, ...values: unknown[]): Shown;
/** An image to display: a path, bytes (PNG, JPEG, GIF, WebP, SVG), or pixels. */
declare function image(source: unknown): Shown;
/** What goes along with a comm message. */
interface CommOptions {
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly (Uint8Array | ArrayBuffer)[];
}
/** A received comm message. */
interface CommMessage {
  readonly data: Record<string, any>;
  readonly metadata: Record<string, any>;
  readonly buffers: readonly Uint8Array[];
}
/** One end of a channel between the kernel and the front end. */
interface Comm {
  readonly id: string;
  readonly target: string;
  /** False once either side has closed it. */
  readonly open: boolean;
  /** Sends JSON data, and binary buffers beside it. */
  send(data: Record<string, unknown>, options?: CommOptions): void;
  close(data?: Record<string, unknown>, options?: CommOptions): void;
  onMessage(listener: (message: CommMessage) => unknown): void;
  onClose(listener: (message: CommMessage) => unknown): void;
}
/** Comm channels to the front end, on which widgets are built. */
declare const comms: {
  /** Opens a channel to a target that the front end knows. */
  open(target: string, data?: Record<string, unknown>, options?: CommOptions): Comm;
  /** Says what happens when the front end opens a channel to \`target\`. */
  registerTarget(target: string, opened: (comm: Comm, message: CommMessage) => unknown): void;
  unregisterTarget(target: string): void;
};
/** Asks the user for a line of text and waits for it. */
declare function input(prompt?: string): string;
/** Asks the user for a line of text; \`initial\` is the answer to an empty line. */
declare function prompt(message?: string, initial?: string): string;
/** Asks the user for text that is not shown. */
declare function password(prompt?: string): string;
/** The last result. */
declare var _: any;
/** The result before the last. */
declare var __: any;
/** The result before that. */
declare var ___: any;
/** The result of each cell, by its number. */
declare var Out: Record<number, any>;
/** The code of each cell, by its number. */
declare var In: string[];
interface SymbolConstructor {
  readonly dispose: unique symbol;
  readonly asyncDispose: unique symbol;
}
/** Modules whose text stands in their name, of which no types are known. */
declare module "data:*";
declare module "tslab" {
  /** The version strings of the kernel and its dependencies. */
  export const versions: { tslab: string; typescript: string; node: string };
  export interface Display {
    javascript(s: string): void;
    html(s: string): void;
    markdown(s: string): void;
    latex(s: string): void;
    svg(s: string): void;
    png(b: Uint8Array): void;
    jpeg(b: Uint8Array): void;
    gif(b: Uint8Array): void;
    pdf(b: Uint8Array): void;
    text(s: string): void;
    raw(contentType: string, b: string | Uint8Array): void;
  }
  /** Shows and overwrites a single output. */
  export function newDisplay(): Display;
  /** Shows rich content. */
  export const display: Display;
}
`.trimStart();

/** The globals of Node that most code uses, for folders without \`@types/node\`. */
export const NODE_FALLBACK = `
declare var console: Record<"log" | "info" | "warn" | "error" | "debug" | "table" | "dir" | "trace" | "time" | "timeEnd" | "group" | "groupEnd" | "assert", (...values: any[]) => void>;
declare var process: any;
declare var Buffer: any;
declare var require: any;
declare var performance: { now(): number };
declare function setTimeout(callback: (...values: any[]) => void, delay?: number, ...values: any[]): any;
declare function setInterval(callback: (...values: any[]) => void, delay?: number, ...values: any[]): any;
declare function setImmediate(callback: (...values: any[]) => void, ...values: any[]): any;
declare function clearTimeout(timer: any): void;
declare function clearInterval(timer: any): void;
declare function clearImmediate(timer: any): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T, options?: { transfer?: any[] }): T;
declare function fetch(input: any, options?: any): Promise<any>;
declare var URL: any;
declare var URLSearchParams: any;
declare var TextEncoder: any;
declare var TextDecoder: any;
declare var AbortController: any;
declare module "node:*";
`.trimStart();
