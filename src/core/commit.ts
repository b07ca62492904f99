/** The state of a git repository. */
import { execFileSync } from "node:child_process";

/**
 * Git answers nothing in a folder of another user (a mounted clone, CI in a container), lest it runs programs that the settings
 * there name. What the commit is needs none of them; whether files have changed may.
 */
const ANYBODYS = ["-c", "safe.directory=*"];

/** What git answers; undefined where it cannot. */
function answer(root: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** Commit and cleanness of the repository at `root`; `unknown` and dirty where git cannot tell, dirty in another user's. */
export function commitOf(root: string): { commit: string; dirty: boolean } {
  const commit = answer(root, [...ANYBODYS, "rev-parse", "HEAD"]);
  return { commit: commit ?? "unknown", dirty: answer(root, ["status", "--porcelain"]) !== "" };
}
