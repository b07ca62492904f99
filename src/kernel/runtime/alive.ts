/**
 * For a runner that executes notebooks without a person before it: what is still alive after the last cell, and whether the
 * program says that it failed. The runner asks by `globalThis[Symbol.for("dnn-lab.alive")]()`; the answer is
 * `{ alive: string[], exitCode: number | string | null }`, with the names that `process.getActiveResourcesInfo` gives.
 */
import { Map, Object, Set, String, Symbol, realm, process } from "../intrinsics";

/** What waits for others and never ends by itself, or is the kernel's own. */
const patient = new Set([
  "MessagePort",
  "PipeWrap",
  "TTYWrap",
  "SignalWrap",
  "TCPServerWrap",
  "PipeServerWrap",
  "FSEventWrap",
  "Worker",
]);

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Puts the question in place. Called when the kernel is ready: what is alive by then is its own. */
export function answerAlive(): void {
  const own = process;
  const before = counted(own.getActiveResourcesInfo());
  const value = (): { alive: string[]; exitCode: number | string | null } => ({
    alive: [...counted(own.getActiveResourcesInfo())].flatMap(([name, count]) =>
      patient.has(name) || count <= (before.get(name) ?? 0) ? [] : [name],
    ),
    exitCode: own.exitCode ?? null,
  });
  Object.defineProperty(realm, Symbol.for("dnn-lab.alive"), { value, enumerable: false, configurable: true });
}

/**
 * Cells may remove all listeners of `process`; an error that nobody caught must reach the kernel all the same. Node.js tells
 * it by `process.emit`: who listens now is called there when it is not among the listeners any more.
 */
export function keepListening(): void {
  const own = process;
  const listenersOf = (name: string) => own.listeners(name as "exit") as ((...args: unknown[]) => void)[];
  const kept = ["uncaughtException", "unhandledRejection"].flatMap((name) => {
    const listener = listenersOf(name).at(-1);
    return listener ? [[name, listener] as const] : [];
  });
  const listeners = new Map(kept);
  const emit = own.emit.bind(own) as (name: string | symbol, ...args: unknown[]) => boolean;
  const emitting = (name: string | symbol, ...args: unknown[]): boolean => {
    const listener = typeof name === "string" ? listeners.get(name) : undefined;
    if (listener === undefined || listenersOf(String(name)).includes(listener)) return emit(name, ...args);
    listener(...args);
    emit(name, ...args);
    return true;
  };
  Object.defineProperty(own, "emit", { value: emitting, writable: true, configurable: true, enumerable: false });
}
