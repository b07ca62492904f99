/** Layer normalization in fewer operations, and without γ or β: TensorFlow.js (4.22) fails with `{ scale: false }`. */
import { tf } from "../../engine/tf";
import { registeredClass, replaceMethod } from "../layers/layer-classes";

interface LayerNormalization {
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma: tf.LayerVariable | null;
  readonly beta: tf.LayerVariable | null;
}

/** y = γ (x − μ) / √(σ² + ε) + β with μ and σ² of each sample over `axis`. */
export function mendLayerNormalization(): void {
  replaceMethod(
    registeredClass("LayerNormalization"),
    "call",
    function (this: LayerNormalization, inputs: tf.Tensor | tf.Tensor[]) {
      const { axis, epsilon, gamma, beta } = this;
      return tf.tidy(() => {
        const x = [inputs].flat()[0];
        const shape = x.shape.map((size, i) => (axis.includes(i) ? size : 1));
        const centred = tf.sub(x, tf.mean(x, [...axis], true));
        const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), [...axis], true), epsilon));
        const scaled = tf.mul(centred, gamma ? tf.mul(inverse, tf.reshape(gamma.read(), shape)) : inverse);
        return beta ? tf.add(scaled, tf.reshape(beta.read(), shape)) : scaled;
      });
    },
  );
}
