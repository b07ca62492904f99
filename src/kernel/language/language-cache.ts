/** Where the language keeps what takes long to make. */
import { join } from "node:path";
import { cacheFolder } from "dnn-lab-core/folders";

/** The path of a file that belongs to this version of TypeScript. */
export function cachedFile(name: string): string {
  const { version } = require("typescript/package.json") as { version: string };
  return join(cacheFolder(), "kernel", `typescript-${version}`, name);
}
