/** Runs other programs: quietly with their output collected (steps), or in the foreground (tasks). */
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

const KEPT_CHARACTERS = 200_000;

/** Environment for Python programs of the set-up: nothing from outside the virtual environment. */
export function pythonEnvironment(extra = {}) {
  const env = { ...process.env, PYTHONNOUSERSITE: "1", PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1", ...extra };
  delete env.PYTHONHOME;
  delete env.PYTHONPATH;
  return env;
}

/** Runs `command`, hands each line of its output to `onLine`; resolves to its exit code and the end of its output. */
export function collect(command, args, { onLine = () => {}, ...options } = {}) {
  return new Promise((resolve) => {
    let output = "";
    let rest = "";
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const stop = () => child.kill("SIGTERM");
    process.once("SIGTERM", stop);
    const take = (chunk) => {
      const text = chunk.toString();
      output = (output + text).slice(-KEPT_CHARACTERS);
      const lines = (rest + text).split(/\r|\n/);
      rest = lines.pop() ?? "";
      lines.filter((line) => line.trim()).forEach(onLine);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const finish = (code, output) => {
      process.removeListener("SIGTERM", stop);
      resolve({ code, output });
    };
    child.on("error", (error) => finish(-1, `${output}${error.message}`));
    child.on("close", (code, signal) => finish(code ?? -1, signal ? `${output}\nended by ${signal}` : output));
  });
}

/** Output of a short command, or undefined when it cannot be run or fails. */
export function ask(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "ignore"],
    ...options,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** Runs a program in the foreground, passes signals on, and resolves to its exit code. */
export function foreground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    // A terminal sends Ctrl-C to the whole group: the child ends in its own way, we wait for it.
    const ignore = () => {};
    const pass = (signal) => child.kill(signal);
    process.on("SIGINT", ignore).on("SIGTERM", pass).on("SIGHUP", pass);
    const release = () => process.off("SIGINT", ignore).off("SIGTERM", pass).off("SIGHUP", pass);
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("close", (code, signal) => {
      release();
      resolve(code ?? 128 + (constants.signals[signal] ?? 1));
    });
  });
}
