/** Asks the compiled library, in a process of its own: which engine computes, and which data files it accepts. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { collect } from "../../../src/library/setup/command.mjs";
import { packagesFolder, root } from "../paths.mjs";
import { lastLines } from "../../../src/library/setup/problem.mjs";

const script = join(dirname(fileURLToPath(import.meta.url)), "library-facts.cjs");

/** `{ engine, files, folders }`, `{ problem }` when the library does not load, or undefined when it is not built. */
export async function libraryFacts() {
  if (!existsSync(join(packagesFolder, "library", "dist", "index.js"))) return undefined;
  const { code, output } = await collect(process.execPath, [script], { cwd: root });
  const line = output.split("\n").find((line) => line.startsWith("FACTS"));
  if (code === 0 && line) return JSON.parse(line.slice("FACTS".length));
  return { problem: lastLines(output, 4) };
}
