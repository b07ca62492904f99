/** What layers remember in JavaScript from call to call, which a replayed step would not bring up to date. */
import { UnsupportedStep } from "../../engine/compile";
import type { tf } from "../../engine/tf";
import { layersWithin } from "../../models/weights/weights-layout";

/** One number, text or flag of a layer. */
interface Property {
  readonly layer: tf.layers.Layer;
  readonly name: string;
  readonly value: unknown;
}

/**
 * Runs `body` and throws an {@link UnsupportedStep} when a layer of the model counts its calls, or changes another
 * number, text or flag of its own meanwhile: a schedule inside a layer would stand still in a replay.
 */
export function withHostStateWatched<T>(model: tf.LayersModel, body: () => T): T {
  const before = hostState(model);
  const result = body();
  const changed = before.find(({ layer, name, value }) => !Object.is(valueOf(layer, name), value));
  if (changed === undefined) return result;
  const { layer, name, value } = changed;
  const change = `from ${String(value)} to ${String(valueOf(layer, name))}`;
  throw new UnsupportedStep(
    "host-state-changes",
    `layer '${layer.name}' (${layer.getClassName()}) changes its property '${name}' in a step (${change}), which a replay would not; keep it in a tf.variable`,
  );
}

function hostState(model: tf.LayersModel): Property[] {
  return [...layersWithin(model)].flatMap((layer) =>
    Object.keys(layer)
      .map((name) => ({ layer, name, value: valueOf(layer, name) }))
      .filter(({ value }) => ["number", "string", "boolean"].includes(typeof value)),
  );
}

function valueOf(layer: tf.layers.Layer, name: string): unknown {
  return (layer as unknown as Record<string, unknown>)[name];
}
