/** Which engine computes, and why. */
import { loadEngine, type Choice, type Rejection } from "./load";
import { cpuFeatures, threadCount } from "./machine";
import { backendNames, type EngineName } from "./names";
import { tf } from "./tf";

/** What computes and why, with what a result depends on. */
export interface EngineReport {
  /** The engine that computes: `native`, `wasm` or `cpu`. */
  readonly name: EngineName;
  /** TensorFlow.js' name of the backend. */
  readonly backend: string;
  /** Version of TensorFlow's library; undefined unless native. */
  readonly tensorflow: string | undefined;
  /** Version of TensorFlow.js. */
  readonly tfjs: string;
  /** One sentence. */
  readonly why: string;
  /** Faster engines that are not available here. */
  readonly rejected: readonly Rejection[];
  /** Instruction sets of the processor that matter; undefined where the system does not tell. */
  readonly cpuFeatures: readonly string[] | undefined;
  /** Whether a GPU computes. */
  readonly gpu: boolean;
  /** Threads that it computes with. */
  readonly threads: number;
}

interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: { TF_Version: string };
}

function reasonFor({ engine, forced, rejected }: Choice): string {
  if (forced) return `DNN_LAB_ENGINE=${engine} forces it.`;
  if (rejected.length === 0) return "It is the fastest engine, and available.";
  return `${rejected.map(({ engine, reason }) => `${engine}: ${reason}`).join("; ")}.`;
}

function describe(choice: Choice): EngineReport {
  // Not the backend in use, which a program may have changed since.
  const native =
    choice.engine === "native" ? (tf.findBackend(backendNames.native) as unknown as NativeBackend) : undefined;
  return Object.freeze({
    name: choice.engine,
    backend: backendNames[choice.engine],
    tensorflow: native?.binding.TF_Version,
    tfjs: tf.version.tfjs,
    why: reasonFor(choice),
    rejected: Object.freeze([...choice.rejected]),
    cpuFeatures: cpuFeatures(),
    gpu: native?.isUsingGpuDevice ?? false,
    threads: choice.engine === "native" ? threadCount() : 1,
  });
}

let report: Promise<EngineReport> | undefined;

/**
 * Tells which engine computes, and why. It is chosen and started when the library is imported, so that nothing needs to
 * wait for it. Later calls return the same report.
 *
 * @example
 * const { name, why } = await useEngine();
 */
export function useEngine(): Promise<EngineReport> {
  report ??= Promise.resolve(engineReport());
  return report;
}

/**
 * The report of {@link useEngine} without a promise.
 *
 * @example const { name, threads } = engineReport();
 */
export function engineReport(): EngineReport {
  return describe(loadEngine());
}
