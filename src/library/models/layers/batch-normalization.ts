/** Batch normalization as Keras does it, and as the slides do. */
import { checkNumber, checkOneOf, checkOptions, type OptionNames } from "dnn-lab-core/check";
import { batchNormTraining } from "../../engine/compile/batch-norm";
import { isNative } from "../../engine/compile/native";
import { tf } from "../../engine/tf";
import {
  normalizeBatch,
  normalizeBy,
  normalizeImagesBy,
  type NormalizedBatch,
  normalizeMasked,
} from "./batch-statistics";
import { registeredClass } from "./layer-classes";
import { LAYER_OPTIONS } from "./layer-options";

type PlainOptions = NonNullable<Parameters<typeof tf.layers.batchNormalization>[0]>;

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions extends PlainOptions {
  /**
   * How the moving averages used at test time are kept. `'keras'` (default): they start at 0 and 1, and
   * moving = momentum · moving + (1 − momentum) · batch. `'slides'`, eqs. (19)–(20): they start at the first batch's
   * statistics, and moving = (1 − α) · moving + α · batch.
   */
  kind?: "keras" | "slides";
  /** Weight of the old value, `kind: 'keras'` only; from 0 to 1, default 0.99. */
  momentum?: number;
  /** Weight of the new value, `kind: 'slides'` only; above 0, at most 1, default 0.01. */
  alpha?: number;
  /**
   * What is averaged over the batches, `kind: 'slides'` only: `'variance'` (default; as Keras does, so that only the
   * start and the weights differ), or `'standardDeviation'`, as eq. (20) is printed. The moving variance is then the
   * square of the average.
   */
  averaged?: "variance" | "standardDeviation";
  /** Added to the variance; default 1e-3 (`'keras'`) or 1e-5 (`'slides'`). */
  epsilon?: number;
}

const OPTIONS: OptionNames<BatchNormalizationOptions> = {
  kind: true,
  momentum: true,
  alpha: true,
  averaged: true,
  epsilon: true,
  axis: true,
  center: true,
  scale: true,
  gammaInitializer: true,
  betaInitializer: true,
  movingMeanInitializer: true,
  movingVarianceInitializer: true,
  gammaRegularizer: true,
  betaRegularizer: true,
  gammaConstraint: true,
  betaConstraint: true,
  ...LAYER_OPTIONS,
};

type RegistrableClass = Parameters<typeof tf.serialization.registerClass>[0];

/** The parts of TensorFlow.js' own layer that stay as they are: options, variables, configuration. */
interface PlainLayer {
  axis: number;
  momentum: number;
  epsilon: number;
  gamma?: tf.LayerVariable;
  beta?: tf.LayerVariable;
  movingMean: tf.LayerVariable;
  movingVariance: tf.LayerVariable;
  /** Trainable variables; protected in TensorFlow.js' types. */
  _trainableWeights: tf.LayerVariable[];
}

const Plain = registeredClass("BatchNormalization") as unknown as {
  new (options: PlainOptions): tf.layers.Layer & PlainLayer;
  readonly className: string;
};

/**
 * The layer behind {@link batchNormalization}. It takes the place of TensorFlow.js' class in the registry, whose
 * configuration it reads and whose weights it has, so that saved models load as they did; `tf.layers.batchNormalization`
 * still makes the plain one.
 */
export class BatchNormalization extends Plain {
  static override readonly className: string = "BatchNormalization";
  /** Whose moving averages: Keras' or the slides'. */
  readonly kind: "keras" | "slides";
  /** Weight of the new value in the slides' moving averages. */
  readonly alpha: number;
  /** What is averaged over the batches, of the slides' kind: eq. (20). */
  readonly averaged: "variance" | "standardDeviation";
  /** 0 until the first batch has been seen, then 1; `kind: 'slides'` only. A variable, so that a recorded step replays it. */
  private started: tf.LayerVariable | undefined;

