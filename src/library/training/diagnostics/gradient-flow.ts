/** How signals and gradients pass through the layers of a model: what vanishes, what explodes, what is dead. */
import { checkBoolean, checkOptions, show } from "dnn-lab-core/check";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../../models/built";
import { withTrainingStep } from "../../models/layers/training-step";
import { kerasClassOf } from "../../models/weights/weights-layout";
import { LayerTaps, type Tap } from "./layer-taps";
import { objectiveOf } from "../steps/objective";
import type { Batch } from "../../data/batch";
import { trainingLoss } from "../steps/step";

/** Options of {@link gradientFlow}. */
export interface GradientFlowOptions {
  /** Whether dropout and batch normalization behave as in training (default true). */
  training?: boolean;
}

/** One layer of a {@link GradientFlow}. A layer that is used twice has two of them. */
export interface LayerFlow {
  /** Name of the layer. */
  readonly layer: string;
  /** Class of the layer, such as `Dense`. */
  readonly type: string;
  /** L2 norm of ∂L/∂w of each trainable weight, by its name in the layer (`kernel`, `bias`). */
  readonly weightGradientNorms: Readonly<Record<string, number>>;
  /** L2 norm of these gradients together; undefined for a layer without trainable weights. */
  readonly gradientNorm: number | undefined;
  /**
   * The sensitivity s = ∂L/∂n of the layer's net input n (what goes into its activation; its output where it has none):
   * the L2 norm for one sample's loss, averaged over the samples. Undefined where no gradient is needed: below the
   * lowest layer with weights.
   */
  readonly sensitivityNorm: number | undefined;
  /** Mean of the layer's outputs. */
  readonly mean: number;
  /** Standard deviation of the layer's outputs. */
  readonly standardDeviation: number;
  /** Share of units whose output is 0 for every sample (dead ReLUs), from 0 to 1. */
  readonly deadShare: number;
}

/** What {@link gradientFlow} found. */
export interface GradientFlow {
  /** Loss of the batch, regularization included. */
  readonly loss: number;
  /** Samples in the batch. */
  readonly samples: number;
  /** From the input to the output. */
  readonly layers: readonly LayerFlow[];
}

/**
 * Sends one batch forward and back through a compiled model and tells, layer by layer, how large signals and gradients
 * are. Weights, moving averages and random streams stay as they are.
 *
 * Sensitivities and gradients are those of the slides' eqs. (5)–(10): s^k = s^{k+1} (W^{k+1})ᵀ F'(n^k).
 *
 * Slides' statements: backward-pass, eq-5, eq-6, eq-7, eq-8, eq-9, eq-10, vanishing, exploding, clip-threshold, selu.
 * @param batch features `[n, …sample shape]` and labels, as `dataset.tensors()` gives them; they stay the caller's.
 * @throws Error when the model is not compiled. TypeError when `batch` is not a batch.
 * @example
 * const batch = train.take(256).tensors();
 * const { layers } = await gradientFlow(model, batch);
 * console.log(layers.map(({ layer, sensitivityNorm }) => [layer, sensitivityNorm]));
 */
export async function gradientFlow(
  model: tf.LayersModel,
  batch: Batch,
  options: GradientFlowOptions = {},
): Promise<GradientFlow> {
  const owner = "gradientFlow";
  const { training = true } = checkOptions(owner, options, { training: true });
  checkBoolean(owner, "training", training);
  checkBuilt(owner, model);
  checkBatch(owner, batch);
  await useEngine();
  const objective = objectiveOf(owner, model);
  const taps = new LayerTaps(model);
  const gradients = new Map<tf.LayerVariable, tf.Tensor>();
  const restore = movingAverages(model);
  try {
    const loss = tf.tidy(() => {
      const forward = (): tf.Scalar => {
        return withTrainingStep(0, () => trainingLoss({ model, objective }, batch, training));
      };
      // Frozen weights too: sensitivities do not ask whether a layer learns.
      const variables = [...new Set(model.weights)];
      const tensors = variables.map((variable) => variable.read());
      const { value, grads } = taps.during(() => tf.engine().gradients(forward, tensors, undefined, true));
      variables.forEach((variable, i) => grads[i] && gradients.set(variable, tf.keep(grads[i])));
      return tf.keep(value);
    });
    return await read(loss, batch.features.shape[0], taps.taps, gradients);
  } finally {
    taps.dispose();
    tf.dispose([...gradients.values()]);
    restore();
  }
}

