/** The WebAssembly engine: its three binaries come from the package's own folder, so it works offline. */
import * as tf from "@tensorflow/tfjs";
import { dirname, join, sep } from "node:path";
import { registerTrainingKernels } from "./wasm-kernels";

interface WasmPackage {
  setWasmPaths(folder: string): void;
}

/**
 * Registers the backend, which compiles later (see `startWasm`); tensors made before that are refused by TensorFlow.js
 * with the advice to wait. Returns the reason when the package is missing. Runs on one thread: TensorFlow.js keeps
 * threads to browsers (its issue 3830).
 */
export function registerWasm(): string | undefined {
  try {
    const main = require.resolve("@tensorflow/tfjs-backend-wasm");
    const { setWasmPaths } = require(main) as WasmPackage;
    setWasmPaths(join(dirname(main), sep));
    registerTrainingKernels();
    return undefined;
  } catch (error) {
    return `@tensorflow/tfjs-backend-wasm does not load: ${(error as Error).message.split("\n")[0]}`;
  }
}

/** Compiles the backend and makes it the one that computes. Returns the reason when that fails. */
export async function startWasm(): Promise<string | undefined> {
  try {
    if (await tf.setBackend("wasm")) return undefined;
    return "the WebAssembly backend does not start here";
  } catch (error) {
    return `the WebAssembly backend does not start: ${(error as Error).message.split("\n")[0]}`;
  }
}
