/**
 * Keras' defaults of recurrent layers, where TensorFlow.js' are others: `recurrentActivation` is sigmoid (not the hard
 * one), kernels begin with Glorot's uniform distribution, an LSTM's forget gate with a bias of 1, and a GRU has
 * `resetAfter`. `tf.layers.lstm` and its relatives take them too; a layer from a saved configuration has what that says.
 */
import { tf } from "../../engine/tf";
import { checkKeys } from "dnn-lab-core/check";
import { SHARED_OPTIONS } from "../layers/unknown-options";
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

const PARTS = ["kernel", "recurrent", "bias"];
/** Options of these two layers, which are this library's own. */
const GRU_CELL = [
  ...["units", "activation", "recurrentActivation", "useBias", "dropout", "recurrentDropout", "implementation"],
  ...["Initializer", "Regularizer", "Constraint"].flatMap((kind) => PARTS.map((part) => `${part}${kind}`)),
  ...["resetAfter", ...SHARED_OPTIONS],
];
const OF_RECURRENT_LAYERS = ["returnSequences", "returnState", "goBackwards", "stateful", "unroll"];

/** Gives the factories of TensorFlow.js Keras' defaults. */
export function takeKerasDefaults(): void {
  const factories = tf.layers as unknown as Record<string, Factory>;
  const classes: Record<string, Factory> = {
    gru: (options) => new Gru(checkKeys("tf.layers.gru", options, [...GRU_CELL, ...OF_RECURRENT_LAYERS])),
    gruCell: (options) => new GruCell(checkKeys("tf.layers.gruCell", options, GRU_CELL)),
  };
  for (const [name, defaults] of Object.entries(DEFAULTS)) {
    const make = classes[name] ?? factories[name];
    factories[name] = (options) => make({ ...defaults, ...withoutUndefined(options) });
  }
}

function withoutUndefined(options: Options): Options {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}
