/** Recurrent layers with Keras' names and defaults. */
import { checkOptions, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import "../initialization/seeded";
import { LAYER_OPTIONS } from "../layers/layer-options";

type Lstm = Parameters<typeof tf.layers.lstm>[0];
type Simple = Parameters<typeof tf.layers.simpleRNN>[0];

/** Options of {@link simpleRNN}: those of `tf.layers.simpleRNN`, which makes its cell itself. */
export type SimpleRNNOptions = Omit<Simple, "cell">;
/** Options of {@link lstm}: those of `tf.layers.lstm`, which makes its cell itself. */
export type LstmOptions = Omit<Lstm, "cell">;

/** Options of {@link gru}: those of `tf.layers.gru`, and Keras' `resetAfter`. */
export interface GruOptions extends Omit<Parameters<typeof tf.layers.gru>[0], "cell" | "resetAfter"> {
  /**
   * Whether the reset gate is applied after the product with the recurrent weights (default true, as in Keras); the
   * bias is then `[2, 3 · units]`.
   */
  resetAfter?: boolean;
}

const COMMON: OptionNames<SimpleRNNOptions> = {
  units: true,
  activation: true,
  useBias: true,
  kernelInitializer: true,
  recurrentInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  recurrentRegularizer: true,
  biasRegularizer: true,
  kernelConstraint: true,
  recurrentConstraint: true,
  biasConstraint: true,
  dropout: true,
  recurrentDropout: true,
  dropoutFunc: true,
  returnSequences: true,
  returnState: true,
  goBackwards: true,
  stateful: true,
  unroll: true,
  inputDim: true,
  inputLength: true,
  ...LAYER_OPTIONS,
};

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
  const names = { ...COMMON, recurrentActivation: true, unitForgetBias: true, implementation: true } as const;
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
  const names = { ...COMMON, recurrentActivation: true, resetAfter: true, implementation: true } as const;
  return tf.layers.gru(checkOptions("gru", options, names) as never);
}
