import { spawn, type ChildProcess } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { Promise, process } from "../intrinsics";

/** A script that runs in the shell. */
export interface ShellRun {
  /** The exit code; a signal counts as 128 and its number, as shells have it. */
  readonly ended: Promise<number>;
  interrupt(): void;
}

/** Runs a script in the system's shell; what it prints goes to `process.stdout` and `process.stderr`. */
export function runShell(script: string): ShellRun {
  // A group of its own, so that an interrupt reaches what the script has started.
  const child = spawn(script, {
    shell: process.platform === "win32" ? true : "/bin/sh",
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  forward(child, "stdout");
  forward(child, "stderr");
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + (signal === "SIGINT" ? 2 : 15)));
  });
  return { ended, interrupt: () => stop(child) };
}

function forward(child: ChildProcess, name: "stdout" | "stderr"): void {
  const decoder = new StringDecoder("utf8");
  child[name]?.on("data", (chunk: Buffer) => process[name].write(decoder.write(chunk)));
}

function stop({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGINT");
  } catch {
    // It has ended by itself.
  }
}
