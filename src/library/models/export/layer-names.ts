/** Which layer an operation belongs to, read from the stack of its call. */
import type { tf } from "../../engine/tf";
import { leafLayers } from "../transfer/graph";

const MARK = "dnn-lab layer ";

interface Callable {
  readonly name: string;
  call: (...args: unknown[]) => unknown;
}

/** Runs `body` while each layer's `call` bears the layer's name on the stack. */
export function withLayerNames<T>(model: tf.LayersModel, body: () => T): T {
  const layers = leafLayers(model) as unknown as Callable[];
  const owned = layers.map((layer) => Object.getOwnPropertyDescriptor(layer, "call"));
  for (const layer of layers) {
    const { call } = layer;
    const named = function (this: unknown, ...args: unknown[]): unknown {
      return call.apply(this, args);
    };
    Object.defineProperty(named, "name", { value: `${MARK}<${layer.name}>` });
    layer.call = named;
  }
  try {
    return body();
  } finally {
    layers.forEach((layer, i) => {
      Reflect.deleteProperty(layer, "call");
      if (owned[i]) Object.defineProperty(layer, "call", owned[i]);
    });
  }
}

/** The innermost layer on the stack of an error. */
export function layerAt({ stack }: Error): string | undefined {
  return /dnn-lab layer <(.*?)>/.exec(stack ?? "")?.[1];
}
