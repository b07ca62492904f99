/** What `dnn-lab` does: see dnn-lab.mjs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { foreground } from "./setup/command.mjs";
import { distFolder, root } from "./setup/paths.mjs";
import { main as task, submissionCommands } from "./tasks.mjs";

/** A clone has the sources; an installed package has the build only. */
const isClone = existsSync(join(root, "tsconfig.build.json"));

const packageHelp = `Usage: dnn-lab kernel <install | uninstall | doctor> [options]
       dnn-lab notebooks <run | check | accept | clean | diff | report | verify> [options] [paths]
       dnn-lab <author | check | submit | grade | worker | similar> [options] [paths]

The Jupyter kernel for TypeScript, checks of notebooks, and case-study submissions. \`--help\` after each tells the options. The other commands
(training runs, tests, JupyterLab) are tasks of a clone of the project.`;

/** Commands whose build is shipped. */
const shipped = ["kernel", "notebooks", ...submissionCommands];

export async function main([command, ...args]) {
  if (shipped.includes(command) && !isClone) process.exitCode = await run(command, args);
  else if (isClone) await task(command === undefined ? ["--help"] : [command, ...args]);
  else process.exitCode = refuse(command);
}

/** The shipped build's own command line. */
function run(command, args) {
  const own = submissionCommands.includes(command) ? ["submissions", command] : [command];
  const [script, ...first] = own;
  return foreground(process.execPath, [join(distFolder, "scripts", `${script}.js`), ...first, ...args]);
}

function refuse(command) {
  const asked = command === undefined || command === "--help" || command === "-h";
  if (asked) console.log(packageHelp);
  else console.error(`dnn-lab: unknown command '${command}'\n\n${packageHelp}`);
  return asked ? 0 : 2;
}
