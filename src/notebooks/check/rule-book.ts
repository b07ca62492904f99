/** The rules of a cell while its outputs are compared: which one counts for a name, and which nothing has used. */
import { plainName, type CellRules, type NamedRule, type NumberRule } from "./rules";

export class RuleBook {
  private readonly named = new Map<string, NamedRule>();
  private readonly general: NamedRule | undefined;
  private readonly offered = new Map<string, string>();
  private readonly usedTexts = new Set<number>();
  private numbers = false;
  private pictures = false;

  constructor(readonly rules: CellRules) {
    for (const rule of rules.numbers) if (rule.name !== undefined) this.named.set(plainName(rule.name), rule);
    this.general = rules.numbers.findLast(({ name }) => name === undefined);
  }

  /** Whether a number's name can matter. */
  get asksForNames(): boolean {
    return this.named.size > 0;
  }

  /** The rule for a number that has these names, the nearest first; else the rule without a name, else undefined. */
  for(names: readonly (string | undefined)[] = []): NumberRule | undefined {
    this.numbers = true;
    return this.namedRule(names) ?? this.general;
  }

  /** The rule that names one of these. */
  namedRule(names: readonly (string | undefined)[]): NamedRule | undefined {
    let found: NamedRule | undefined;
    if (this.named.size === 0) return undefined;
    for (const name of names) {
      if (name === undefined) continue;
      this.offer(name);
      found ??= this.named.get(plainName(name));
    }
    return found;
  }

  /** The rule that asks for a trend of the numbers of a name. */
  trendOf(name: string | undefined): NamedRule | undefined {
    const rule = (name === undefined ? undefined : this.named.get(plainName(name))) ?? this.general;
    return rule?.trend === undefined ? undefined : rule;
  }

  /** Remembers a name that a rule could use. */
  offer(name: string): void {
    if (this.offered.size < 5_000) this.offered.set(plainName(name), name.trim());
    else if (this.named.has(plainName(name))) this.offered.set(plainName(name), name.trim());
  }

  /** A text with the cell's replacements. */
  replaced(text: string): string {
    return this.rules.texts.reduce(
      (result, { pattern, replacement }, i) =>
        result.replace(pattern, (...found: unknown[]) => {
          this.usedTexts.add(i);
          return replacement.replace(/\$(\d)/g, (_, group: string) => String(found[Number(group)] ?? ""));
        }),
      text,
    );
  }

  /** How much of a picture may be another. */
  pixels(): number | undefined {
    this.pictures = true;
    return this.rules.pixels;
  }

  /** Rules that nothing has used: each looks like a check, but checks nothing. */
  unused(): string[] {
    const known = [...this.offered.values()].filter(Boolean);
    const names = [...new Set(known)].slice(0, 12).join(", ") || "none with a name";
    const lost = [...this.named.entries()].filter(([name, { general }]) => !general && !this.offered.has(name));
    return [
      ...lost.map(([, { name }]) => `no number, column or trace is called '${name}'; there are ${names}`),
      ...(this.general && !this.general.general && !this.numbers
        ? ["there is no number that its rule without a name could be for"]
        : []),
      ...this.rules.texts.flatMap(({ pattern, general }, i) =>
        general || this.usedTexts.has(i) ? [] : [`nothing in the outputs fits text: ${pattern}`],
      ),
      ...(this.rules.pixels !== undefined && !this.pictures ? ["pixels is given, but there is no picture"] : []),
    ];
  }
}
