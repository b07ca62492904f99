import { createHook } from "node:async_hooks";

/**
 * Keeps the promise of a running evaluation alive until its end. A cell that awaits what never settles is garbage, and V8's
 * inspector, which waits for its promise, then reports from within the garbage collection; Node hands that to JavaScript,
 * and the process aborts (seen with Node 24). What an interrupted cell awaited for ever stays in memory: little, and rare.
 */
export class FirstPromise {
  private readonly held = new Set<object>();
  private found: ((promise: object) => void) | undefined;
  private readonly hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type !== "PROMISE" || this.found === undefined) return;
      this.found(resource);
      this.stop();
    },
  });

  /**
   * Holds the first promise that is made from now on: V8 makes that of an evaluation before it runs any of its code.
   * Returns a function that lets go.
   */
  hold(): () => void {
    let promise: object | undefined;
    this.found = (made) => this.held.add((promise = made));
    this.hook.enable();
    return () => {
      this.stop();
      if (promise !== undefined) this.held.delete(promise);
    };
  }

  private stop(): void {
    this.found = undefined;
    this.hook.disable();
  }
}
