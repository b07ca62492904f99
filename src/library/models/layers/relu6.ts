/** ReLU cut off at 6 as one operation, with Keras' class name. */
import { tf } from "../../engine/tf";
import { registeredClass } from "./layer-classes";

type RegistrableClass = Parameters<typeof tf.serialization.registerClass>[0];
type ReluOptions = NonNullable<Parameters<typeof tf.layers.reLU>[0]>;

const Plain = registeredClass("ReLU") as unknown as {
  new (options?: ReluOptions): tf.layers.Layer & { readonly maxValue?: number };
  readonly className: string;
};

/**
 * TensorFlow.js' layer computes a cut-off in two steps whose gradient takes many; TensorFlow has one operation for the
 * limit 6, and joins it with the convolution before it. Takes the plain class's place when a saved model is loaded.
 */
class Relu extends Plain {
  static override readonly className: string = "ReLU";

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[] {
    if (this.maxValue !== 6) return super.call(inputs, kwargs as never);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs as never);
      return tf.relu6(Array.isArray(inputs) ? inputs[0] : inputs);
    });
  }
}

tf.serialization.registerClass(Relu as unknown as RegistrableClass);

/** min(max(0, x), 6), Keras' `layers.ReLU(6.0)`. @example relu6({ name: "Conv1_relu" }).apply(x) */
export function relu6(options: { name?: string } = {}): tf.layers.Layer {
  return new Relu({ maxValue: 6, ...options });
}
