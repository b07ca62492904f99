/** The rules by which outputs are compared: `// @check` comments in a cell, or `metadata.dnn_lab.check`. */
import { show } from "dnn-lab-core/check";
import type { CodeCell } from "../notebook/notebook-file";
import { misplacedRules, ruleComments } from "./rule-comments";
import { parseRule, type RulePart } from "./rule-parts";
import type { CellRules, NamedRule, NumberRule, TextRule } from "./rule-shape";

export type { CellRules, NamedRule, NumberRule, TextRule };

/** A rule that cannot be read, and where it stands. */
export class RuleError extends Error {
  override readonly name = "RuleError";
  constructor(
    message: string,
    /** Line in the cell, from 1; 0 for its metadata. */
    readonly line: number,
  ) {
    super(message);
  }
}

/** A cell without rules. */
export const noRules: CellRules = { numbers: [], texts: [], written: [], inputs: [] };

function metadataRules({ settings }: CodeCell): { text: string; line: number }[] {
  const { check } = settings;
  if (check === undefined) return [];
  const texts = typeof check === "string" ? [check] : check;
  if (!Array.isArray(texts) || texts.some((each) => typeof each !== "string")) {
    throw new RuleError(
      `metadata.dnn_lab.check must be a text or a list of texts such as "abs=0.01", received ${show(check)}`,
      0,
    );
  }
  return (texts as string[]).map((text) => ({ text, line: 0 }));
}

function parsed({ text, line }: { text: string; line: number }): RulePart & { line: number } {
  try {
    return { ...parseRule(text), line };
  } catch (error) {
    throw new RuleError(`@check ${text.trim()}: ${(error as Error).message}`.trimEnd(), line);
  }
}

/** A rule of the notebook or the project. */
function forAll(part: RulePart & { line: number }): RulePart & { line: number } {
  const { numbers, text } = part;
  return {
    ...part,
    ...(numbers ? { numbers: { ...numbers, general: true } } : {}),
    ...(text ? { text: { ...text, general: true } } : {}),
  };
}

/** Two comments that say another thing of the same number: one of them would be lost. */
function refuseContradictions(parts: readonly (RulePart & { line: number })[]): void {
  const said = new Map<string, number>();
  for (const { numbers, line } of parts) {
    if (!numbers || line === 0) continue;
    for (const key of Object.keys(numbers).filter((each) => each !== "name" && each !== "general")) {
      const what = `${plainName(numbers.name ?? "")}\0${key}`;
      const before = said.get(what);
      if (before !== undefined)
        throw new RuleError(`${key} is given twice, in lines ${before} and ${line} of the cell`, line);
      said.set(what, line);
    }
  }
}

/** The rules of a cell, with those that hold for the whole notebook before them. Throws a {@link RuleError} for the first that cannot be read. */
export function rulesOf(cell: CodeCell, general: readonly string[] = []): CellRules {
  const misplaced = misplacedRules(cell.source)[0];
  if (misplaced) throw new RuleError(misplaced.message, misplaced.line);
  const own = [...metadataRules(cell), ...ruleComments(cell.source)];
  const all = [...general.map((text) => ({ text, line: 0 })), ...own];
  const parts = [...general.map((text) => forAll(parsed({ text, line: 0 }))), ...own.map(parsed)];
  refuseContradictions(parts);
  const {
    numbers: _,
    text: __,
    files: ___,
    line: ____,
    ...rest
  } = Object.assign({}, ...parts) as RulePart & {
    line: number;
  };
  return {
    ...rest,
    numbers: together(parts.flatMap(({ numbers }) => (numbers ? [numbers] : []))),
    texts: parts.flatMap(({ text }) => (text ? [text] : [])),
    written: all.map(({ text }) => text.trim().replace(/\s+/g, " ")),
    inputs: parts.flatMap(({ files }) => files ?? []),
  };
}

/** Rules of one name are one rule; what is said later counts more. */
function together(rules: readonly NamedRule[]): NamedRule[] {
  const byName = new Map<string, NamedRule>();
  for (const rule of rules) {
    const name = rule.name === undefined ? "" : plainName(rule.name);
    const { general: _, ...before } = byName.get(name) ?? { name: rule.name };
    byName.set(name, { ...before, ...rule });
  }
  return [...byName.values()];
}

/** Whether a cell asks for anything to be checked. */
export function checksSomething({ numbers }: CellRules): boolean {
  return numbers.length > 0;
}

/** Upper and lower case do not matter in names, nor whether `_`, `-` or blanks separate their words. */
export function plainName(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}
