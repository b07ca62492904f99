/** Listens to the layers of a model during one pass: what comes out of each, and the loss's gradient at its net input. */
import { tf } from "../../engine/tf";
import { layerPlaces, type LayerPlace } from "../../models/weights/weights-layout";

type Layer = tf.layers.Layer;

/** One use of a layer in a pass. Tensors are kept; {@link LayerTaps.dispose} releases them. */
export interface Tap {
  readonly place: LayerPlace;
  /** What the layer put out, `[samples, …]`. */
  readonly output: tf.Tensor;
  /** ∂L/∂n with n the net input; undefined until the backward pass has come by. */
  sensitivity: tf.Tensor | undefined;
}

interface Activated {
  activation?: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string };
}

export class LayerTaps {
  readonly taps: Tap[] = [];

  constructor(private readonly model: tf.LayersModel) {}

  /** Runs `body` with every layer of the model listened to, those of nested models included. */
  during<T>(body: () => T): T {
    const places = layerPlaces(this.model).filter(({ layer }) => !("layers" in layer));
    for (const place of places) this.listen(place);
    try {
      return body();
    } finally {
      for (const { layer } of places) delete (layer as Partial<Layer>).call;
    }
  }

  dispose(): void {
    for (const { output, sensitivity } of this.taps) tf.dispose([output, ...(sensitivity ? [sensitivity] : [])]);
    this.taps.length = 0;
  }

  /** Puts a method of the layer's own before that of its class; deleting it takes it away again. */
  private listen(place: LayerPlace): void {
    const { layer } = place;
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const heard: { sensitivity?: (dy: tf.Tensor) => void } = {};
      const through = (x: tf.Tensor) => withGradientHeard(x, (dy) => heard.sensitivity?.(dy));
      const [result, atNetInput] = withNetInput(layer, through, () => call(inputs, kwargs));
      // Recurrent cells hand on several tensors; their layer is listened to.
      if (!(result instanceof tf.Tensor) || result.dtype !== "float32") return result;
      const output = atNetInput ? result : through(result);
      const tap: Tap = { place, output: tf.keep(output.clone()), sensitivity: undefined };
      heard.sensitivity = (dy) => (tap.sensitivity = tf.keep(dy.clone()));
      this.taps.push(tap);
      return output;
    };
  }
}

/**
 * Runs `body` (a layer's call) with `through` put between its net input and its activation. The second result tells
 * whether there was an activation: a layer without one has its output as net input.
 */
function withNetInput<T>(layer: Layer, through: (x: tf.Tensor) => tf.Tensor, body: () => T): [T, boolean] {
  const own = layer as Layer & Activated;
  // Recurrent layers show their cell's activation by a getter of their class: it acts at every time step.
  if (!Object.hasOwn(own, "activation") || !own.activation) return [body(), false];
  const activation = own.activation;
  let used = false;
  // A class name that TensorFlow.js cannot fuse with the product before it.
  own.activation = {
    apply: (x) => ((used = true), activation.apply(through(x))),
    getClassName: () => "netInput",
  };
  try {
    const result = body();
    return [result, used];
  } finally {
    own.activation = activation;
  }
}

/** The identity, which tells the gradient that passes back through it. */
export function withGradientHeard(x: tf.Tensor, hear: (dy: tf.Tensor) => void): tf.Tensor {
  const identity = tf.customGrad((value) => ({
    value: (value as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => {
      hear(dy);
      return dy.clone();
    },
  }));
  return identity(x);
}
