/** The part of TensorFlow.js' engine that a termination can leave in the middle of something. */
import { Array, realm } from "../intrinsics";
interface EngineState {
  scopeStack: unknown[];
  activeScope?: unknown;
  gradientDepth?: number;
  kernelDepth?: number;
  activeTape?: unknown;
}

interface Engine {
  readonly state: EngineState;
  endScope(): void;
}

/** What `repair` needs to know from before the cell. */
export interface EngineMark {
  readonly scopes: number;
}

/** TensorFlow.js keeps its engine in a global of this name; the kernel looks there and never loads it. */
function findEngine(): Engine | undefined {
  const engine = (realm as { _tfengine?: Partial<Engine> })._tfengine;
  return Array.isArray(engine?.state?.scopeStack) ? (engine as Engine) : undefined;
}

/** Notes how deep the engine's scopes are before a cell. */
export function markEngine(): EngineMark {
  return { scopes: findEngine()?.state.scopeStack.length ?? 0 };
}

/**
 * After V8 has terminated a cell no `finally` has run: open `tidy` scopes are ended (which disposes their tensors), a
 * gradient's tape is dropped, and models that believe that `fit` still runs are freed. Returns what was done.
 */
export function repair(mark: EngineMark, values: readonly unknown[]): string[] {
  const done: string[] = [];
  const engine = findEngine();
  if (engine !== undefined) done.push(...repairEngine(engine, mark));
  // A sequential model trains through another one inside it.
  const models = values.flatMap((value) => [value, innerModel(value)]).filter(isTrainingModel);
  for (const model of models) model.isTraining = false;
  if (models.length > 0) done.push(`${models.length} model(s) marked as no longer training`);
  return done;
}

function repairEngine(engine: Engine, mark: EngineMark): string[] {
  const { state } = engine;
  const open = state.scopeStack.length - mark.scopes;
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  state.activeTape = null;
  for (let scope = 0; scope < open; scope += 1) engine.endScope();
  return open > 0 ? [`${open} open tidy scope(s) ended`] : [];
}

function innerModel(value: unknown): unknown {
  try {
    return (value as { model?: unknown } | null | undefined)?.model;
  } catch {
    return undefined;
  }
}

function isTrainingModel(value: unknown): value is { isTraining: boolean } {
  if (typeof value !== "object" || value === null) return false;
  const model = value as { isTraining?: unknown; stopTraining?: unknown; fit?: unknown };
  return model.isTraining === true && typeof model.fit === "function";
}
