/** Areas under curves, from counts at ascending thresholds. */
import { ratio } from "./metric";

export const CURVES = ["ROC", "PR"] as const;
/** The curve whose area is taken: recall against false alarms, or precision against recall. */
export type Curve = (typeof CURVES)[number];

export const SUMMATION_METHODS = ["interpolation", "minoring", "majoring"] as const;
/** Between two thresholds: the mean height (interpolation), the smaller, or the larger one. */
export type SummationMethod = (typeof SUMMATION_METHODS)[number];

/**
 * @param yes labels 1 whose output is above each threshold (the first is below all outputs). @param no labels 0.
 */
export function areaUnderCurve(
  yes: readonly number[],
  no: readonly number[],
  options: { readonly curve: Curve; readonly summationMethod: SummationMethod },
): number {
  const { curve, summationMethod } = options;
  if (curve === "PR" && summationMethod === "interpolation") return interpolatedPrecision(yes, no);
  const recall = yes.map((value) => ratio(value, yes[0]));
  const x = curve === "ROC" ? no.map((value) => ratio(value, no[0])) : recall;
  const y = curve === "ROC" ? recall : yes.map((value, i) => ratio(value, value + no[i]));
  return pairs(x).reduce((sum, [a, b], i) => sum + (a - b) * height(summationMethod, y[i], y[i + 1]), 0);
}

function height(method: SummationMethod, a: number, b: number): number {
  if (method === "interpolation") return (a + b) / 2;
  return method === "minoring" ? Math.min(a, b) : Math.max(a, b);
}

/** Davis & Goadrich: true positives grow evenly with all "yes" between two thresholds, precision then does not. */
function interpolatedPrecision(yes: readonly number[], no: readonly number[]): number {
  const all = yes.map((value, i) => value + no[i]);
  return pairs(yes).reduce((sum, [more, fewer], i) => {
    const gained = more - fewer;
    const slope = ratio(gained, Math.max(all[i] - all[i + 1], 0));
    const intercept = fewer - slope * all[i + 1];
    const growth = all[i] > 0 && all[i + 1] > 0 ? all[i] / all[i + 1] : 1;
    return sum + ratio(slope * (gained + intercept * Math.log(growth)), yes[0]);
  }, 0);
}

function pairs(values: readonly number[]): [number, number][] {
  return values.slice(0, -1).map((value, i) => [value, values[i + 1]]);
}
