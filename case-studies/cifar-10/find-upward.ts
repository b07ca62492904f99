import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** `path` in the nearest folder above `start` that has `case-studies` as sources (and is not the build). */
export function findUpward(start: string, path: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return join(folder, path);
    if (folder === dirname(folder)) throw new Error(`${start}: no folder above it has a package.json.`);
  }
}
