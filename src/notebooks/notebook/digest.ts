import { hashOf } from "dnn-lab-core/hash";
/** Values by what they are, not by how they were written. */

/** JSON with sorted keys: the same value gives the same text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
    .join(",")}}`;
}

/** SHA-256 of that text. */
export function digestOf(value: unknown): string {
  return hashOf("sha256", canonical(value));
}
