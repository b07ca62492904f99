/** The split language of tensorflow-datasets: `train`, `train[:70%]`, `train[-500:]`, `train[10%:20%]+test`. */
import { guess, list, show } from "dnn-lab-core/check";

/** Samples `start` to `end − 1` of the part `name`. */
export interface SplitRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const TERM = /^(?<name>[\w-]+)(?:\[(?<from>[^:\]]*):(?<to>[^:\]]*)\])?$/;
const BOUNDARY = /^(?<value>-?\d[\d_]*(?:\.\d+)?)(?<percent>%?)$/;
const HELP =
  "Write for example 'train', 'train[:70%]', 'train[70%:]', 'train[1000:2000]', 'train[-500:]' or 'train+test'.";

/**
 * The ranges that a split names, in order.
 *
 * A percentage p of n samples is the boundary p·n/100, rounded to the nearest integer and halves to the even one: the
 * rule "closest" of tensorflow-datasets, its default. Negative boundaries count from the end.
 *
 * @param sizes number of samples in each part
 * Throws an `Error` for an unknown part (with the list), a wrong form, a boundary outside the part, an empty range.
 */
export function parseSplit(owner: string, split: string, sizes: Readonly<Record<string, number>>): SplitRange[] {
  if (typeof split !== "string") {
    throw new TypeError(`${owner}: a split is a string, received ${show(split)}. ${HELP}`);
  }
  return split.split("+").map((term) => parseTerm(`${owner}: split ${show(split)}`, term.trim(), sizes));
}

function parseTerm(where: string, term: string, sizes: Readonly<Record<string, number>>): SplitRange {
  const groups = TERM.exec(term)?.groups;
  if (!groups) throw new Error(`${where}: cannot read ${show(term)}. ${HELP}`);
  const { name, from = "", to = "" } = groups;
  if (!Object.hasOwn(sizes, name)) {
    const names = Object.keys(sizes);
    throw new Error(`${where}: there is no split ${show(name)}; the splits are ${list(names)}.${guess(name, names)}`);
  }
  if (from && to && from.endsWith("%") !== to.endsWith("%")) {
    throw new Error(`${where}: '${from}' and '${to}' mix a percentage with a number of samples; use one unit.`);
  }
  const count = sizes[name];
  const start = from ? boundary(where, from, count) : 0;
  const end = to ? boundary(where, to, count) : count;
  if (start >= end) {
    throw new Error(`${where}: ${term} selects no sample (from ${start} to ${end} of ${count}).`);
  }
  return { name, start, end };
}

/** The place that a boundary such as `70%`, `-500` or `1_000` means among `count` samples. */
function boundary(where: string, text: string, count: number): number {
  const groups = BOUNDARY.exec(text.trim())?.groups;
  const value = Number(groups?.value.replaceAll("_", ""));
  if (!groups || (!groups.percent && !Number.isInteger(value))) {
    throw new Error(`${where}: cannot read the boundary '${text}'. ${HELP}`);
  }
  const place = groups.percent ? roundHalfToEven((value * count) / 100) : value;
  if (Math.abs(place) > count) {
    throw new Error(`${where}: the boundary '${text}' lies outside the ${count} samples.`);
  }
  return place < 0 ? count + place : Math.abs(place);
}

/** Python's `round`. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
