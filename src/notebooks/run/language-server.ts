/** The language server that the kernels of a batch share (see `language/server.ts` of dnn-lab-kernel). */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LANGUAGE_SERVER_VARIABLE } from "dnn-lab-core/language-server-variable";
import { kernelFolder } from "../python/kernel-package";

/** What it may take; a kernel whose server is gone goes on with a thread of its own. */
const HEAP_MEGABYTES = 1500;

export class LanguageServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** Environment of kernels that are to use it. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts one; undefined when the kernel's package is not installed or the server does not start: kernels work without it. */
  static async start(): Promise<LanguageServer | undefined> {
    const kernel = kernelFolder();
    if (kernel === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), "dnn-lab-language-"));
    const socket =
      process.platform === "win32" ? `\\\\.\\pipe\\${folder.replace(/[\\/:]/g, "-")}` : join(folder, "socket");
    const script = join(kernel, "dist", "language", "server.js");
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, script, socket], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const server = new LanguageServer(child, folder, { [LANGUAGE_SERVER_VARIABLE]: socket });
    const listens = await new Promise<boolean>((settle) => {
      child.once("error", () => settle(false));
      child.once("exit", () => settle(false));
      createInterface({ input: child.stdout }).once("line", () => settle(true));
    });
    if (listens) return server;
    await server.stop();
    return undefined;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((settle) => this.child.once("exit", settle));
      this.child.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
