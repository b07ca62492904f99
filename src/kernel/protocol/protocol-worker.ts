/** Entry of the protocol worker: the only thread that touches sockets, never runs user code and is never busy for long. */
import { parentPort, workerData } from "node:worker_threads";
import type { FromMain, WorkerData } from "./bridge";
import { watchParent } from "./parent-watch";
import { KernelSession } from "./kernel-session";
import { onInterruptSignal } from "./signals";

const port = parentPort;
if (port === null) throw new Error("protocol/protocol-worker.js is started by main.js, not by itself");

const session = new KernelSession(workerData as WorkerData, port as never);
port.on("message", (report: FromMain) => session.onMain(report));
port.on("messageerror", (error) => session.complain(error));
// The notebook's state lives in this process: a fault of one message must not end it.
process.on("uncaughtException", (error) => session.complain(error));
process.on("unhandledRejection", (reason) => session.complain(reason as Error));
onInterruptSignal(() => void session.interrupt());
watchParent({ gone: () => process.kill(process.pid, "SIGKILL"), addressed: () => session.addressed });
session.open().catch((error: Error) => {
  process.stderr.write(`dnn-lab kernel: cannot listen: ${error.message}\n`);
  process.kill(process.pid, "SIGTERM");
});
