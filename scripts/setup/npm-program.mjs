/** Programs that npm packages carry and that only some commands need, kept in `.cache`: another Node, Deno. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, collect } from "../../src/library/setup/command.mjs";
import { startStep } from "../../src/library/setup/console.mjs";
import { cacheFolder } from "./paths.mjs";
import { findNpm, npmEnvironment } from "../../src/library/setup/npm.mjs";

const windows = process.platform === "win32";
const exe = windows ? ".exe" : "";

/** The program file of Node `major`; undefined when npm does not give it. */
export function otherNode(major) {
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  return programFromNpm({
    title: `Node ${major}`,
    name,
    version: major,
    folder: join(cacheFolder, "node", major),
    file: join("bin", `node${exe}`),
    works: (answer) => answer.startsWith(`v${major}.`),
  });
}

/** The version that the kernel's benchmark compares with. */
const DENO = "2.9.6";

/** Deno's program file, for the benchmark of kernels; undefined when npm does not give it. */
export function deno() {
  const name = `@deno/${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
  return programFromNpm({
    title: `Deno ${DENO}`,
    name,
    version: DENO,
    folder: join(cacheFolder, "deno", DENO),
    file: `deno${exe}`,
    works: (answer) => answer.startsWith(`deno ${DENO}`),
  });
}

async function programFromNpm({ title, name, version, folder, file, works }) {
  const program = join(folder, "node_modules", ...name.split("/"), file);
  const isThere = () => existsSync(program) && works(ask(program, ["--version"]) ?? "");
  if (isThere()) return program;
  const npm = findNpm();
  if (!npm) return undefined;
  const display = startStep(`${title} from npm`);
  mkdirSync(folder, { recursive: true });
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  const args = [...npm.args, "install", ...options, `${name}@${version}`];
  // A project of its own: with `--prefix`, npm would pass over the machine's settings (certificates, registry).
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const { code } = await collect(npm.command, args, { cwd: folder, env: npmEnvironment() });
  if (code === 0 && isThere()) {
    display.done();
    return program;
  }
  display.fail();
  return undefined;
}
