import { createHash } from "node:crypto";

type Part = string | Uint8Array;
type Algorithm = "sha256" | "md5";

/** The hash of texts and bytes, one after another, as hexadecimal digits. */
export function hashOf(algorithm: Algorithm, ...parts: readonly Part[]): string {
  return hashOfAll(algorithm, parts);
}

/** Like `hashOf`, of parts that are made one at a time, so that they need not be in memory together. */
export function hashOfAll(algorithm: Algorithm, parts: Iterable<Part>): string {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
