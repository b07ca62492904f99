/**
 * `npx tsc` is the project's TypeScript. tslab, which is here to compare with, brings an old TypeScript (5.0.4) whose commands
 * have the same names, and npm links whichever it comes to last.
 */
import { readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { collect } from "../../../src/library/setup/command.mjs";
import { findNpm, npmEnvironment } from "../../../src/library/setup/npm.mjs";
import { SetupProblem, lastLines } from "../../../src/library/setup/problem.mjs";
import { modulesFolder, nodePackageVersion, root } from "../paths.mjs";

/** Whether a command in `node_modules/.bin` is a package's: a link into it, or on Windows a script that names its file. */
export function isCommandOf(name, modules, command) {
  const place = join(modules, ".bin", command);
  return (
    realpathSync(place).startsWith(join(realpathSync(modules), name) + sep) ||
    new RegExp(`[\\\\/]\\.\\.[\\\\/]${name}[\\\\/]`).test(readFileSync(place, "utf8"))
  );
}

function isOurs() {
  if (nodePackageVersion("typescript") === undefined) return true;
  try {
    return ["tsc", "tsserver"].every((command) => isCommandOf("typescript", modulesFolder, command));
  } catch {
    return false;
  }
}

export const compilerCommand = {
  id: "compiler-command",
  title: "npx tsc",
  key: () => nodePackageVersion("typescript") ?? "none",
  intact: isOurs,
  adopt: isOurs,
  async run() {
    const npm = findNpm();
    const args = [...npm.args, "rebuild", "typescript", "--ignore-scripts"];
    const { output } = await collect(npm.command, args, { cwd: root, env: npmEnvironment() });
    if (!isOurs()) {
      throw new SetupProblem(
        "npx tsc is not the project's TypeScript",
        `npm rebuild typescript did not link it: ${lastLines(output)}`,
        "Delete the folder node_modules and run the command again.",
      );
    }
    return { note: `TypeScript ${nodePackageVersion("typescript")}` };
  },
};
