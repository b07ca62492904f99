/** The set-up is plain JavaScript that runs before any package is there; tests load it by path. */
import { cpSync } from "node:fs";
import { join } from "node:path";

export const scripts = join(__dirname, "..", "..", "scripts");

/** Copies what the set-up needs of an untouched clone. */
export function copySetUp(folder: string): void {
  const shared = join("src", "library", "setup");
  cpSync(scripts, join(folder, "scripts"), { recursive: true });
  cpSync(join(scripts, "..", shared), join(folder, shared), { recursive: true });
}

/** A module of `scripts/`, seen as `T`. Node 20.19 and newer `require` ES modules. */
export function load<T>(name: string): T {
  return require(join(scripts, name)) as T;
}
