/** `dnn-lab <command>`: the library's own commands, and those of its sister packages where they are installed. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { messageOf } from "dnn-lab-core/errors";
import { findOptionalFolder } from "dnn-lab-core/optional-package";
import { doctor } from "./doctor";

const usage = `Usage: dnn-lab setup [parts] [--gpu]    adds what is not installed with the library (setup --help)
       dnn-lab doctor                   what computes and why, versions, data, what is missing
       dnn-lab tune-worker …            trains for searches on other machines (tune-worker --help)
       dnn-lab kernel …                 the Jupyter kernel            (package dnn-lab-kernel)
       dnn-lab notebooks …              running and checking notebooks (package dnn-lab-notebooks)
       dnn-lab author | check | submit | grade | worker | similar …    (package dnn-lab-grader)

\`--help\` after a command tells its options.`;

const graderCommands = ["author", "check", "submit", "grade", "worker", "similar"];

/** The package that knows a command, and the arguments that it gets. */
function owner(command: string, args: readonly string[]): { name: string; args: readonly string[] } | undefined {
  if (command === "kernel" || command === "notebooks") return { name: `dnn-lab-${command}`, args };
  return graderCommands.includes(command) ? { name: "dnn-lab-grader", args: [command, ...args] } : undefined;
}

/** Runs a package's own command in the foreground; resolves to its exit code. */
function handOn(name: string, args: readonly string[]): Promise<number> {
  const folder = findOptionalFolder(name);
  if (folder === undefined) {
    console.error(`dnn-lab: this command is part of the package ${name}. Install it: npm install ${name}`);
    return Promise.resolve(1);
  }
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { bin: Record<string, string> };
  const child = spawn(process.execPath, [join(folder, bin[name]!), ...args], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both: the child ends in its own way, this one waits for it.
  process.on("SIGINT", () => undefined).on("SIGTERM", (signal) => void child.kill(signal));
  return new Promise((settle, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => settle(code ?? 128 + (signal ? constants.signals[signal] : 1)));
  });
}

async function main([command, ...args]: readonly string[]): Promise<number> {
  const asksForHelp = (arg: string | undefined): boolean => arg === "--help" || arg === "-h";
  if (command === undefined || asksForHelp(command) || (command === "doctor" && args.some(asksForHelp))) {
    console.log(usage);
    return 0;
  }
  if (command === "doctor") return doctor();
  if (command === "tune-worker") return (await import("./tune-worker.js")).tuneWorker(args);
  const package_ = owner(command, args);
  if (package_) return handOn(package_.name, package_.args);
  console.error(`dnn-lab: there is no command '${command}'\n\n${usage}`);
  return 2;
}

void main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`dnn-lab: ${messageOf(error)}`);
    process.exitCode = 2;
  },
);
