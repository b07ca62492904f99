/** One rule, read: `val_accuracy: min=0.8`, `text: /…/ -> …`, `ignore="…"`. */
import { guess, list, show } from "dnn-lab-core/check";
import type { CellRules, NamedRule, TextRule } from "./rule-shape";

const numeric = ["abs", "rel", "min", "max", "noWorse", "seeds"] as const;
const words = { better: ["higher", "lower"], trend: ["up", "down"] } as const;
const numberKeys = [...numeric, ...Object.keys(words)];
const cellKeys = ["ignore", "skip", "pixels", "order", "late", "input", "cache"];
const example = "// @check val_accuracy: min=0.8 noWorse=0.01";

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

/** What one comment says. */
export type RulePart = Partial<Omit<CellRules, "numbers" | "inputs" | "texts" | "written">> & {
  readonly numbers?: NamedRule;
  readonly text?: TextRule;
  readonly files?: readonly string[];
};

/** `/pattern/flags -> replacement` */
function textRule(rule: string): TextRule {
  const found = /^\/((?:[^\\/[]|\\.|\[(?:[^\\\]]|\\.)*\])+)\/([a-z]*)\s*->\s*(.*)$/s.exec(rule);
  if (!found) throw new TypeError(`a text rule reads text: /pattern/ -> replacement, received ${show(rule)}`);
  const [, pattern, flags, replacement] = found;
  const quoted = /^"(.*)"$/s.exec(replacement.trim());
  const global = [...new Set(`${flags}g`)].join("");
  return { pattern: new RegExp(pattern, global), replacement: quoted ? quoted[1] : replacement.trim() };
}

/** The rule in one comment, without `@check`. Throws when it cannot be read. */
export function parseRule(text: string): RulePart {
  const texts = /^\s*text\s*:\s*(\/.*)$/s.exec(text);
  if (texts) return { text: textRule(texts[1].trim()) };
  const [, name, rest] = /^(?:("(?:[^"]*)"|[^\s:="]+(?: [^\s:="]+)*)\s*:(?=\s|$))?(.*)$/s.exec(text.trim())!;
  const items = itemsOf(rest);
  if (items.length === 0) throw new TypeError(`it names no rule; an example: ${example}`);
  const number: Record<string, unknown> = {};
  const part: Record<string, unknown> = {};
  for (const [i, { key, value }] of items.entries()) {
    if (key !== "input" && items.findIndex((each) => each.key === key) < i)
      throw new TypeError(`${key} is given twice`);
    if ((numeric as readonly string[]).includes(key)) number[key] = numberIn(key, value);
    else if (Object.hasOwn(words, key)) number[key] = wordIn(key as keyof typeof words, value);
    else if (key === "ignore" || key === "skip") part[key] = reasonIn(key, value);
    else if (key === "pixels") part.pixels = numberIn(key, value);
    else if (key === "order" && value === "any") part.anyOrder = true;
    else if (key === "late" && value === "allowed") part.late = true;
    else if (key === "input" && value) part.files = [...((part.files as string[] | undefined) ?? []), value];
    else if (key === "cache" && value === "pure") part.cache = "pure";
    else if (["order", "late", "input", "cache"].includes(key))
      throw new TypeError(`write order=any, late=allowed, input=<file>, cache=pure`);
    else throw unknownRule(key);
  }
  if (name !== undefined && Object.keys(part).length > 0) {
    const keys = Object.keys(part).map((key) => (key === "files" ? "input" : key));
    throw new TypeError(`${list(keys)} is for the whole cell: leave '${name}:' away`);
  }
  if (Object.keys(number).length > 0) part.numbers = checkedRule({ name: name?.replace(/^"|"$/g, ""), ...number });
  return part as RulePart;
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
