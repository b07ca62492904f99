/** Where two pieces of plain data differ, in words. */
import { show } from "dnn-lab-core/check";

/** What to look at where the values themselves say little. */
const HINTS: readonly [place: RegExp, words: string][] = [
  [
    /^(validationData|data)\.order$/,
    "the order of the samples (give shuffle the same seed, or call setRandomSeed first)",
  ],
  [/^(validationData|data)\.fingerprint$/, "the samples themselves"],
  [/^(validationData|data)\.(sampleWeights|weightColumns)/, "the sample weights"],
];

/** `model.config.layers[1].units is 50 there, 60 here`, at most `most` of them. */
export function differences(there: unknown, here: unknown, most = 4): string[] {
  const found = [...compare(there, here, "")];
  const more = found.length - most;
  return more > 0 ? [...found.slice(0, most), `${more} more`] : found;
}

function* compare(there: unknown, here: unknown, path: string): Generator<string> {
  if (isObject(there) && isObject(here) && Array.isArray(there) === Array.isArray(here)) {
    for (const key of new Set([...Object.keys(there), ...Object.keys(here)])) {
      yield* compare(there[key], here[key], Array.isArray(there) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    }
  } else if (!Object.is(there, here)) {
    const hint = HINTS.find(([place]) => place.test(path));
    yield hint ? hint[1] : `${path} is ${present(there)} there, ${present(here)} here`;
  }
}

const present = (value: unknown) => (value === undefined ? "missing" : show(value));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
