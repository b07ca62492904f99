/** What the kernel gives to every program that runs in it; outside of a notebook there is none of it. */

/** One end of a channel to the front end. */
export interface HostComm {
  readonly id: string;
  readonly open: boolean;
  send(data: object, options?: { buffers?: readonly Uint8Array[] }): void;
  close(): void;
  onMessage(
    listener: (message: { data: Readonly<Record<string, unknown>>; buffers: readonly Uint8Array[] }) => unknown,
  ): void;
  onClose(listener: () => unknown): void;
}

/** Representations of a value, by MIME type. */
export interface Representations {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

interface CellsHook {
  onRunAgain(end: () => void): () => void;
}

interface Host {
  readonly comms: {
    open(
      target: string,
      data: object,
      options: { metadata: Record<string, unknown>; buffers: readonly Uint8Array[] },
    ): HostComm;
  };
  readonly display: {
    display(bundle: object, options: { displayId: string; update?: boolean; metadata?: object }): void;
    represent(value: unknown, options?: { picture?: boolean }): Representations | Promise<Representations>;
  };
}

/** Calls a function when the cell that runs now runs again; returns a function that takes it back. */
export function onRunAgain(end: () => void): () => void {
  const cells = (globalThis as unknown as Record<symbol, unknown>)[Symbol.for("dnn-lab.cells")] as
    CellsHook | undefined;
  return cells?.onRunAgain(end) ?? (() => undefined);
}

/** Throws outside of the kernel. */
export function host(): Host {
  const all = globalThis as unknown as Record<string | symbol, unknown>;
  const comms = all["comms"] as Host["comms"] | undefined;
  const display = all[Symbol.for("dnn-lab.display")] as Host["display"] | undefined;
  if (comms === undefined || display === undefined)
    throw new Error("widgets need a notebook: dnn-lab-kernel/widgets works in cells of the TypeScript kernel only.");
  return { comms, display };
}
