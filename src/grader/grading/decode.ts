/** Values as the kernel's `read_values_request` writes them, made JavaScript's again. They come from a student's process. */

/** Deeper than the kernel reads: such a value does not come from it. */
const DEEPEST = 20;

/** A value that no kernel of ours has written. */
export class ForgedValueError extends Error {
  override readonly name = "ForgedValueError";
}

/** The value. @throws ForgedValueError for what the kernel does not write */
export function decode(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new ForgedValueError("a value is nested deeper than the kernel reads");
  if (Array.isArray(value)) return value.map((each) => decode(each, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only, more] = entries;
  if (only && !more && only[0].startsWith("$")) return special(only[0], only[1], depth);
  return fromEntries(entries, depth);
}

/** Names are data: `__proto__` too. */
function fromEntries(entries: readonly [string, unknown][], depth: number): unknown {
  return Object.fromEntries(entries.map(([name, each]) => [name, decode(each, depth + 1)]));
}

function special(kind: string, content: unknown, depth: number): unknown {
  if (kind === "$object" && typeof content === "object" && content !== null)
    return fromEntries(Object.entries(content), depth);
  if (kind === "$number" && ["NaN", "Infinity", "-Infinity", "-0"].includes(content as string)) return Number(content);
  if (kind === "$bigint" && typeof content === "string" && /^-?\d{1,10000}$/.test(content)) return BigInt(content);
  if (kind === "$undefined") return undefined;
  if (kind === "$function") return `[function ${textOf(content) || "without a name"}]`;
  if (kind === "$symbol") return `[${textOf(content)}]`;
  if (kind === "$accessor") return "[computed property]";
  throw new ForgedValueError(`a value has the form ${kind.slice(0, 40)}, which the kernel does not write`);
}

const textOf = (content: unknown): string => (typeof content === "string" ? content.slice(0, 200) : "");
