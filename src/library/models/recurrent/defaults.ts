/**
 * Keras' defaults of recurrent layers, where TensorFlow.js' are others: `recurrentActivation` is sigmoid (not the hard
 * one), kernels begin with Glorot's uniform distribution, an LSTM's forget gate with a bias of 1, and a GRU has
 * `resetAfter`. `tf.layers.lstm` and its relatives take them too; a layer from a saved configuration has what that says.
 */
import { tf } from "../../engine/tf";
import { Gru, GruCell } from "./gru";

type Options = Record<string, unknown>;
type Factory = (options: Options) => tf.layers.Layer;

const simple = { kernelInitializer: "glorotUniform" };
const gated = { ...simple, recurrentActivation: "sigmoid" };

const DEFAULTS: Record<string, Options> = {
  simpleRNN: simple,
  simpleRNNCell: simple,
  lstm: { ...gated, unitForgetBias: true },
  lstmCell: { ...gated, unitForgetBias: true },
  convLstm2d: { ...gated, unitForgetBias: true },
  convLstm2dCell: { ...gated, unitForgetBias: true },
  gru: { ...gated, resetAfter: true },
  gruCell: { ...gated, resetAfter: true },
};

/** Gives the factories of TensorFlow.js Keras' defaults. */
export function takeKerasDefaults(): void {
  const factories = tf.layers as unknown as Record<string, Factory>;
  const classes: Record<string, Factory> = {
    gru: (options) => new Gru(options),
    gruCell: (options) => new GruCell(options),
  };
  for (const [name, defaults] of Object.entries(DEFAULTS)) {
    const make = classes[name] ?? factories[name];
    factories[name] = (options) => make({ ...defaults, ...withoutUndefined(options) });
  }
}

function withoutUndefined(options: Options): Options {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}
