import { Object, Promise, Reflect } from "../intrinsics";

/** The inspector hands a text on as a part of a JSON message: 200 million characters would take ten seconds and 2 GB. */
const LONG_CHARS = 10_000;
/** Where V8's REPL mode has the value of a script, in the object that its promise is fulfilled with. */
const RESULT = ".repl_result";

const { then } = Promise.prototype;

/** Stands for a long text, as the object of which the inspector only tells that it is there. */
class LongText {
  constructor(readonly text: string) {}
}

/** Lets a long text that an evaluation ends with pass the inspector as an object. */
export function boxLongText(evaluation: object): void {
  const box = (ended: unknown): void => {
    const value = (ended as Record<string, unknown> | undefined)?.[RESULT];
    if (typeof value === "string" && value.length > LONG_CHARS)
      (ended as Record<string, unknown>)[RESULT] = new LongText(value);
  };
  // Otherwise `then` would ask the promise's class, which a cell may have changed. No cell ever sees this promise.
  Object.defineProperty(evaluation, "constructor", { value: undefined });
  // What it ends with otherwise is the inspector's to tell.
  void Reflect.apply(then, evaluation, [box, () => undefined]);
}

/** The text in what `boxLongText` made; every other value as it is. */
export function unboxed(value: unknown): unknown {
  return value instanceof LongText ? value.text : value;
}
