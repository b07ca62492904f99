/** Recurrent layers with Keras' names and defaults. */
import { checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import "../initialization/seeded";

type Lstm = Parameters<typeof tf.layers.lstm>[0];
type Simple = Parameters<typeof tf.layers.simpleRNN>[0];

/** Options of {@link simpleRNN}: those of `tf.layers.simpleRNN`. */
export type SimpleRNNOptions = Simple;
/** Options of {@link lstm}: those of `tf.layers.lstm`. */
export type LstmOptions = Lstm;

/** Options of {@link gru}: those of `tf.layers.gru`, and Keras' `resetAfter`. */
export interface GruOptions extends Omit<Parameters<typeof tf.layers.gru>[0], "resetAfter"> {
  /**
   * Whether the reset gate is applied after the product with the recurrent weights (default true, as in Keras); the
   * bias is then `[2, 3 · units]`.
   */
  resetAfter?: boolean;
}

const COMMON = [
  "units activation useBias kernelInitializer recurrentInitializer biasInitializer kernelRegularizer",
  "recurrentRegularizer biasRegularizer activityRegularizer kernelConstraint recurrentConstraint biasConstraint dropout",
  "recurrentDropout dropoutFunc returnSequences returnState goBackwards stateful unroll inputDim inputLength",
  "inputShape batchInputShape batchSize dtype inputDType name trainable weights",
].flatMap((names) => names.split(" "));

/**
 * A simple recurrent layer: h ← tanh(x W + h U + b) at each step, as `keras.layers.SimpleRNN`.
 *
 * Input `[batch, steps, features]`, output `[batch, units]`, or `[batch, steps, units]` with `returnSequences`.
 * @example tf.sequential({ layers: [simpleRNN({ units: 8, inputShape: [20, 3] }), tf.layers.dense({ units: 1 })] })
 * @throws TypeError for an option that is not known.
 */
export function simpleRNN(options: SimpleRNNOptions): tf.layers.Layer {
  return tf.layers.simpleRNN(checkOptions("simpleRNN", options, COMMON));
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber, 1997), as `keras.layers.LSTM`: gates with a sigmoid, a forget
 * gate that begins with a bias of 1.
 *
 * Input `[batch, steps, features]`, output `[batch, units]`, or `[batch, steps, units]` with `returnSequences`.
 * @example tf.sequential({ layers: [lstm({ units: 8, inputShape: [20, 3] }), tf.layers.dense({ units: 1 })] })
 * @throws TypeError for an option that is not known.
 */
export function lstm(options: LstmOptions): tf.layers.Layer {
  const names = [...COMMON, "recurrentActivation", "unitForgetBias", "implementation"];
  return tf.layers.lstm(checkOptions("lstm", options, names));
}

/**
 * A gated recurrent unit (Cho et al., 2014), as `keras.layers.GRU`: gates with a sigmoid, `resetAfter: true`.
 *
 * Input `[batch, steps, features]`, output `[batch, units]`, or `[batch, steps, units]` with `returnSequences`.
 * @example tf.sequential({ layers: [gru({ units: 8, inputShape: [20, 3] }), tf.layers.dense({ units: 1 })] })
 * @throws TypeError for an option that is not known.
 */
export function gru(options: GruOptions): tf.layers.Layer {
  const names = [...COMMON, "recurrentActivation", "resetAfter", "implementation"];
  return tf.layers.gru(checkOptions("gru", options as object, names) as never);
}
