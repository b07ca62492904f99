/** Worker threads whose program is TypeScript. */
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import workerThreads = require("node:worker_threads");
import { Object } from "../../intrinsics";
import { isTypeScript } from "./resolve";

/** What the first file of such a thread gets; the user's own data is within. */
export interface TypeScriptWorkerData {
  readonly file: string;
  readonly data: unknown;
}

const FIRST_FILE = join(__dirname, "worker-main.js");

/** Lets `new Worker("./w.ts")` work, relative to the folder of the notebook like any worker, and `new URL("./w.ts", …)`. */
export function startTypeScriptWorkers(): void {
  const { Worker } = workerThreads;
  class TypeScriptWorker extends Worker {
    constructor(program: string | URL, options: workerThreads.WorkerOptions = {}) {
      const file = options.eval ? undefined : typeScriptFile(program);
      const workerData: TypeScriptWorkerData = { file: file ?? "", data: options.workerData as unknown };
      if (file === undefined) super(program, options);
      else super(FIRST_FILE, { ...options, workerData });
    }
  }
  Object.defineProperty(TypeScriptWorker, "name", { value: "Worker" });
  workerThreads.Worker = TypeScriptWorker;
  syncBuiltinESMExports();
}

function typeScriptFile(program: string | URL): string | undefined {
  if (typeof program === "string") return isTypeScript(program) ? program : undefined;
  return program.protocol === "file:" && isTypeScript(program.pathname) ? fileURLToPath(program) : undefined;
}
