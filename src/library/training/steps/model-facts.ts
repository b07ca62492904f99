/** What a recorded step holds fast of a model: compared, it tells whether the recording is still true. */
import type { tf } from "../../engine/tf";
import { layerSeed } from "../../models/layers/training-step";
import { layersWithin } from "../../models/weights/weights-layout";
import type { Optimizer } from "../../techniques/optimizers/optimizer";
import { targetsOf } from "../objective/compile";
import type { TaskName } from "./batch-task";
import { isKnownClass } from "./outside-writes";

/** What a recording is made for. */
export type KeptTask = TaskName | "prediction";

/** Undefined for a model with parts that cannot be compared: functions of the user's, other optimizers, added losses. */
export function modelFacts(model: tf.LayersModel, task: KeptTask): readonly unknown[] | undefined {
  const ofTask = task === "prediction" ? [] : objectiveFacts(model, task);
  if (!ofTask) return undefined;
  const facts: unknown[] = [task, ...model.weights.map((weight) => weight.read()), ...ofTask];
  for (const layer of layersWithin(model)) {
    const ofLayer = layerFacts(layer);
    if (!ofLayer) return undefined;
    facts.push(...ofLayer);
  }
  return facts;
}

/** Of loss and metrics, and of the optimizer where it takes part. */
function objectiveFacts(model: tf.LayersModel, task: TaskName): readonly unknown[] | undefined {
  const { loss, metrics, optimizer } = model as unknown as Record<string, unknown>;
  if (!namesAlone(loss) || !namesAlone(metrics)) return undefined;
  if (task === "evaluation") return [targetsOf(model)];
  if (!isOwnOptimizer(optimizer)) return undefined;
  const trained = model.trainableWeights.map((weight) => weight.read());
  return [targetsOf(model), optimizer, ...optimizer.slotVariables(), ...trained];
}

export function sameFacts(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((fact, i) => Object.is(fact, b[i]));
}

/** Texts, in whatever lists and records: TensorFlow.js' and Keras' names of losses and metrics. */
function namesAlone(given: unknown): boolean {
  if (given === undefined || given === null || typeof given === "string") return true;
  return typeof given === "object" && Object.values(given).every(namesAlone);
}

function isOwnOptimizer(optimizer: unknown): optimizer is Optimizer {
  return typeof optimizer === "object" && optimizer !== null && "stepScalars" in optimizer;
}

/** Numbers, texts and flags of a layer and of what it holds (regularizers, lists), and which objects these are. */
function layerFacts(layer: tf.layers.Layer): unknown[] | undefined {
  // Its states are other tensors after each batch.
  if (layer.stateful || !isKnownClass(layer.getClassName())) return undefined;
  const facts: unknown[] = [layer, layerSeed(layer)];
  for (const name of Object.keys(layer)) {
    const value = (layer as unknown as Record<string, unknown>)[name];
    if (typeof value === "function" || (isNamed(value) && !isKnownClass(value.getClassName()))) return undefined;
    facts.push(name, value);
    if (typeof value === "object" && value !== null) addParts(facts, value as Record<string, unknown>);
  }
  return facts;
}

function addParts(facts: unknown[], value: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(value)) {
    const part = value[name];
    if (typeof part !== "object" && typeof part !== "function") facts.push(part);
  }
}

function isNamed(value: unknown): value is { getClassName(): string } {
  return typeof (value as { getClassName?: unknown } | null | undefined)?.getClassName === "function";
}
