/** A key for what a model computes. */
import { createHash } from "node:crypto";
import type { tf } from "../../engine/tf";
import { leafLayers } from "./graph";

/** SHA-256 of a model's layers, connections and weights; names are left out, so that two builds of one network agree. */
export function modelHash(model: tf.LayersModel): string {
  const hash = createHash("sha256");
  hash.update(withoutNames(JSON.stringify(model.toJSON(null, false)), model));
  for (const weight of leafLayers(model).flatMap(({ weights }) => weights)) {
    hash.update(JSON.stringify(weight.shape));
    const values = weight.read().dataSync() as Float32Array;
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/** Layers by their place instead of their names, some of which are counted up with every model that is built. */
function withoutNames(json: string, model: tf.LayersModel): string {
  const places = new Map([...model.layers, ...leafLayers(model)].map(({ name }, place) => [name, place]));
  places.set(model.name, -1);
  return json
    .replaceAll(/"([^"\\]+)"/g, (text, name: string) => (places.has(name) ? `"#${places.get(name)}"` : text))
    .replaceAll(/"trainable":(true|false),?/g, "");
}
