/** The set-up is plain JavaScript that runs before any package is there; tests load it by path. */
import { join } from "node:path";

export const scripts = join(__dirname, "..", "..", "scripts");

/** A module of `scripts/`, seen as `T`. Node 20.19 and newer `require` ES modules. */
export function load<T>(name: string): T {
  return require(join(scripts, name)) as T;
}