  constructor(options: BatchNormalizationOptions = {}) {
    checkValues(options);
    const { kind = "keras", alpha = 0.01, averaged = "variance", ...plain } = options;
    super({ epsilon: kind === "slides" ? 1e-5 : 1e-3, ...plain });
    this.kind = kind;
    this.alpha = alpha;
    this.averaged = averaged;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    super.build(inputShape);
    if (this.kind === "keras") return;
    this.started = this.addWeight("started", [], "float32", tf.initializers.zeros(), undefined, false);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean; mask?: tf.Tensor }): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = Array.isArray(inputs) ? inputs[0] : inputs;
      if (!(kwargs.training && this.learns())) return this.infer(input);
      return kwargs.mask ? this.trainMasked(input, kwargs.mask) : this.train(input);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { momentum, ...config } = super.getConfig();
    const { kind, alpha, averaged } = this;
    return kind === "slides" ? { ...config, kind, alpha, averaged } : { ...config, kind, momentum };
  }

  /** The variables that Keras' layer has too, in its order. */
  kerasWeights(): tf.LayerVariable[] {
    return this.weights.filter((variable) => variable !== this.started);
  }

  /** After weights were read from a file: statistics other than 0 and 1 are those of some batch. */
  weightsLoaded(): void {
    const fresh = tf.tidy(() => {
      const mean = tf.all(tf.equal(this.movingMean.read(), 0));
      return tf.logicalAnd(mean, tf.all(tf.equal(this.movingVariance.read(), 1))).dataSync()[0] !== 0;
    });
    this.started?.write(tf.scalar(fresh ? 0 : 1));
  }

  /**
   * Whether it follows the data in training. Keras: a frozen layer is in inference mode. `model.trainable = false` reaches
   * a layer through its variables.
   */
  learns(): boolean {
    const { _trainableWeights: own } = this;
    return this.trainable && (own.length === 0 || own.some(({ trainable }) => trainable));
  }

  private train(input: tf.Tensor): tf.Tensor {
    // Measured, replayed steps: TensorFlow's fused operation is the faster one for images, the composed for vectors.
    if (this.canFuse(input)) return this.trainFused(input);
    return overRows(input, this.axis, (x) => this.follow(normalizeBatch({ x, ...this.affine() }, this.epsilon)));
  }

  /** The statistics of the positions that count; all are normalized by them. */
  private trainMasked(input: tf.Tensor, mask: tf.Tensor): tf.Tensor {
    return this.follow(normalizeMasked(input, mask, { ...this.affine(), axis: this.axis, epsilon: this.epsilon }));
  }

  /** Whether TensorFlow has one operation for it: images with the features last. */
  private canFuse(input: tf.Tensor): input is tf.Tensor4D {
    return isNative() && input.rank === 4 && (this.axis === -1 || this.axis === 3);
  }

  private trainFused(images: tf.Tensor4D): tf.Tensor {
    const { gamma, beta } = this.fullAffine(images.shape[3]);
    return this.follow(batchNormTraining(images, gamma, beta, this.epsilon));
  }

  /** Moves the averages by a batch's statistics, and hands its output on. */
  private follow({ output, mean, variance }: NormalizedBatch): tf.Tensor {
    const weight = this.weightOfNew();
    const toward = (old: tf.Tensor, value: tf.Tensor) => tf.add(old, tf.mul(tf.sub(value, old), weight));
    this.movingMean.write(toward(this.movingMean.read(), mean));
    const old = this.movingVariance.read();
    const ofDeviations = this.averaged === "standardDeviation";
    const moved = ofDeviations ? tf.square(toward(tf.sqrt(old), tf.sqrt(variance))) : toward(old, variance);
    this.movingVariance.write(moved);
    tf.dispose([mean, variance]);
    this.started?.write(tf.scalar(1));
    return output;
  }

  /** 1 − momentum; α for the slides' kind, but 1 for the first batch. */
  private weightOfNew(): tf.Tensor | number {
    if (!this.started) return 1 - this.momentum;
    return tf.add(1, tf.mul(this.started.read(), this.alpha - 1));
  }

  private infer(input: tf.Tensor): tf.Tensor {
    const { epsilon } = this;
    const mean = this.movingMean.read() as tf.Tensor1D;
    const variance = this.movingVariance.read() as tf.Tensor1D;
    if (this.canFuse(input)) {
      const learned = this.learns() && this._trainableWeights.length > 0;
      return normalizeImagesBy(input, this.fullAffine(input.shape[3]), { mean, variance }, { epsilon, learned });
    }
    return overRows(input, this.axis, (x) => normalizeBy({ x, ...this.affine() }, { mean, variance }, epsilon));
  }

  /** γ and β as tensors also where the layer has none. */
  private fullAffine(features: number): { gamma: tf.Tensor1D; beta: tf.Tensor1D } {
    const { gamma = tf.ones([features]), beta = tf.zeros([features]) } = this.affine();
    return { gamma, beta };
  }

  private affine(): { gamma?: tf.Tensor1D; beta?: tf.Tensor1D } {
    return { gamma: this.gamma?.read() as tf.Tensor1D | undefined, beta: this.beta?.read() as tf.Tensor1D | undefined };
  }
}

