/** The API reference of all packages, from the docstrings of what their doors export (`typedoc.json`). */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * Writes the reference into a folder.
 *
 * @throws Error with what TypeDoc said, for a docstring that is missing or a link that leads nowhere.
 */
export function buildApi(root: string, out: string): void {
  const typedoc = join(root, "node_modules", "typedoc", "bin", "typedoc");
  try {
    execFileSync(process.execPath, [typedoc, "--out", out], { cwd: root, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`The API reference could not be made:\n${stdout}${stderr}`, { cause: error });
  }
}
