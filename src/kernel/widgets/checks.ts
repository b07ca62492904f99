/** Checks of what widgets are given; every message says what was received and how to mend it. */

export function checkNumber(what: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new TypeError(`${what} must be a number, received ${shown(value)}.`);
  return value;
}

/** Throws unless `min` < `max` and `step` > 0. */
export function checkRange(widget: string, min: unknown, max: unknown, step: unknown): void {
  checkNumber(`${widget}: min`, min);
  checkNumber(`${widget}: max`, max);
  checkNumber(`${widget}: step`, step);
  if ((min as number) >= (max as number))
    throw new RangeError(`${widget}: min must be below max, received min ${shown(min)} and max ${shown(max)}.`);
  if ((step as number) <= 0) throw new RangeError(`${widget}: step must be above 0, received ${shown(step)}.`);
}

/** Throws for a value outside of a range. */
export function checkWithin(what: string, value: unknown, min: number, max: number): number {
  const number = checkNumber(what, value);
  if (number < min || number > max)
    throw new RangeError(`${what} must be between ${min} and ${max}, received ${number}.`);
  return number;
}

/** A value for a message. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `the function ${value.name}`;
  return typeof value === "object" && value !== null ? (JSON.stringify(value) ?? "an object") : String(value);
}
