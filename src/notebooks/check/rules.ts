/** The rules by which outputs are compared: `// @check` comments in a cell, or `metadata.dnn_lab.check`. */
import { guess, list, show } from "dnn-lab-core/check";
import type { CodeCell } from "../notebook-file";

/** How one kind of number, or all numbers of a cell, are compared. */
export interface NumberRule {
  /** Largest absolute difference. */
  readonly abs?: number;
  /** Largest difference relative to the reference; 0.05 or `5%`. */
  readonly rel?: number;
  /** Least value; the reference is then not looked at, unless another rule asks for it. */
  readonly min?: number;
  /** Greatest value. */
  readonly max?: number;
  /** By how much the value may be worse than the reference; better values always pass. */
  readonly noWorse?: number;
  /** Which values are better (default `higher`). */
  readonly better?: "higher" | "lower";
  /** The numbers, in their order, must on the whole rise or fall (Kendall's rank correlation with the order ≥ 0.5). */
  readonly trend?: "up" | "down";
  /** Largest distance from the mean over the reference's seeds, in standard deviations of a new value. */
  readonly seeds?: number;
}

/** A rule and the numbers it is for: a label in text, a column of a table, a trace of a figure; all without a name. */
export interface NamedRule extends NumberRule {
  readonly name: string | undefined;
}

/** All rules of a cell. */
export interface CellRules {
  readonly numbers: readonly NamedRule[];
  /** Why the outputs are not compared. */
  readonly ignore?: string;
  /** Why it is right that the cell is skipped. */
  readonly skip?: string;
  /** Largest mean difference of a picture's pixels, 0 to 1 (default 0.01). */
  readonly pixels?: number;
  /** Outputs may come in another order. */
  readonly anyOrder?: boolean;
  /** Output after the cell's reply is meant. */
  readonly late?: boolean;
  /** Files and folders that the results depend on, relative to the notebook. */
  readonly inputs: readonly string[];
}

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

const numeric = ["abs", "rel", "min", "max", "noWorse", "seeds"] as const;
const words = { better: ["higher", "lower"], trend: ["up", "down"] } as const;
const numberKeys = [...numeric, ...Object.keys(words)];
const cellKeys = ["ignore", "skip", "pixels", "order", "late", "input"];
const examples = "// @check val_accuracy: min=0.8 noWorse=0.01";

interface Item {
  readonly key: string;
  readonly value: string | undefined;
}

/** `key=value`, `key="some words"` and bare words. */
function itemsOf(text: string): Item[] {
  const pattern = /([^\s=,]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/g;
  return [...text.matchAll(pattern)].map(([, key, quoted, plain]) => ({
    key,
    value: quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1"),
  }));
}

function numberIn(key: string, text: string | undefined): number {
  const value = text?.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text || NaN);
  if (!Number.isFinite(value)) {
    throw new TypeError(`${key} needs a number, received ${show(text ?? "nothing")}; write ${key}=0.01`);
  }
  if (!["min", "max"].includes(key) && value < 0) throw new RangeError(`${key} must be at least 0, received ${value}`);
  return value;
}

function wordIn(key: keyof typeof words, text: string | undefined): string {
  if ((words[key] as readonly string[]).includes(text ?? "")) return text!;
  throw new TypeError(`${key} must be one of ${list(words[key])}, received ${show(text ?? "nothing")}`);
}

/** Of a rule that switches a check off, somebody must have said why. */
function reasonIn(key: string, text: string | undefined): string {
  if (text?.trim()) return text;
  throw new TypeError(`${key} needs a reason; write ${key}="shows the machine's name"`);
}

type Part = Partial<Omit<CellRules, "numbers" | "inputs">> & { numbers?: NamedRule; input?: string };

/** The rules in one comment, without `@check`. */
function parseRule(text: string): Part {
  const [, name, rest] = /^(?:("(?:[^"]*)"|[^\s:="]+(?: [^\s:="]+)*)\s*:(?=\s|$))?(.*)$/s.exec(text.trim())!;
  const items = itemsOf(rest);
  if (items.length === 0) throw new TypeError(`it names no rule; an example: ${examples}`);
  const number: Record<string, unknown> = {};
  const part: Record<string, unknown> = {};
  for (const { key, value } of items) {
    if ((numeric as readonly string[]).includes(key)) number[key] = numberIn(key, value);
    else if (Object.hasOwn(words, key)) number[key] = wordIn(key as keyof typeof words, value);
    else if (key === "ignore" || key === "skip") part[key] = reasonIn(key, value);
    else if (key === "pixels") part.pixels = numberIn(key, value);
    else if (key === "order" && value === "any") part.anyOrder = true;
    else if (key === "late" && value === "allowed") part.late = true;
    else if (key === "input" && value) part.input = value;
    else if (["order", "late", "input"].includes(key))
      throw new TypeError(`write order=any, late=allowed, input=<file>`);
    else throw unknownRule(key);
  }
  if (name !== undefined && Object.keys(part).length > 0) {
    throw new TypeError(`${list(Object.keys(part))} is for the whole cell: leave '${name}:' away`);
  }
  if (Object.keys(number).length > 0) part.numbers = checkedRule({ name: name?.replace(/^"|"$/g, ""), ...number });
  return part as Part;
}

function unknownRule(key: string): TypeError {
  const known = [...numberKeys, ...cellKeys];
  return new TypeError(`there is no rule '${key}'; the rules are ${list(known)}.${guess(key, known)}`);
}

function checkedRule(rule: NamedRule): NamedRule {
  if (rule.better !== undefined && rule.noWorse === undefined) {
    throw new TypeError("better says which way noWorse counts: write noWorse=0.01 better=lower");
  }
  if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max) {
    throw new RangeError(`min=${rule.min} is greater than max=${rule.max}`);
  }
  return rule;
}

/** Comments `// @check …` and `# @check …`, with their lines; a magic or a string that says so counts too: better seen than missed. */
function comments(source: string): { text: string; line: number }[] {
  return source.split("\n").flatMap((content, at) => {
    const found = /(?:\/\/|#|\/\*)\s*@check\b:?(.*?)(?:\*\/)?\s*$/.exec(content);
    return found ? [{ text: found[1], line: at + 1 }] : [];
  });
}

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

/** The rules of a cell. Throws a {@link RuleError} for the first that cannot be read. */
export function rulesOf(cell: CodeCell): CellRules {
  const parts = [...metadataRules(cell), ...comments(cell.source)].map(({ text, line }) => {
    try {
      return parseRule(text);
    } catch (error) {
      throw new RuleError(`@check${text.trimEnd()}: ${(error as Error).message}`, line);
    }
  });
  const merged: Part = Object.assign({}, ...parts);
  const { numbers: _, input: __, ...rest } = merged;
  return {
    ...rest,
    numbers: parts.flatMap(({ numbers }) => (numbers ? [numbers] : [])),
    inputs: parts.flatMap(({ input }) => (input ? [input] : [])),
  };
}

/** Whether a cell asks for anything to be checked. */
export function checksSomething({ numbers }: CellRules): boolean {
  return numbers.length > 0;
}

/** The rule for numbers of a name: the last that names it, else the last without a name, else none. */
export function ruleFor(rules: readonly NamedRule[], name: string | undefined): NamedRule | undefined {
  const named =
    name === undefined ? undefined : rules.findLast((rule) => rule.name !== undefined && sameName(rule.name, name));
  return named ?? rules.findLast((rule) => rule.name === undefined);
}

export function sameName(a: string, b: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[\s_-]+/g, " ")
      .trim();
  return plain(a) === plain(b);
}
