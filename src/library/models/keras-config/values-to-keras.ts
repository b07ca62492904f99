/** Settings of layers, as Keras 3 writes them. */
import { OLD_HARD_SIGMOID } from "../layers/activation-strings";
import { type KerasObject, snakeKey } from "./layer-table";

interface Described {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const ACTIVATIONS = new Set(
  [
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid",
    "log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid",
    "sparsemax squareplus swish tanh tanh_shrink threshold",
  ].flatMap((names) => names.split(" ")),
);
const INITIALIZERS = new Set(
  [
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LeCunNormal LeCunUniform Ones Orthogonal",
    "RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros",
  ].flatMap((names) => names.split(" ")),
);
const CONSTRAINTS = new Set(["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"]);
/** Settings whose words are written in snake case. */
const WORDS = new Set(["dataFormat", "outputMode", "mergeMode", "interpolation"]);

/** One setting of the layer of that name; throws for what Keras cannot read. */
export function valueToKeras(layer: string, key: string, value: unknown): unknown {
  if (/activation$/i.test(key)) return activation(layer, value);
  if (value === null || value === undefined) return null;
  if (/Initializer$/.test(key)) return initializer(layer, value as Described);
  if (/Regularizer$/.test(key)) return regularizer(layer, value as Described);
  if (/Constraint$/.test(key)) return constraint(layer, value as Described);
  if (WORDS.has(key) && typeof value === "string") return snakeKey(value);
  return value;
}

function activation(layer: string, value: unknown): string {
  const name = typeof value === "string" ? snakeKey(value) : "linear";
  if (ACTIVATIONS.has(name)) return name;
  const why =
    value === OLD_HARD_SIGMOID ? "the hard sigmoid of Keras 2, which Keras 3 does not have" : `'${String(value)}'`;
  throw new Error(
    `saveModel: layer '${layer}' has the activation ${why}; a .keras file can hold those of Keras 3 alone. ` +
      "Choose one of them, or save the weights with saveWeights.",
  );
}

function initializer(layer: string, { className, config }: Described): KerasObject {
  if (!INITIALIZERS.has(className)) throw unknown(layer, "initializer", className);
  const { mode, distribution, ...rest } = snakeKeys(config);
  const words = {
    ...(typeof mode === "string" && { mode: snakeKey(mode) }),
    // What is called "normal" here is cut off at two standard deviations, as in Keras.
    ...(typeof distribution === "string" && {
      distribution: distribution === "uniform" ? "uniform" : "truncated_normal",
    }),
  };
  const name = className.replace("LeCun", "Lecun");
  return { module: "keras.initializers", class_name: name, config: { ...rest, ...words }, registered_name: null };
}

function regularizer(layer: string, { className, config }: Described): KerasObject {
  if (className !== "L1L2") throw unknown(layer, "regularizer", className);
  return { module: "keras.regularizers", class_name: "L1L2", config: snakeKeys(config), registered_name: null };
}

function constraint(layer: string, { className, config }: Described): KerasObject {
  if (!CONSTRAINTS.has(className)) throw unknown(layer, "constraint", className);
  return { module: "keras.constraints", class_name: className, config: snakeKeys(config), registered_name: null };
}

function unknown(layer: string, what: string, className: string): Error {
  return new Error(
    `saveModel: layer '${layer}' has the ${what} ${className}, which Keras does not have. Use one of Keras', or save the ` +
      "weights with saveWeights.",
  );
}

/** The same settings under Keras' names, those of TensorFlow.js' own housekeeping left out. */
export function snakeKeys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(config).filter(([key, value]) => key !== "customObjects" && value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [snakeKey(key), value]));
}
