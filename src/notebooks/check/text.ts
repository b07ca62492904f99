/** Text: the words must be the same, the numbers within tolerance. */
import type { Comparison, Difference } from "./difference";
import { normalizeText } from "./normalize";
import { compareNumber, compareTrend, numbersIn, type FoundNumber } from "./numbers";
import { ruleFor, sameName, type NamedRule } from "./rules";

/** Compares two texts, already normalized; `samples` are the texts of the reference's other seeds. */
export function compareText(
  where: string,
  reference: string,
  ours: string,
  rules: readonly NamedRule[],
  samples: readonly string[] = [],
): Comparison {
  const [theirs, mine] = [numbersIn(normalizeText(reference)), numbersIn(normalizeText(ours))];
  const [a, b] = [tidy(theirs.frame), tidy(mine.frame)];
  const trends = trendsOf(where, mine.numbers, rules);
  if (a !== b || theirs.numbers.length !== mine.numbers.length) {
    const differences = [...(trends.length ? trends : []), lineDifference(where, reference, ours, a, b)];
    return { differences, numbers: 0 };
  }
  const others = samples.map((text) => numbersIn(normalizeText(text)).numbers);
  const differences = mine.numbers.flatMap((number, i): Difference[] => {
    const other = theirs.numbers[i];
    const values = others.flatMap((numbers) => (numbers.length === mine.numbers.length ? [numbers[i].value] : []));
    const verdict = compareNumber(
      {
        ours: number.value,
        reference: other.value,
        unit: Math.max(other.unit, number.unit),
        samples: [other.value, ...values],
      },
      ruleFor(rules, number.label),
    );
    const place = number.label ? `${where}, ${number.label}` : where;
    return verdict.ok
      ? []
      : [{ kind: "number", where: place, message: verdict.words, reference: other.text, ours: number.text }];
  });
  return { differences: [...differences, ...trends], numbers: mine.numbers.length };
}

/** Names of a text's numbers. */
export function labelsIn(text: string): string[] {
  return numbersIn(normalizeText(text)).numbers.flatMap(({ label }) => (label ? [label] : []));
}

function trendsOf(where: string, numbers: readonly FoundNumber[], rules: readonly NamedRule[]): Difference[] {
  return rules.flatMap((rule): Difference[] => {
    if (!rule.trend) return [];
    const chosen = numbers.filter(({ label }) => rule.name === undefined || (label && sameName(rule.name, label)));
    if (rule.name !== undefined && chosen.length === 0) return [];
    const { ok, words } = compareTrend(
      chosen.map(({ value }) => value),
      rule,
    );
    return ok ? [] : [{ kind: "number", where: rule.name ? `${where}, ${rule.name}` : where, message: words }];
  });
}

/** Trailing blanks and the width of columns follow from the widths of numbers and times. */
function tidy(frame: string): string {
  return frame
    .split("\n")
    .map((line) =>
      line
        .replace(/[─━═-]{3,}/g, "---")
        .replace(/[ \t]+/g, " ")
        .trim(),
    )
    .join("\n")
    .trim();
}

function lineDifference(where: string, reference: string, ours: string, a: string, b: string): Difference {
  const [left, right] = [a.split("\n"), b.split("\n")];
  const at = left.findIndex((line, i) => line !== right[i]);
  const line = at < 0 ? left.length : at;
  const [theirs, mine] = [reference, ours].map(
    (text) => normalizeText(text).trim().split("\n")[line]?.trim() ?? "(nothing)",
  );
  return {
    kind: "text",
    where,
    message: `line ${line + 1} is ${JSON.stringify(mine)}, reference ${JSON.stringify(theirs)}`,
    reference,
    ours,
  };
}
