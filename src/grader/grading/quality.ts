/** Judges the rules about a submission as a whole. */
import { type Notebook, type RunFacts, joined } from "dnn-lab-notebooks";
import { type MetricRule, type QualityRule, ruleText } from "../assignment/quality-rules";
import type { Claimed, Metrics } from "../archive/handed-in";
import type { TestResult } from "./result";

export interface QualityFacts {
  /** As handed in. */
  readonly submitted: Notebook;
  /** As executed by the grader. */
  readonly executed: Notebook;
  readonly seconds: number;
  readonly finished: boolean;
  readonly metrics: Metrics;
  /** Of a second run from a fresh kernel, where there was one. */
  readonly repeated: Metrics | undefined;
  readonly claimed: Claimed | undefined;
  readonly facts: RunFacts | null;
}

/** `true`, or why the rule is not kept. */
type Kept = true | string;

export function judgeQuality(rules: readonly QualityRule[], facts: QualityFacts): TestResult[] {
  return rules.map((rule) => {
    const kept = judge(rule, facts);
    const passed = kept === true;
    const { points } = rule;
    const message = passed ? {} : { message: kept };
    return { name: ruleText(rule), points, earned: passed ? points : 0, hidden: false, passed, ...message };
  });
}

function judge(rule: QualityRule, facts: QualityFacts): Kept {
  switch (rule.rule) {
    case "reproducible":
      return reproducible(facts);
    case "metric":
      return asClaimed(rule, facts);
    case "section": {
      const words = wordsBelow(facts.submitted, rule.heading);
      if (words === undefined) return `there is no heading '${rule.heading}'`;
      return words >= rule.words || `it has ${words} ${words === 1 ? "word" : "words"}`;
    }
    case "figures": {
      const count = figuresIn(facts.executed);
      return count >= rule.count || `the run showed ${count}`;
    }
    case "time":
      if (!facts.finished) return "the run did not come to its end";
      return facts.seconds <= rule.seconds || `it took ${facts.seconds.toFixed(0)} s`;
  }
}

function reproducible({ metrics, repeated }: QualityFacts): Kept {
  for (const [name, value] of Object.entries(metrics)) {
    if (value === undefined) return `there is no ${name}`;
    if (!Object.is(repeated?.[name], value))
      return `${name} was ${value}, and ${repeated?.[name] ?? "missing"} the second time`;
  }
  return true;
}

function asClaimed({ name, tolerance }: MetricRule, { metrics, claimed, facts }: QualityFacts): Kept {
  const [ours, theirs] = [metrics[name], claimed?.metrics[name]];
  if (ours === undefined) return "the run gives no such number";
  if (!claimed) return "the submission has no results: make it with 'dnn-lab submit'";
  if (theirs === undefined) return "the submitted run gave no such number";
  // Other data, other numbers: nothing bears the claim out.
  if (fingerprints(claimed.facts) !== fingerprints(facts))
    return `the submitted run names other data (${dataOf(claimed.facts)}) than the grader's (${dataOf(facts)})`;
  return Math.abs(ours - theirs) <= tolerance || `submitted as ${theirs}, found ${ours}`;
}

const dataOf = (facts: RunFacts | null): string =>
  (facts?.data ?? [])
    .map(({ name }) => name)
    .join(", ")
    .slice(0, 200) || "none";

const fingerprints = (facts: RunFacts | null): string =>
  (facts?.data ?? [])
    .map(({ name, fingerprint }) => `${name} ${fingerprint}`)
    .sort()
    .join();

/** Words in Markdown cells from a heading to the next one of its level or above; undefined without such a heading. */
export function wordsBelow({ cells }: Notebook, heading: string): number | undefined {
  const lines = cells
    .filter(({ cell_type }) => cell_type === "markdown")
    .flatMap(({ source }) => joined(source).split("\n"));
  const level = (line: string) => /^(#+)\s/.exec(line)?.[1]!.length;
  const titled = (line: string) =>
    line
      .replace(/^#+\s*/, "")
      .trim()
      .toLowerCase() === heading.toLowerCase();
  const at = lines.findIndex((line) => level(line) !== undefined && titled(line));
  if (at < 0) return undefined;
  const end = lines.findIndex((line, i) => i > at && (level(line) ?? Infinity) <= level(lines[at]!)!);
  const text = lines
    .slice(at + 1, end < 0 ? undefined : end)
    .filter((line) => level(line) === undefined)
    .join(" ");
  return text.replace("YOUR ANSWER HERE", " ").match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}

/** Outputs that are figures: plotly's, or pictures. */
export function figuresIn({ cells }: Notebook): number {
  const isFigure = (mime: string) => mime.startsWith("image/") || mime === "application/vnd.plotly.v1+json";
  return cells.flatMap(({ outputs }) => outputs ?? []).filter(({ data }) => data && Object.keys(data).some(isFigure))
    .length;
}
