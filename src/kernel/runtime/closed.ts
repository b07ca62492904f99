/** Closes to the code of cells what leads from their thread into the kernel's others: for a kernel whose answers are judged. */
import { accessSync, constants, realpathSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { Error, Object, Proxy, Reflect, process } from "../intrinsics";

type Exports = Record<string, unknown>;
type Construct = new (file: string | URL, options?: { execArgv?: readonly string[] }) => object;

/** Loaded first by every worker that a cell starts; see there. */
const PRELOAD = join(__dirname, "closed-preload.js");

function denied(what: string): (...args: never[]) => never {
  return function closed() {
    throw Object.assign(new Error(`${what} is closed to code that is graded.`), { code: "ERR_ACCESS_DENIED" });
  };
}

function close(target: object, names: readonly string[], prefix: string): void {
  for (const name of names)
    if (name in target)
      Object.defineProperty(target, name, { value: denied(`${prefix}.${name}`), writable: false, configurable: false });
}

/** The debugger reads and changes all threads of a process. */
function closeInspector(): void {
  // The second is made of the first: both are there before one is closed.
  const modules = ["node:inspector", "node:inspector/promises"].map(
    (name) => [name, require(name) as Exports] as const,
  );
  for (const [name, inspector] of modules) {
    close(inspector, ["Session", "open", "close", "url", "waitForDebugger"], name.slice("node:".length));
  }
  close(process, ["binding", "_linkedBinding", "_debugProcess", "_debugEnd"], "process");
  // Otherwise the signal opens the debugger's port.
  process.on("SIGUSR1", () => undefined);
}

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Native code can do everything in the process, so only code that the cells cannot have written is loaded. */
function closeAddons(): void {
  const load = process.dlopen.bind(process);
  const checked: typeof process.dlopen = (module, filename, flags) => {
    const path = realpathSync(filename);
    if (isWritable(path) || isWritable(dirname(path))) denied(`process.dlopen of ${filename}`)();
    if (flags === undefined) load(module, filename);
    else load(module, filename, flags);
  };
  Object.defineProperty(process, "dlopen", { value: checked, writable: false, configurable: false });
}

/** Each worker has modules of its own, in which the same is closed before its first line runs. */
function closeWorkers(): void {
  const threads = require("node:worker_threads") as Exports;
  const original = threads.Worker as Construct;
  const Worker = new Proxy(original, {
    construct(target, [file, options = {}]: [string | URL, { execArgv?: readonly string[] }?], made) {
      const execArgv = [...(options.execArgv ?? []), "--require", PRELOAD];
      return Reflect.construct(target, [file, { ...options, execArgv }], made) as object;
    },
  });
  Object.defineProperty(original.prototype, "constructor", { value: Worker, writable: false, configurable: false });
  threads.Worker = Worker;
}

/** Forgets the kernel's own modules: what cells load of them is a copy, whose classes the kernel does not use. */
function forgetModules(): void {
  const own = dirname(__dirname);
  for (const name of Object.keys(require.cache)) if (name.startsWith(own)) delete require.cache[name];
}

/** Closes all of it, for good. What the kernel needs of it, it has by now. */
export function closeToCells(): void {
  closeInspector();
  closeAddons();
  closeWorkers();
  syncBuiltinESMExports();
  forgetModules();
}
