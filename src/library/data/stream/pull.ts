/** Elements that come one after another, at once or later. What is there at once costs no turn of the event loop. */

/** A value, or one that comes later. */
export type Maybe<T> = T | Promise<T>;

export interface Pull<T> {
  /** The next element; undefined at the end. Asked only when the one before has come. */
  next(): Maybe<T | undefined>;
  /** Nothing more is asked for: what stands open is closed. */
  close(): void;
}

/** Begins pass number `pass` (from 0). */
export type Open<T> = (pass: number) => Pull<T>;

/** Whether a value comes later; by its look, since a notebook may have promises of its own. */
export function isLater<T>(value: Maybe<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === "function";
}

/** `use(value)`, at once where the value is there. */
export function whenThere<T, R>(value: Maybe<T>, use: (value: T) => Maybe<R>): Maybe<R> {
  return isLater(value) ? value.then(use) : use(value);
}

/** Calls `step` until it returns false. */
export function whileTrue(step: () => Maybe<boolean>): Maybe<void> {
  for (;;) {
    const more = step();
    if (isLater(more)) return goOn(more, step);
    if (!more) return;
  }
}

async function goOn(first: Promise<boolean>, step: () => Maybe<boolean>): Promise<void> {
  let more = await first;
  while (more) {
    const next = step();
    more = isLater(next) ? await next : next;
  }
}
