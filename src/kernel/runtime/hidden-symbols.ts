import { inspect } from "node:util";
import { Object, Reflect, clearImmediate, clearTimeout, realm, setImmediate, setTimeout } from "../intrinsics";

type Inspectable = Record<symbol, unknown>;

/** What Node writes into promises and timers while something follows asynchronous calls, as the kernel does. */
const INTERNAL = ["async_id_symbol", "trigger_async_id_symbol", "kResourceStore", "destroyed"];

/**
 * Keeps Node's notes for asynchronous contexts out of what is printed: `Promise { 1 }`, without symbols that only the kernel has
 * caused. They become not enumerable when a value is shown; at each promise's birth that would cost too much.
 */
export function hideInternals(): void {
  const timer = setTimeout(() => undefined, 0);
  const immediate = setImmediate(() => undefined);
  clearTimeout(timer);
  clearImmediate(immediate);
  for (const prototype of [
    realm.Promise.prototype,
    Object.getPrototypeOf(timer),
    Object.getPrototypeOf(immediate),
  ] as object[])
    hideOn(prototype as Inspectable);
}

function hideOn(prototype: Inspectable): void {
  const own = prototype[inspect.custom];
  const value = function (this: object, ...args: unknown[]): unknown {
    for (const symbol of Object.getOwnPropertySymbols(this)) {
      if (INTERNAL.includes(symbol.description ?? "") && Object.getOwnPropertyDescriptor(this, symbol)?.configurable)
        Object.defineProperty(this, symbol, { enumerable: false });
    }
    // `this` means: go on as if there were no such method.
    return typeof own === "function" ? (Reflect.apply(own, this, args) as unknown) : this;
  };
  Object.defineProperty(prototype, inspect.custom, { value, writable: true, configurable: true, enumerable: false });
}
