/** Multi-head attention as Keras has it; TensorFlow.js (4.22) has none. */
import { checkBoolean, checkNumber, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { dropUnits } from "./noise";
import "../initialization/seeded";
import { nextRandomKey, seedLayer } from "./training-step";
import { LAYER_OPTIONS } from "./layer-options";

type LayerOptions = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;
type Dense = Parameters<typeof tf.layers.dense>[0];
type RegistrableClass = Parameters<typeof tf.serialization.registerClass>[0];
type Initializer = Exclude<NonNullable<Dense["kernelInitializer"]>, string>;

/** Options of {@link multiHeadAttention}. */
export interface MultiHeadAttentionOptions extends LayerOptions {
  /** Number of heads. */
  numHeads: number;
  /** Size of each head's queries and keys. */
  keyDim: number;
  /** Size of each head's values (default `keyDim`). */
  valueDim?: number;
  /** Features of the output (default: those of the queries). */
  outputShape?: number;
  /** Probability that an attention weight is dropped in training (default 0). */
  dropout?: number;
  /** Whether the four projections have biases (default true). */
  useBias?: boolean;
  /** Whether a query attends to its own and earlier places only (default false); in Keras an argument of the call. */
  useCausalMask?: boolean;
  /** Of the four projections' weights (default Glorot uniform). */
  kernelInitializer?: Dense["kernelInitializer"];
  /** Of their biases (default zeros). */
  biasInitializer?: Dense["biasInitializer"];
  /** Penalty on their weights. */
  kernelRegularizer?: Dense["kernelRegularizer"];
  /** Penalty on their biases. */
  biasRegularizer?: Dense["biasRegularizer"];
  /** Of the dropout's masks; default: drawn from `setRandomSeed`. */
  seed?: number;
}

const OWNER = "multiHeadAttention";
const OPTIONS: OptionNames<MultiHeadAttentionOptions> = {
  numHeads: true,
  keyDim: true,
  valueDim: true,
  outputShape: true,
  dropout: true,
  useBias: true,
  useCausalMask: true,
  kernelInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  biasRegularizer: true,
  seed: true,
  ...LAYER_OPTIONS,
};

/** As Keras: far below every score, and small enough that differences of two do not overflow. */
const HIDDEN = -0.7 * 3.4028234663852886e38;

interface Projection {
  /** `[inputs, heads, size]`, of the output `[heads, size, outputs]`. */
  readonly kernel: tf.LayerVariable;
  readonly bias: tf.LayerVariable | undefined;
}

type Part = "query" | "key" | "value" | "output";
type Masks = readonly (tf.Tensor | null | undefined)[];

/** The layer behind {@link multiHeadAttention}. */
export class MultiHeadAttention extends tf.layers.Layer {
  static readonly className = "MultiHeadAttention";
  private readonly options: MultiHeadAttentionOptions;
  private readonly parts = new Map<Part, Projection>();

  constructor(options: MultiHeadAttentionOptions) {
    super(options);
    this.options = checkValues(options);
    this.supportsMasking = true;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const [query, value, key] = shapesOf(this.name, inputShape);
    const { numHeads, keyDim, valueDim = keyDim, outputShape = query[2] as number, seed } = this.options;
    seedLayer(this, seed);
    this.project("query", [query[2] as number, numHeads, keyDim]);
    this.project("key", [key[2] as number, numHeads, keyDim]);
    this.project("value", [value[2] as number, numHeads, valueDim]);
    this.project("output", [numHeads, valueDim, outputShape]);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean; mask?: unknown }): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const given: tf.Tensor[] = [inputs].flat();
      const [query, value = query, key = value] = given;
      const { keyDim, dropout = 0, seed } = this.options;
      const scaled = tf.mul(this.heads("query", query), 1 / Math.sqrt(keyDim));
      const scores = tf.matMul(scaled, this.heads("key", key), false, true);
      // Self-attention has one input, whose mask counts for both sides.
      const [first, second = given.length === 1 ? first : undefined, third] = [kwargs.mask].flat() as Masks;
      const visible = this.visible(scores.shape, [first, second, third]);
      const weights = tf.softmax(visible ? tf.where(visible, scores, HIDDEN) : scores);
      const kept = kwargs.training && dropout > 0 ? dropUnits(weights, dropout, nextRandomKey(this, seed)) : weights;
      return this.joined(tf.matMul(kept, this.heads("value", value)));
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [query] = shapesOf(this.name, inputShape);
    return [query[0], query[1], this.options.outputShape ?? query[2]];
  }

  override computeMask(_inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [mask].flat()[0] as tf.Tensor;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { numHeads, keyDim, valueDim = keyDim, outputShape = null } = this.options;
    const { dropout = 0, useBias = true, useCausalMask = false, seed = null } = this.options;
    const own = { numHeads, keyDim, valueDim, outputShape, dropout, useBias, useCausalMask, seed };
    return { ...super.getConfig(), ...own, ...this.settings.config };
  }

  /** Where Keras keeps the variables, which has a layer for each projection. */
  kerasParts(): Record<string, tf.LayerVariable[]> {
    const entries = [...this.parts].map(([part, { kernel, bias }]) => [
      `${part}_dense`,
      bias ? [kernel, bias] : [kernel],
    ]);
    return Object.fromEntries(entries) as Record<string, tf.LayerVariable[]>;
  }

  /** Initializers and regularizers as a dense layer understands and writes them. */
  private get settings() {
    const { kernelInitializer = "glorotUniform", biasInitializer = "zeros" } = this.options;
    const { kernelRegularizer, biasRegularizer } = this.options;
    const given = { kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer };
    const dense = tf.layers.dense({ units: 1, name: `${this.name}_settings`, ...given } as Dense);
    const config = dense.getConfig();
    const names = Object.keys(given) as (keyof typeof given)[];
    return {
      objects: dense as unknown as Record<keyof typeof given, Initializer>,
      config: Object.fromEntries(names.map((name) => [name, config[name]])),
    };
  }

  private project(part: Part, shape: number[]): void {
    const { useBias = true } = this.options;
    const { objects } = this.settings;
    const { kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer } = objects;
    const add = (name: string, of: number[], initializer: unknown, regularizer: unknown) =>
      this.addWeight(`${part}_${name}`, of, "float32", initializer as Initializer, regularizer as never, true);
    const kernel = add("kernel", shape, kernelInitializer, kernelRegularizer);
    const biasShape = part === "output" ? shape.slice(2) : shape.slice(1);
    this.parts.set(part, {
      kernel,
      bias: useBias ? add("bias", biasShape, biasInitializer, biasRegularizer) : undefined,
    });
  }

  /** `[batch, places, features]` → `[batch, heads, places, size]`. */
  private heads(part: Part, x: tf.Tensor): tf.Tensor {
    const { kernel, bias } = this.parts.get(part)!;
    const [features, heads, size] = kernel.shape as number[];
    const product = tf.matMul(tf.reshape(x, [-1, features]), tf.reshape(kernel.read(), [features, heads * size]));
    const sum = bias ? tf.add(product, tf.reshape(bias.read(), [heads * size])) : product;
    return tf.transpose(tf.reshape(sum, [x.shape[0], x.shape[1] as number, heads, size]), [0, 2, 1, 3]);
  }

  /** `[batch, heads, places, size]` → `[batch, places, outputs]`. */
  private joined(context: tf.Tensor): tf.Tensor {
    const { kernel, bias } = this.parts.get("output")!;
    const [heads, size, outputs] = kernel.shape as number[];
    const [batch, , places] = context.shape;
    const rows = tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [-1, heads * size]);
    const product = tf.matMul(rows, tf.reshape(kernel.read(), [heads * size, outputs]));
    return tf.reshape(bias ? tf.add(product, bias.read()) : product, [batch, places as number, outputs]);
  }

  /** Which scores `[batch, heads, queries, keys]` count; undefined when all do. */
  private visible([batch, heads, queries, keys]: number[], [ofQuery, ofValue, ofKey]: Masks): tf.Tensor | undefined {
    const masks: tf.Tensor[] = [];
    const add = (mask: tf.Tensor | null | undefined, shape: number[]): void => {
      if (mask) masks.push(tf.reshape(tf.cast(mask, "bool"), shape));
    };
    add(ofQuery, [batch, 1, queries, 1]);
    add(ofValue, [batch, 1, 1, keys]);
    add(ofKey, [batch, 1, 1, keys]);
    if (this.options.useCausalMask) masks.push(causalMask(queries, keys));
    if (masks.length === 0) return undefined;
    const all = masks.reduce((a, b) => tf.logicalAnd(a, b));
    return tf.cast(tf.mul(tf.cast(all, "float32"), tf.ones([batch, heads, queries, keys])), "bool");
  }
}

