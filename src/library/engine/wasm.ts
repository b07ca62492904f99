/** The WebAssembly engine: its binaries come from the package's own folder, so it works offline. */
import * as tf from "@tensorflow/tfjs";
import { dirname, join, readFileSync, process, requireModule } from "../platform";
import { registerTrainingKernels } from "./wasm-kernels";

interface WasmPackage {
  readonly BackendWasm: new (module: WasmModule) => tf.KernelBackend;
}

/** What Emscripten's glue code makes; `tfjs` holds the functions that TensorFlow.js calls. */
interface WasmModule {
  cwrap(name: string, returns: "number" | null, parameters: readonly "number"[]): unknown;
  tfjs?: Record<string, unknown>;
}

/** The runtime's own; Node's types leave it out. */
interface Runtime {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  validate(binary: Uint8Array): boolean;
}

type Receiver = (instance: object, module: object) => void;
type Factory = (module: { instantiateWasm(imports: object, receive: Receiver): object }) => Promise<WasmModule>;

const runtime = (): Runtime => (globalThis as unknown as { WebAssembly: Runtime }).WebAssembly;

/**
 * Starts the backend and makes it the one that computes. Returns the reason when that fails.
 *
 * TensorFlow.js compiles its backend while it waits, so that a tensor made at once is refused; the same code also starts
 * without waiting when it is handed the compiled module. Runs on one thread: TensorFlow.js keeps threads to browsers (its
 * issue 3830).
 */
export function startWasm(): string | undefined {
  try {
    const main = requireModule.resolve("@tensorflow/tfjs-backend-wasm");
    const { BackendWasm } = requireModule(main) as WasmPackage;
    const module = startModule(join(dirname(main), "..", "wasm-out"));
    tf.removeBackend("wasm"); // the package's own, which waits
    tf.registerBackend("wasm", () => new BackendWasm(module), 2);
    registerTrainingKernels();
    void tf.setBackend("wasm");
    return tf.getBackend() === "wasm" ? undefined : "the WebAssembly backend does not start here";
  } catch (error) {
    return `@tensorflow/tfjs-backend-wasm does not start: ${(error as Error).message.split("\n")[0]}`;
  }
}

/** Runs Emscripten's glue code, which is done when it returns because nothing is left to wait for. */
function startModule(folder: string): WasmModule {
  const factory = requireModule(join(folder, "tfjs-backend-wasm.js")) as Factory;
  const binary = compile(folder);
  const module = {
    instantiateWasm(imports: object, receive: Receiver) {
      const instance = new (runtime().Instance)(binary, imports);
      receive(instance, binary);
      return instance.exports;
    },
  };
  withoutNewListeners(() => void factory(module));
  const started = module as unknown as WasmModule;
  started.tfjs = functionsOf(started);
  return started;
}

/** The binary with vector instructions where the runtime has them, as all that are supported do. */
function compile(folder: string): object {
  const read = (name: string) => readFileSync(join(folder, name));
  const simd = read("tfjs-backend-wasm-simd.wasm");
  const { Module, validate } = runtime();
  return new Module(validate(simd) ? simd : read("tfjs-backend-wasm.wasm"));
}

function functionsOf(module: WasmModule): Record<string, unknown> {
  const number = "number";
  return {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, [number]),
    getThreadsCount: module.cwrap("get_threads_count", number, []),
    registerTensor: module.cwrap("register_tensor", null, [number, number, number]),
    disposeData: module.cwrap("dispose_data", null, [number]),
    dispose: module.cwrap("dispose", null, []),
  };
}

/** The glue code listens to the process' errors only to throw them again. */
function withoutNewListeners(start: () => void): void {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.listeners(event as "exit"));
  start();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as "exit")) {
      if (!before[i].includes(listener)) process.removeListener(event, listener as () => void);
    }
  });
}
