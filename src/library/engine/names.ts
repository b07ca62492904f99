/** The engines that can compute, from fastest to slowest, and the environment variable that forces one. */
import { process } from "../platform";
import type { Environment } from "dnn-lab-core/types";
import { checkOneOf } from "dnn-lab-core/check";

export const engineNames = ["native", "wasm", "cpu"] as const;

/**
 * - `native`: tfjs-node on TensorFlow's C library (pip's, linked by the set-up, or the one tfjs-node installed);
 * - `wasm`: TensorFlow.js' WebAssembly kernels, no installation, training too, on one thread;
 * - `cpu`: TensorFlow.js' plain JavaScript kernels, complete and slow.
 */
export type EngineName = (typeof engineNames)[number];

/** Name under which TensorFlow.js knows the backend of an engine. */
export const backendNames: Readonly<Record<EngineName, string>> = { native: "tensorflow", wasm: "wasm", cpu: "cpu" };

/**
 * The engine that `DNN_LAB_ENGINE` forces; undefined when it is not set (then the fastest available one is taken).
 * Throws a `TypeError` that lists the engines for any other value.
 */
export function forcedEngine(env: Environment = process.env): EngineName | undefined {
  const name = env.DNN_LAB_ENGINE;
  return name ? checkOneOf("DNN_LAB_ENGINE", "value", name, engineNames) : undefined;
}
