/**
 * `model.trainable = false` as in Keras: it reaches every layer, those of nested models too. TensorFlow.js (4.22) marks
 * the weights of the uppermost layers alone, so that a batch normalization below goes on following the data.
 */
import { tf } from "../../engine/tf";
import { methodOf, type RegisteredClass, registeredClass, replaceMethod } from "../layers/layer-classes";

interface Container {
  readonly layers?: readonly tf.layers.Layer[];
}

/** How many Sequential models are putting themselves together, in which the flag is only handed on. */
let building = 0;

export function mendTrainable(): void {
  const container = Object.getPrototypeOf(tf.LayersModel.prototype) as object;
  const own = Object.getOwnPropertyDescriptor(container, "trainable")!;
  Object.defineProperty(container, "trainable", {
    ...own,
    set(this: Container, value: boolean) {
      own.set!.call(this, value);
      if (building === 0) for (const layer of this.layers ?? []) layer.trainable = value;
    },
  });
  const sequential: RegisteredClass = registeredClass("Sequential");
  const build = methodOf(sequential, "build");
  replaceMethod(sequential, "build", function (this: unknown, ...args: unknown[]) {
    building++;
    try {
      return build.apply(this, args);
    } finally {
      building--;
    }
  });
}
