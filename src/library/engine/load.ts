/** Chooses and starts the engine when TensorFlow.js is first imported; the first tensor may follow at once. */
import { noteEngine } from "dnn-lab-core/run-facts";
import { startCpu } from "./cpu";
import { loadNative } from "./native";
import { forcedEngine, type EngineName } from "./names";
import { startWasm } from "./wasm";

/** An engine that was not taken. */
export interface Rejection {
  /** Which. */
  readonly engine: EngineName;
  /** Why not. */
  readonly reason: string;
}

/** The choice as far as it is made. */
export interface Choice {
  readonly engine: EngineName;
  readonly forced: boolean;
  readonly rejected: readonly Rejection[];
}

const starters: Record<EngineName, () => string | undefined> = {
  native: loadNative,
  wasm: startWasm,
  cpu: () => void startCpu(),
};

/** Thrown when the engine that `DNN_LAB_ENGINE` forces is not available. */
export function unavailable({ engine, reason }: Rejection): Error {
  return new Error(`DNN_LAB_ENGINE=${engine}: ${reason}. Unset DNN_LAB_ENGINE to take the fastest engine there is.`);
}

/** Tries the engines in order; `start` returns the reason when one is not available. */
export function choose(forced: EngineName | undefined, start: (engine: EngineName) => string | undefined): Choice {
  const rejected: Rejection[] = [];
  for (const engine of forced ? [forced] : (["native", "wasm", "cpu"] as const)) {
    const reason = start(engine);
    if (reason === undefined) return { engine, forced: forced !== undefined, rejected };
    rejected.push({ engine, reason });
  }
  throw unavailable(rejected[0]);
}

let choice: Choice | undefined;

/** Loads the engine, once; a later call returns the choice that was made. */
export function loadEngine(): Choice {
  if (choice === undefined) {
    choice = choose(forcedEngine(), (engine) => starters[engine]());
    noteEngine(choice.engine);
  }
  return choice;
}
