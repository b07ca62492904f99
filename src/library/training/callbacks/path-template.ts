/** File names with places for numbers, in the notation of Python's `str.format` that Keras uses. */
import { list } from "dnn-lab-core/check";
import type { Logs } from "dnn-lab-core/types";

/** `{{`, `}}`, `{name}` or `{name:format}`, or another brace. */
const PLACE = /\{\{|\}\}|\{([A-Za-z_]\w*)(?::([^{}]*))?\}|[{}]/g;
const FORMAT = /^(0?)(\d*)(?:\.(\d+))?([dfe]?)$/;

/** Throws when a template has a format that is not understood or a brace that does not close. */
export function checkTemplate(owner: string, template: string): void {
  for (const [place, name, format = ""] of template.matchAll(PLACE)) {
    const understood = name ? FORMAT.test(format) : place.length === 2;
    if (understood) continue;
    const expected = "a place is {name}, {epoch:02d}, {val_loss:.2f} or {val_loss:.2e}, and a brace itself is {{ or }}";
    throw new TypeError(
      `${owner}: filepath ${JSON.stringify(template)} has '${place}', which is not understood; ${expected}.`,
    );
  }
}

/**
 * Fills the places of a template: `{epoch:02d}` with a whole number, `{val_loss:.2f}` with two decimals …
 *
 * @example formatPath("best", "w{epoch:02d}-{val_loss:.2f}.weights.h5", { epoch: 3, val_loss: 0.4567 }) // w03-0.46.weights.h5
 */
export function formatPath(owner: string, template: string, values: Logs): string {
  return template.replace(PLACE, (place: string, name: string | undefined, format = "") => {
    if (name === undefined) return place[0];
    if (typeof values[name] === "number") return formatNumber(owner, values[name], format);
    const known = list(Object.keys(values));
    throw new Error(`${owner}: filepath ${JSON.stringify(template)} names '${name}'; there are ${known}.`);
  });
}

function formatNumber(owner: string, value: number, format: string): string {
  const [, zero = "", width = "", decimals, kind] = FORMAT.exec(format) ?? [];
  if (kind === "d" && !Number.isInteger(value)) {
    throw new Error(
      `${owner}: filepath uses the format '${format}' for ${value}, which is not whole; use for instance '.2f'.`,
    );
  }
  return digits(value, decimals, kind).padStart(Number(width), zero || " ");
}

function digits(value: number, decimals: string | undefined, kind: string | undefined): string {
  if (kind === "f") return value.toFixed(Number(decimals ?? 6));
  // Python writes at least two digits of the exponent: 1.5e-03.
  if (kind === "e") return value.toExponential(Number(decimals ?? 6)).replace(/e([+-])(\d)$/, "e$10$2");
  return decimals === undefined ? String(value) : value.toPrecision(Number(decimals));
}