tf.serialization.registerClass(BatchNormalization as unknown as RegistrableClass);

/**
 * Normalizes each feature to mean 0 and variance 1 over the batch, then scales by γ and shifts by β, both learned
 * (Ioffe and Szegedy, 2015; slides' eqs. (15)–(20)). At test time moving averages of the statistics take their place.
 *
 * Input [batch, …, features], output the same shape.
 * Slides' statements: eq-15, eq-16, eq-17, eq-18, eq-19, eq-20, bn-placement, bn-rates, bn-regularizer, bn-cost, batch-normalization.
 * @example model.add(batchNormalization())                                // as keras.layers.BatchNormalization()
 * @example model.add(batchNormalization({ kind: "slides", alpha: 0.1 }))  // as on the slides
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalization {
  return new BatchNormalization(checkOptions("batchNormalization", options, OPTIONS));
}

/** Unknown options pass here: the configuration of a model saved by Keras has some that mean nothing to us. */
function checkValues(options: BatchNormalizationOptions): void {
  const { kind = "keras", momentum, alpha, averaged, epsilon, axis } = options;
  const owner = "batchNormalization";
  checkOneOf(owner, "kind", kind, ["keras", "slides"]);
  if (averaged !== undefined) checkOneOf(owner, "averaged", averaged, ["variance", "standardDeviation"]);
  if (kind === "keras" && averaged !== undefined)
    throw new TypeError(`${owner}: averaged belongs to kind 'slides'; kind 'keras' averages variances.`);
  if (kind === "keras" && alpha !== undefined) {
    throw new TypeError(
      `${owner}: alpha belongs to kind 'slides'; with kind 'keras' pass momentum (which is 1 − alpha).`,
    );
  }
  if (kind === "slides" && momentum !== undefined) {
    throw new TypeError(
      `${owner}: momentum belongs to kind 'keras'; with kind 'slides' pass alpha (which is 1 − momentum).`,
    );
  }
  if (momentum !== undefined) checkNumber(owner, "momentum", momentum, { min: 0, max: 1 });
  if (alpha !== undefined) checkNumber(owner, "alpha", alpha, { above: 0, max: 1 });
  if (epsilon !== undefined) checkNumber(owner, "epsilon", epsilon, { above: 0 });
  if (axis !== undefined) checkNumber(owner, "axis", axis, { integer: true });
}

/** Applies `body` to the input as rows of features, and gives the result the input's shape. */
function overRows(input: tf.Tensor, axis: number, body: (rows: tf.Tensor2D) => tf.Tensor): tf.Tensor {
  const { rank, shape } = input;
  const from = axis < 0 ? axis + rank : axis;
  if (rank === 2 && from === 1) return body(input as tf.Tensor2D);
  if (from === rank - 1) return body(input.reshape([-1, shape[from]])).reshape(shape);
  const order = [...shape.keys()].filter((each) => each !== from).concat(from);
  const back = [...shape.keys()].map((each) => order.indexOf(each));
  const last = tf.transpose(input, order);
  return tf.transpose(body(last.reshape([-1, shape[from]])).reshape(last.shape), back);
}
