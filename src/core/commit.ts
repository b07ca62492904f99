/** The state of a git repository. */
import { execFileSync } from "node:child_process";

/** Commit and cleanness of the repository at `root`; `unknown` and dirty where git cannot tell. */
export function commitOf(root: string): { commit: string; dirty: boolean } {
  const git = (...parts: string[]) =>
    execFileSync("git", parts, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    return { commit: git("rev-parse", "HEAD").trim(), dirty: git("status", "--porcelain").trim() !== "" };
  } catch {
    return { commit: "unknown", dirty: true };
  }
}