tf.serialization.registerClass(MultiHeadAttention as unknown as RegistrableClass);

/** `[1, 1, queries, keys]`, true where the key is not later than the query. */
function causalMask(queries: number, keys: number): tf.Tensor {
  const places = tf.reshape(tf.range(0, queries), [1, 1, queries, 1]);
  return tf.greaterEqual(places, tf.reshape(tf.range(0, keys), [1, 1, 1, keys]));
}

/**
 * Attention of several heads: softmax(Q Kᵀ / √keyDim) V for each, joined by a projection (Vaswani et al., "Attention is
 * all you need", 2017), as `keras.layers.MultiHeadAttention`.
 *
 * Applied to `x` `[batch, places, features]` it is self-attention; to `[query, value]` or `[query, value, key]` it
 * attends to another sequence. Output `[batch, queries, outputShape]`. Padding of masked inputs is not attended to.
 * @example const y = multiHeadAttention({ numHeads: 2, keyDim: 16 }).apply(tf.ones([4, 10, 8]));
 * @throws TypeError or RangeError for options that are unknown or out of range; Error for inputs of other rank than 3.
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): MultiHeadAttention {
  return new MultiHeadAttention(checkOptions(OWNER, options, OPTIONS));
}

function checkValues(options: MultiHeadAttentionOptions): MultiHeadAttentionOptions {
  const given = Object.entries(options).filter(([, value]) => value !== null && value !== undefined);
  const values = Object.fromEntries(given) as unknown as MultiHeadAttentionOptions;
  for (const name of ["numHeads", "keyDim", "valueDim", "outputShape"] as const) {
    const needed = name === "numHeads" || name === "keyDim";
    if (needed || values[name] !== undefined) checkNumber(OWNER, name, values[name], { integer: true, min: 1 });
  }
  const { dropout, useBias, useCausalMask, seed } = values;
  if (dropout !== undefined) checkNumber(OWNER, "dropout", dropout, { min: 0, below: 1 });
  if (useBias !== undefined) checkBoolean(OWNER, "useBias", useBias);
  if (useCausalMask !== undefined) checkBoolean(OWNER, "useCausalMask", useCausalMask);
  if (seed !== undefined) checkNumber(OWNER, "seed", seed, { integer: true });
  return values;
}

/** The shapes of query, value and key, from one to three inputs. */
function shapesOf(name: string, inputShape: tf.Shape | tf.Shape[]): [tf.Shape, tf.Shape, tf.Shape] {
  const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tf.Shape[];
  const [query, value = query, key = value] = shapes;
  const fits = shapes.length <= 3 && shapes.every((shape) => shape.length === 3 && typeof shape[2] === "number");
  if (fits) return [query, value, key];
  const found = shapes.map((shape) => `[${shape.map((size) => size ?? "null").join(", ")}]`).join(", ");
  throw new Error(
    `${OWNER}: layer '${name}' takes one to three inputs [batch, places, features], received ${found}. ` +
      "Reshape others before.",
  );
}
