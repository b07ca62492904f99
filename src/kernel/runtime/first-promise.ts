import { createHook } from "node:async_hooks";
import { Set } from "../intrinsics";

/**
 * Keeps the promise of a running evaluation alive until its end. A cell that awaits what never settles is garbage, and V8's
 * inspector, which waits for its promise, then reports from within the garbage collection; Node hands that to JavaScript,
 * and the process aborts (Node 22 and 24). What an interrupted cell awaited for ever stays in memory: little, and rare.
 */
export class FirstPromise {
  private readonly held = new Set<object>();
  private take: ((promise: object) => void) | undefined;

  constructor() {
    // Always on (some 50 ns for each promise): a termination within a hook leaves Node unable to add or remove any.
    createHook({
      init: (_id, type, _trigger, resource) => {
        const { take } = this;
        if (take === undefined || type !== "PROMISE") return;
        this.take = undefined;
        take(resource);
      },
    }).enable();
  }

  /**
   * Holds the first promise that is made from now on: V8 makes that of an evaluation before it runs any of its code.
   * Returns a function that lets go. `made` is called with the promise, whose callbacks so come before the inspector's.
   */
  hold(made: (promise: object) => void): () => void {
    let promise: object | undefined;
    this.take = (first) => {
      this.held.add((promise = first));
      made(first);
    };
    return () => {
      this.take = undefined;
      if (promise !== undefined) this.held.delete(promise);
    };
  }
}
