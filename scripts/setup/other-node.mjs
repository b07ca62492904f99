/** Another Node, as npm's packages `node-<platform>-<arch>` carry it, kept in `.cache/node`. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ask, collect } from "./command.mjs";
import { startStep } from "./console.mjs";
import { cacheFolder } from "./paths.mjs";
import { findNpm } from "./steps/node-packages.mjs";

const windows = process.platform === "win32";

/** The program file of Node `major`; undefined when npm does not give it. */
export async function otherNode(major) {
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  const folder = join(cacheFolder, "node", major);
  const program = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node");
  const works = () => existsSync(program) && ask(program, ["--version"])?.startsWith(`v${major}.`);
  if (works()) return program;
  const npm = findNpm();
  if (!npm) return undefined;
  const display = startStep(`Node ${major} from npm`);
  mkdirSync(folder, { recursive: true });
  const args = [
    ...npm.args,
    "install",
    "--prefix",
    folder,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-save",
    `${name}@${major}`,
  ];
  const { code } = await collect(npm.command, args, { cwd: folder });
  if (code === 0 && works()) {
    display.done();
    return program;
  }
  display.fail();
  return undefined;
}
