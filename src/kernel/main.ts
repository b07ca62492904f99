/** Entry of the kernel: `node main.js <connection file>`. This thread runs user code and nothing else. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromMain, ToMain, WorkerData } from "./protocol/bridge";
import { descriptorIn } from "./protocol/descriptor";

const INPUT_LIMIT_BYTES = 1024 * 1024;

function main(connectionFile: string | undefined): void {
  if (connectionFile === undefined) {
    process.stderr.write(
      "usage: main.js <connection file>. Jupyter starts the kernel; `npx dnn-lab-kernel install` tells Jupyter about it.\n",
    );
    process.exit(2);
  }
  // Cells get another `process.exit`, which says goodbye first.
  const exit = process.exit.bind(process);
  const interrupt = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const control = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT));
  const inputBytes = new Uint8Array(new SharedArrayBuffer(INPUT_LIMIT_BYTES));
  const places = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: WorkerData = { connectionFile, startedAt: Date.now(), interrupt, control, inputBytes, places };
  // The worker comes first: both load their modules at the same time.
  const worker = new Worker(join(__dirname, "protocol", "protocol-worker.js"), { workerData });
  // Libraries that work for long watch the flag: element 0 asks to stop, element 1 counts who listens.
  Object.defineProperty(globalThis, Symbol.for("dnn-lab.interrupt"), { value: interrupt, enumerable: false });
  worker.on("error", (error) => {
    process.stderr.write(`dnn-lab kernel: ${error.stack ?? error.message}\n`);
    exit(1);
  });
  const { createOwnRealm } = require("./runtime/own-realm") as typeof import("./runtime/own-realm");
  const load = createOwnRealm();
  const runtimeFile = (name: string): unknown => load(join(__dirname, "runtime", `${name}.js`));
  const { createPort } = runtimeFile("port") as typeof import("./runtime/port");
  const { redirect } = require("./protocol/native-output") as typeof import("./protocol/native-output");
  const { Runtime } = runtimeFile("runtime") as typeof import("./runtime/runtime");
  const port = createPort(worker, { interrupt, control, inputBytes });
  const { answerAlive, keepListening } = runtimeFile("alive") as typeof import("./runtime/alive");
  const { observe } = runtimeFile("observe") as typeof import("./runtime/observe");
  const runtime = new Runtime(port);
  keepListening();
  observe();
  // Whoever gives a socket in place of a connection file does not trust the cells.
  if (descriptorIn(connectionFile) !== undefined)
    (runtimeFile("closed") as typeof import("./runtime/closed")).closeToCells();
  // SIGINT is handled by the worker, which is never busy; Node must not end the process.
  process.on("SIGINT", () => undefined);
  worker.on("message", (work: ToMain | { type: "pipes"; pipes?: { stdout: string; stderr: string } }) => {
    if (work.type !== "pipes") return runtime.handle(work);
    if (work.pipes !== undefined) {
      redirect(1, work.pipes.stdout);
      redirect(2, work.pipes.stderr);
    }
    Atomics.store(places, 0, 1);
    Atomics.notify(places, 0);
    answerAlive();
    port.post({ type: "ready" } satisfies FromMain);
  });
}

main(process.argv[2]);
