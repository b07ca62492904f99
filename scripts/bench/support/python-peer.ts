/** A Python program that is measured beside this process: it answers each line with one line of JSON. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findUpward } from "dnn-lab-core/files";

const root = findUpward(__dirname, "package.json") as string;

export class PythonPeer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private complaint = "";

  /**
   * @param script name of a file in scripts/bench/support.
   * @param python default: that of the project
   */
  constructor(
    private readonly script: string,
    args: readonly string[],
    python = join(root, ".venv", "bin", "python"),
  ) {
    this.child = spawn(python, [join(root, "scripts", "bench", "support", script), ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
    });
    this.child.stderr?.on("data", (chunk: Buffer) => (this.complaint = (this.complaint + String(chunk)).slice(-2000)));
    this.child.on("error", (error) => (this.complaint += error.message));
    this.lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** Sends a line and waits for the answer. */
  async ask<T>(question: string): Promise<T> {
    this.child.stdin?.write(`${question}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.script} ended; npm run setup installs what it needs.\n${this.complaint}`);
    return JSON.parse(value) as T;
  }

  stop(): void {
    this.child.stdin?.end();
  }
}
