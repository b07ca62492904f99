/** Runs a job in a process of its own: training never holds up whoever has to say that he is alive. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageFolder } from "dnn-lab-core/files";
import type { Graded } from "../grading/result";
import type { GradingJob } from "./job";

export interface ChildOptions {
  readonly sandbox: boolean;
  /** Told what the job does, in a line. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What the child tells, one JSON object a line. */
export type ChildMessage = { readonly progress: string } | { readonly done: Graded } | { readonly failed: string };

/** The message in a line; undefined for any other line, such as text that a library printed. */
function messageIn(line: string): ChildMessage | undefined {
  try {
    const message = JSON.parse(line) as ChildMessage | null;
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Has a job done by a child process, which ends with this one: its standard input is ours. */
export function gradeInChild(job: GradingJob, { sandbox, onProgress, signal }: ChildOptions): Promise<Graded> {
  const script = join(packageFolder(__dirname), "dist", "cli", "grade-one.js");
  const child = spawn(process.execPath, [script, JSON.stringify(job), sandbox ? "sandbox" : "no-sandbox"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stop = (): void => void child.stdin.end();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  let [rest, stderr] = ["", ""];
  let outcome: Graded | string | undefined;
  child.stdin.on("error", () => undefined);
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop()!;
    for (const message of lines.map(messageIn)) {
      if (message === undefined) continue;
      if ("progress" in message) onProgress?.(message.progress);
      else outcome = "done" in message ? message.done : message.failed;
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, ended) => {
      signal?.removeEventListener("abort", stop);
      if (typeof outcome === "object") resolve(outcome);
      else reject(new Error(outcome ?? `the grading process ended with ${ended ?? `code ${code}`}: ${stderr.trim()}`));
    });
  });
}
