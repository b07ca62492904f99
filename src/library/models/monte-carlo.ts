/** Monte Carlo dropout: how sure a model is, from many predictions with dropout left on. */
import { checkBoolean, checkNumber, checkOptions } from "dnn-lab-core/check";
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { nextSeed } from "dnn-lab-core/random";
import type { CompiledStep } from "../engine/compile";
import type { Step } from "../engine/stateless-random";
import { tf } from "../engine/tf";
import { checkBuilt } from "./built";
import { RunningMoments } from "./monte-carlo-moments";
import "./initialization/seeded";
import { withNoiseOn } from "./initialization/seeded-layers";
import { withTrainingStep } from "./layers/training-step";
import { isRandomLayer, layerPlaces } from "./weights/weights-layout";

/** Options of {@link monteCarloPredict}. */
export interface MonteCarloOptions {
  /** Number of predictions to average; default 100. */
  samples?: number;
  /** Key of the masks: the same seed gives the same result. Default: drawn from `setRandomSeed`. */
  seed?: number;
  /** Inputs predicted at a time; default 128. */
  batchSize?: number;
  /** Whether all samples may be replayed in one call of the native engine (default true); the result is the same. */
  compile?: boolean;
  /** Whether the outputs are probabilities over the last axis, whose entropies are wanted (default false). */
  entropies?: boolean;
}

/** With fewer samples, recording would take longer than it saves. */
const WORTHWHILE_SAMPLES = 20;
/** A call is cut so that it lasts about this long: progress and the stop button stay lively. */
const CALL_MS = 200;

/** All belong to the caller. */
export interface MonteCarloPrediction {
  /** Of the shape of a prediction. */
  readonly mean: tf.Tensor;
  /** Standard deviation over the samples (divided by their number), per output. */
  readonly standardDeviation: tf.Tensor;
}

/** How unsure a classifier is, in nats (0 … ln classes), one number a sample: `[n]`. They belong to the caller. */
export interface MonteCarloEntropies {
  /** H[p̄], the entropy of the mean probabilities: all uncertainty there is. */
  readonly predictiveEntropy: tf.Tensor;
  /**
   * H[p̄] − mean of H[p], at least 0: how much the samples disagree (BALD; Houlsby et al., 2011). It is large where the
   * model does not know, while classes that overlap by nature raise the entropy alone.
   */
  readonly mutualInformation: tf.Tensor;
}

/**
 * Averages predictions of a model whose dropout layers stay on (Gal and Ghahramani, "Dropout as a Bayesian
 * Approximation", 2016). Only the random layers behave as in training: batch normalization stays in inference mode, and
 * so does the dropout inside recurrent layers.
 *
 * Slides' statements: mc-dropout.
 * @param x inputs [n, …]. Results [n, outputs].
 * @throws Error when the model has no random layer, so that all samples would be equal, and when entropies are wanted of
 * outputs that are no probabilities.
 * @example const { mean, standardDeviation } = await monteCarloPredict(model, images, { samples: 100, seed: 42 });
 * @example const { mean, mutualInformation } = await monteCarloPredict(model, images, { entropies: true });
 */
export async function monteCarloPredict(
  model: tf.LayersModel,
  x: tf.Tensor,
  options: MonteCarloOptions & { entropies: true },
): Promise<MonteCarloPrediction & MonteCarloEntropies>;
export async function monteCarloPredict(
  model: tf.LayersModel,
  x: tf.Tensor,
  options?: MonteCarloOptions,
): Promise<MonteCarloPrediction>;
export async function monteCarloPredict(
  model: tf.LayersModel,
  x: tf.Tensor,
  options: MonteCarloOptions = {},
): Promise<MonteCarloPrediction> {
  const { samples, seed, batchSize, compile, entropies } = checkMonteCarlo(model, options);
  if (entropies) await checkProbabilities(model, x, batchSize);
  const predict = (sample: Step) =>
    withNoiseOn(() => withTrainingStep(sample, () => model.predict(x, { batchSize }) as tf.Tensor, seed));
  const progress = startProgress({ title: "Monte Carlo prediction", total: samples, unit: "samples" });
  const moments = new RunningMoments(predict, entropies);
  let compiled: CompiledStep | undefined;
  try {
    compiled = compile && samples >= WORTHWHILE_SAMPLES ? moments.compile(model) : undefined;
    let [done, chunk] = [1, 1];
    while (done < samples) {
      checkInterrupt("Monte Carlo prediction");
      const count = Math.min(chunk, samples - done);
      const started = performance.now();
      if (compiled) compiled.run({ steps: count, firstStep: done });
      else for (let i = 0; i < count; i++) moments.add(done + i);
      chunk = Math.max(1, Math.floor(Math.min(samples, (CALL_MS * count) / (performance.now() - started))));
      progress.update((done += count));
      await new Promise((resume) => setImmediate(resume));
    }
    return moments.finish(samples);
  } finally {
    compiled?.dispose();
    moments.dispose();
    progress.finish();
  }
}

function checkMonteCarlo(model: tf.LayersModel, options: MonteCarloOptions): Required<MonteCarloOptions> {
  const owner = "monteCarloPredict";
  const {
    samples = 100,
    seed = nextSeed(),
    batchSize = 128,
    compile = true,
    entropies = false,
  } = checkOptions(owner, options, { samples: true, seed: true, batchSize: true, compile: true, entropies: true });
  checkNumber(owner, "samples", samples, { integer: true, min: 1 });
  checkNumber(owner, "seed", seed, { integer: true });
  checkNumber(owner, "batchSize", batchSize, { integer: true, min: 1 });
  checkBoolean(owner, "compile", compile);
  checkBoolean(owner, "entropies", entropies);
  checkBuilt(owner, model);
  if (model.outputs.length !== 1)
    throw new TypeError(`${owner}: the model has ${model.outputs.length} outputs, 1 is expected.`);
  if (!layerPlaces(model).some(({ layer }) => isRandomLayer(layer))) {
    throw new Error(
      `${owner}: the model has no dropout or noise layer, so all samples would be equal. Add dropout({ rate }).`,
    );
  }
  return { samples, seed, batchSize, compile, entropies };
}

/** Looks at the first batch's outputs. */
async function checkProbabilities(model: tf.LayersModel, x: tf.Tensor, batchSize: number): Promise<void> {
  const checked = tf.tidy(() => {
    const outputs = model.predict(tf.slice(x, 0, Math.min(batchSize, x.shape[0]))) as tf.Tensor;
    return tf.stack([tf.min(outputs), tf.max(tf.abs(tf.sub(tf.sum(outputs, -1), 1)))]);
  });
  const [least, error] = await checked.data();
  checked.dispose();
  if (least >= 0 && error < 1e-3) return;
  throw new Error(
    "monteCarloPredict: entropies are of probabilities, but the model's outputs are negative or do not sum to 1. " +
      "End the model with softmax, or leave entropies out.",
  );
}
