import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  type CellSource,
  type CompiledCell,
  type Completeness,
  type Completion,
  type Inspection,
  type LanguageApi,
  type LanguageReply,
  WORKER_LIMITS,
} from "../language/api";

interface Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The language service in its own thread. The thread is started by `start` or by the first call; should it die (out of
 * memory), the next call starts another one and tells it the cells so far.
 */
export class LanguageClient {
  private worker: Worker | undefined;
  private readonly calls = new Map<number, Call>();
  private readonly committed: { id: string; code: string }[] = [];
  private readonly compiled = new Map<string, string>();
  private count = 0;
  /** True once types are loaded, so that checks are fast. */
  ready = false;

  constructor(private readonly cwd: string) {}

  /** Starts the thread and lets it load TypeScript and its types, which takes the better part of a second. */
  async warmUp(): Promise<void> {
    await this.call("warmUp", []).catch(() => undefined);
    this.ready = true;
  }

  /** Starts the thread and loads TypeScript without any types: enough to transform cells. */
  async loadCompiler(): Promise<void> {
    await this.call("isComplete", ["1"]).catch(() => undefined);
  }

  compile(cell: CellSource): Promise<CompiledCell> {
    this.compiled.set(cell.id, cell.code);
    return this.call("compile", [cell]);
  }

  /** Makes the declarations of a compiled cell known to later cells. */
  commit(id: string): Promise<void> {
    const code = this.compiled.get(id);
    this.compiled.clear();
    if (code !== undefined) this.committed.push({ id, code });
    return this.call("commit", [id]);
  }

  complete(code: string, cursor: number): Promise<Completion> {
    return this.call("complete", [code, cursor]);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<Inspection | null> {
    return this.call("inspect", [code, cursor, detailLevel]);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.call("isComplete", [code]);
  }

  reset(): Promise<void> {
    this.committed.length = 0;
    return this.call("reset", []);
  }

  /** Ends the thread once it has answered what it was asked. */
  async stop(): Promise<void> {
    while (this.calls.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const worker = this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }

  private call<T>(method: keyof LanguageApi, args: unknown[]): Promise<T> {
    this.worker ??= this.spawn();
    this.count += 1;
    const id = this.count;
    return new Promise<T>((resolve, reject) => {
      this.calls.set(id, { resolve: resolve as Call["resolve"], reject });
      this.worker?.postMessage({ id, method, args });
    });
  }

  private spawn(): Worker {
    const worker = new Worker(join(__dirname, "..", "language", "worker.js"), {
      workerData: { cwd: this.cwd },
      resourceLimits: WORKER_LIMITS,
    });
    worker.unref();
    worker.on("message", (answer: LanguageReply) => this.settle(answer));
    worker.on("error", (error) => this.lost(worker, error));
    worker.on("exit", () => this.lost(worker, new Error("the language service ended")));
    return worker;
  }

  private settle(answer: LanguageReply): void {
    const call = this.calls.get(answer.id);
    this.calls.delete(answer.id);
    if ("error" in answer && answer.error !== undefined) call?.reject(new Error(answer.error));
    else call?.resolve((answer as { result: unknown }).result as never);
  }

  private lost(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const call of this.calls.values()) call.reject(error);
    this.calls.clear();
    if (this.committed.length === 0) return;
    const cells = this.committed.splice(0);
    for (const { id, code } of cells) {
      void this.compile({ id, code, check: "off" }).catch(() => undefined);
      void this.commit(id).catch(() => undefined);
    }
  }
}
