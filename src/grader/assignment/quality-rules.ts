/** Rules about a submission as a whole, in `metadata.dnn_lab.assignment.quality`. */
import { checkKeys, checkNumber, checkOneOf, show } from "dnn-lab-core/check";

/**
 * - `reproducible`: two fresh kernels give equal metrics, to the bit
 * - `metric`: the value of `expression` in the grader's run is what the student's own run gave, within `tolerance`
 * - `section`: there is a heading with at least `words` words of the student's below it
 * - `figures`: the run shows at least `count` figures
 * - `time`: the run takes at most `seconds`
 */
export type QualityRule = { readonly points: number } & (
  | { readonly rule: "reproducible" }
  | { readonly rule: "metric"; readonly name: string; readonly expression: string; readonly tolerance: number }
  | { readonly rule: "section"; readonly heading: string; readonly words: number }
  | { readonly rule: "figures"; readonly count: number }
  | { readonly rule: "time"; readonly seconds: number }
);

export type MetricRule = Extract<QualityRule, { rule: "metric" }>;

const fields = {
  reproducible: [],
  metric: ["name", "expression", "tolerance"],
  section: ["heading", "words"],
  figures: ["count"],
  time: ["seconds"],
} as const;
type RuleName = keyof typeof fields;
const texts = ["name", "expression", "heading"];

/** Checks the rules of an assignment; throws a `TypeError` or `RangeError` that names what is wrong. */
export function readQuality(given: unknown): readonly QualityRule[] {
  if (!Array.isArray(given)) throw new TypeError(`dnn_lab.assignment.quality must be a list, received ${show(given)}.`);
  const rules = given.map(readRule);
  if (rules.some(({ rule }) => rule === "reproducible") && metricsOf(rules).length === 0)
    throw new TypeError("the rule 'reproducible' compares metrics: add a rule 'metric'.");
  return rules;
}

function readRule(given: Record<string, unknown>, index: number): QualityRule {
  const owner = `dnn_lab.assignment.quality[${index}]`;
  const rule = checkOneOf(owner, "rule", given?.rule, Object.keys(fields) as RuleName[]);
  checkKeys(owner, given, ["rule", "points", ...fields[rule]]);
  checkNumber(owner, "points", given.points, { min: 0 });
  for (const name of fields[rule]) {
    if (!texts.includes(name)) checkNumber(owner, name, given[name], { min: 0 });
    else if (typeof given[name] !== "string" || given[name] === "")
      throw new TypeError(`${owner}: ${name} must be a text, received ${show(given[name])}.`);
  }
  return given as unknown as QualityRule;
}

/** The metrics that the rules speak of. */
export const metricsOf = (rules: readonly QualityRule[]): readonly MetricRule[] =>
  rules.filter((each): each is MetricRule => each.rule === "metric");

/** What a rule asks for, for students to read. */
export function ruleText(rule: QualityRule): string {
  switch (rule.rule) {
    case "reproducible":
      return "two runs from fresh kernels give the same metrics";
    case "metric":
      return `${rule.name} is as in the submitted run, within ${rule.tolerance}`;
    case "section":
      return `a section '${rule.heading}' of at least ${rule.words} words`;
    case "figures":
      return `at least ${rule.count} ${rule.count === 1 ? "figure" : "figures"}`;
    case "time":
      return `a run takes at most ${rule.seconds} s`;
  }
}