function checkBatch(owner: string, batch: Batch): void {
  for (const name of ["features", "labels"] as const) {
    if ((batch as Partial<Batch> | undefined)?.[name] instanceof tf.Tensor) continue;
    throw new TypeError(
      `${owner}: batch must be { features, labels }, two tensors, received ${show(batch)}. ` +
        "Take them from a data set: train.take(256).tensors().",
    );
  }
}

/** Remembers what a forward pass in training mode changes; the result puts it back. */
function movingAverages(model: tf.LayersModel): () => void {
  const kept = model.nonTrainableWeights.map((weight) => [weight, weight.read().clone()] as const);
  return () => {
    for (const [weight, value] of kept) (weight.read() as tf.Variable).assign(value);
    tf.dispose(kept.map(([, value]) => value));
  };
}

/** Numbers of a tap in the order in which they are computed. */
const figures = 4;

async function read(
  loss: tf.Tensor,
  samples: number,
  taps: readonly Tap[],
  gradients: ReadonlyMap<tf.LayerVariable, tf.Tensor>,
): Promise<GradientFlow> {
  const variables = [...gradients.keys()].filter(({ trainable }) => trainable);
  const values = tf.tidy(() =>
    tf.concat([
      tf.reshape(loss, [1]),
      ...variables.map((variable) => tf.reshape(tf.norm(gradients.get(variable)!), [1])),
      ...taps.map(tapFigures),
    ]),
  );
  const numbers = await values.data<"float32">();
  tf.dispose([values, loss]);
  const norms = new Map(variables.map((variable, i) => [variable, numbers[1 + i]]));
  const layers = taps.map((tap, i) => layerFlow(tap, norms, numbers.subarray(1 + variables.length + i * figures)));
  return { loss: numbers[0], samples, layers };
}

/** `[sensitivity norm, mean, standard deviation, dead share]`. */
function tapFigures({ output, sensitivity }: Tap): tf.Tensor1D {
  const samples = output.shape[0];
  const { mean, variance } = tf.moments(output);
  const largest = tf.max(tf.abs(tf.reshape(output, [-1, output.shape[output.rank - 1]])), 0);
  // The loss is a mean over the samples: each sample's own gradient is as many times as large.
  const norm = sensitivity
    ? tf.mul(samples, tf.mean(tf.sqrt(tf.sum(tf.square(tf.reshape(sensitivity, [samples, -1])), 1))))
    : tf.scalar(NaN);
  return tf.stack([norm, mean, tf.sqrt(variance), tf.mean(tf.cast(tf.equal(largest, 0), "float32"))]) as tf.Tensor1D;
}

function layerFlow(tap: Tap, norms: ReadonlyMap<tf.LayerVariable, number>, numbers: Float32Array): LayerFlow {
  const { layer, variables } = tap.place;
  const own = variables.filter((variable) => norms.has(variable));
  const [sensitivityNorm, mean, standardDeviation, deadShare] = numbers;
  return {
    layer: layer.name,
    type: kerasClassOf(layer),
    weightGradientNorms: Object.fromEntries(own.map((variable) => [shortName(variable), norms.get(variable)!])),
    gradientNorm: own.length ? Math.hypot(...own.map((variable) => norms.get(variable)!)) : undefined,
    sensitivityNorm: tap.sensitivity ? sensitivityNorm : undefined,
    mean,
    standardDeviation,
    deadShare,
  };
}

/** `dense_Dense1/kernel_2` → `kernel`. */
function shortName({ originalName }: tf.LayerVariable): string {
  return originalName.slice(originalName.lastIndexOf("/") + 1);
}
