/** Ends an operation that takes longer than expected. */

/** Its `signal` is aborted, with the error that `makeError` makes, when an expectation is not renewed in time. */
export class Watchdog {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly makeError: (message: string) => Error) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something must happen within `ms`; replaces the expectation before. */
  expect(ms: number, message: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(this.makeError(message)), ms);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
