import { AsyncLocalStorage } from "node:async_hooks";
import { Map, Promise, Set } from "../intrinsics";
import type { ErrorContent } from "../protocol/bridge";
import { exposedModule } from "../protocol/node-internals";
import type { Place } from "./place";

/** A cell that runs, or has run and may still have something to say. */
export interface CellContext {
  /** The `msg_id` of its request. */
  readonly id: string;
  /** The front end's name of it, the same in each of its runs; undefined where nobody told. */
  readonly cellId?: string | undefined;
  /** Its name in stack traces, such as `In[3]`. */
  readonly name: string;
  readonly allowStdin: boolean;
  /** True from the moment the user has interrupted it. */
  interrupted: boolean;
  /** True once its reply is under way: what comes now is late. */
  ended: boolean;
  /** Where it was when it was interrupted. */
  stoppedAt?: Place | undefined;
  /** The first error that nobody caught while it ran. */
  uncaught?: ErrorContent;
  /** Displays that are still being made. */
  readonly pending: Set<Promise<unknown>>;
  /** Timers that it has started, with the time (`performance.now`) at which they are due; Infinity for intervals. */
  readonly timers: Map<NodeJS.Timeout | NodeJS.Immediate, number>;
}

const storage = new AsyncLocalStorage<CellContext>();

/** Of newer Nodes, which keep contexts in maps: `run` copies one at its end, by methods that a cell may have replaced. */
interface ContextFrames {
  readonly enabled: boolean;
  current(): unknown;
  set(frame: unknown): void;
}
const frames = exposedModule<ContextFrames>("internal/async_context_frame");

/** A cell for what happens before any cell has run. */
let latest = createCell("", "", false);

/** A new cell context. */
export function createCell(id: string, name: string, allowStdin: boolean, cellId?: string): CellContext {
  return { id, cellId, name, allowStdin, interrupted: false, ended: false, pending: new Set(), timers: new Map() };
}

/** Runs a function so that all it starts, now or later, belongs to the cell. */
export function runInCell<T>(cell: CellContext, body: () => T): T {
  latest = cell;
  if (!frames?.enabled || !frames.current || !frames.set) return storage.run(cell, body);
  const outer = frames.current();
  storage.enterWith(cell);
  try {
    return body();
  } finally {
    frames.set(outer);
  }
}

/** The cell to which the running code belongs; code without one belongs to the cell that ran last. */
export function currentCell(): CellContext {
  return storage.getStore() ?? latest;
}

/** Adds work that must be over before its cell is; its failure is an error that nobody caught. */
export function awaitBeforeIdle(work: Promise<unknown>): void {
  const { pending } = currentCell();
  const settled = settle(work);
  pending.add(settled);
  void settled.then(() => pending.delete(settled));
}

async function settle(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    void Promise.reject(error);
  }
}
