import { setMaxListeners } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import timersModule = require("node:timers");
import timersPromises = require("node:timers/promises");
import { promisify } from "node:util";
import {
  AbortController,
  Error,
  Math,
  Number,
  Object,
  Promise,
  WeakMap,
  clearImmediate,
  clearTimeout,
  realm,
  performance,
} from "../intrinsics";
import { currentCell, type CellContext } from "./cells";

type AnyFunction = (...args: never[]) => unknown;
type Handle = NodeJS.Timeout | NodeJS.Immediate;

const SWEEP_ABOVE = 1_000;

/** Thrown where an interrupted cell asks for another timer, and by `input` when it is interrupted. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";

  constructor(message = "the cell was interrupted") {
    super(message);
  }
}

/**
 * Makes timers known to their cell, so that an interrupted cell loses them: a loop such as `for (;;) await sleep(10)` then
 * stops for good instead of going on behind the scenes. A termination by V8 alone cannot do that, for while such a loop
 * sleeps there is no JavaScript to terminate.
 */
export function trackTimers(): void {
  const module = timersModule as unknown as Record<string, AnyFunction>;
  const promises = timersPromises as unknown as Record<string, AnyFunction>;
  promises["setTimeout"] = abortable(promises["setTimeout"] as never, 2) as AnyFunction;
  promises["setImmediate"] = abortable(promises["setImmediate"] as never, 1) as AnyFunction;
  promises["setInterval"] = abortable(promises["setInterval"] as never, 2) as AnyFunction;
  for (const name of ["setTimeout", "setInterval", "setImmediate"] as const) {
    const tracked = track(module[name] as AnyFunction, name === "setInterval", promises[name] as AnyFunction);
    // To cells it is a function of theirs.
    Object.setPrototypeOf(tracked, realm.Function.prototype);
    module[name] = tracked;
    (realm as unknown as Record<string, unknown>)[name] = tracked;
  }
  syncBuiltinESMExports();
}

/** Stops all timers of a cell. */
export function stopTimers(cell: CellContext): void {
  for (const timer of cell.timers.keys()) {
    clearTimeout(timer as NodeJS.Timeout);
    clearImmediate(timer as NodeJS.Immediate);
  }
  cell.timers.clear();
  controllers.get(cell)?.abort(new KeyboardInterrupt());
}

/** When the next one-shot timer of a cell that keeps Node alive is due, if there is one. */
export function nextTimer(cell: CellContext): number | undefined {
  sweep(cell);
  const due = [...cell.timers].filter(([timer, time]) => time !== Infinity && timer.hasRef()).map(([, time]) => time);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Cells whose `timers/promises` calls can still be aborted. */
const controllers = new WeakMap<CellContext, AbortController>();

function track(original: AnyFunction, repeats: boolean, promised: AnyFunction): AnyFunction {
  const tracked = (callback: (...args: unknown[]) => unknown, ...rest: unknown[]): Handle => {
    const cell = currentCell();
    if (cell.interrupted) throw new KeyboardInterrupt();
    if (typeof callback !== "function") return (original as (...args: unknown[]) => Handle)(callback, ...rest);
    const wrapped = (...args: unknown[]): unknown => {
      if (!repeats) cell.timers.delete(handle);
      return callback(...args);
    };
    // The name that a shown timer has for its function.
    Object.defineProperty(wrapped, "name", { value: callback.name });
    const handle = (original as (...args: unknown[]) => Handle)(wrapped, ...rest);
    cell.timers.set(handle, repeats ? Infinity : performance.now() + (Number(rest[0]) || 0));
    if (cell.timers.size > SWEEP_ABOVE) sweep(cell);
    return handle;
  };
  Object.defineProperty(tracked, "name", { value: original.name });
  Object.defineProperty(tracked, promisify.custom, { value: promised, enumerable: true });
  return tracked as AnyFunction;
}

/** Timers that were cleared by hand have left the queue but not the set. */
function sweep(cell: CellContext): void {
  for (const timer of cell.timers.keys()) {
    if ((timer as { _destroyed?: boolean })._destroyed) cell.timers.delete(timer);
  }
}

/** A function of `timers/promises` whose options (at `position`) gain the cell's abort signal. */
function abortable(original: (...args: unknown[]) => unknown, position: number): (...args: unknown[]) => unknown {
  const wrapped = (...args: unknown[]): unknown => {
    const cell = currentCell();
    if (cell.interrupted) return Promise.reject(new KeyboardInterrupt());
    const given = args[position] as { signal?: AbortSignal } | undefined;
    if (given?.signal !== undefined) return original(...args);
    let controller = controllers.get(cell);
    if (controller === undefined) controllers.set(cell, (controller = newController()));
    while (args.length < position) args.push(undefined);
    args[position] = { ...given, signal: controller.signal };
    return original(...args);
  };
  Object.defineProperty(wrapped, "name", { value: original.name });
  return wrapped;
}

function newController(): AbortController {
  const controller = new AbortController();
  // One listener for each sleeping promise is no leak.
  setMaxListeners(0, controller.signal);
  return controller;
}
