/** Values as the kernel's `read_values_request` writes them, made JavaScript's again. */

export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only, more] = entries;
  if (only && !more && only[0].startsWith("$")) return special(only[0], only[1]);
  return Object.fromEntries(entries.map(([name, each]) => [name, decode(each)]));
}

function special(kind: string, content: unknown): unknown {
  if (kind === "$number") return Number(content);
  if (kind === "$bigint") return BigInt(String(content));
  if (kind === "$undefined") return undefined;
  if (kind === "$function") return `[function ${String(content) || "without a name"}]`;
  if (kind === "$symbol") return `[${String(content)}]`;
  return "[computed property]";
}
