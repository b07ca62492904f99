/** Monte Carlo dropout: how sure a model is, from many predictions with dropout left on. */
import { checkNumber, checkOptions } from "../core/check";
import { checkInterrupt } from "../core/interrupt";
import { startProgress } from "../core/progress";
import { nextSeed } from "../core/random";
import { tf } from "../engine/tf";
import { checkBuilt } from "./built";
import "./seeded";
import { withNoiseOn } from "./seeded-layers";
import { withTrainingStep } from "./training-step";
import { isRandomLayer, layerPlaces } from "./weights-layout";

export interface MonteCarloOptions {
  /** Number of predictions to average; default 100. */
  samples?: number;
  /** Key of the masks: the same seed gives the same result. Default: drawn from `setRandomSeed`. */
  seed?: number;
  /** Inputs predicted at a time; default 128. */
  batchSize?: number;
}

/** Both have the shape of a prediction and belong to the caller. */
export interface MonteCarloPrediction {
  readonly mean: tf.Tensor;
  /** Standard deviation over the samples (divided by their number), per output. */
  readonly standardDeviation: tf.Tensor;
}

/**
 * Averages predictions of a model whose dropout layers stay on (Gal and Ghahramani, "Dropout as a Bayesian
 * Approximation", 2016). Only the random layers behave as in training: batch normalization stays in inference mode, and
 * so does the dropout inside recurrent layers.
 *
 * @param x inputs [n, …]. Results [n, outputs].
 * @throws Error when the model has no random layer, so that all samples would be equal.
 * @example const { mean, standardDeviation } = await monteCarloPredict(model, images, { samples: 100, seed: 42 });
 */
export async function monteCarloPredict(
  model: tf.LayersModel,
  x: tf.Tensor,
  options: MonteCarloOptions = {},
): Promise<MonteCarloPrediction> {
  const { samples, seed, batchSize } = checkMonteCarlo(model, options);
  const progress = startProgress({ title: "Monte Carlo prediction", total: samples, unit: "samples" });
  let state: Welford | undefined;
  try {
    for (let sample = 0; sample < samples; sample++) {
      checkInterrupt("Monte Carlo prediction");
      const predict = () => model.predict(x, { batchSize }) as tf.Tensor;
      state = addSample(state, sample, () => withNoiseOn(() => withTrainingStep(sample, predict, seed)));
      progress.update(sample + 1);
      if (sample % 10 === 9) await new Promise((resume) => setImmediate(resume));
    }
    return finish(state!, samples);
  } catch (error) {
    if (state) tf.dispose([state.mean, state.squares]);
    throw error;
  } finally {
    progress.finish();
  }
}

function checkMonteCarlo(model: tf.LayersModel, options: MonteCarloOptions): Required<MonteCarloOptions> {
  const owner = "monteCarloPredict";
  const {
    samples = 100,
    seed = nextSeed(),
    batchSize = 128,
  } = checkOptions(owner, options, ["samples", "seed", "batchSize"]);
  checkNumber(owner, "samples", samples, { integer: true, min: 1 });
  checkNumber(owner, "seed", seed, { integer: true });
  checkNumber(owner, "batchSize", batchSize, { integer: true, min: 1 });
  checkBuilt(owner, model);
  if (model.outputs.length !== 1)
    throw new TypeError(`${owner}: the model has ${model.outputs.length} outputs, 1 is expected.`);
  if (!layerPlaces(model).some(({ layer }) => isRandomLayer(layer))) {
    throw new Error(
      `${owner}: the model has no dropout or noise layer, so all samples would be equal. Add dropout({ rate }).`,
    );
  }
  return { samples, seed, batchSize };
}

/** Running mean and sum of squared deviations (Welford, 1962): no cancellation, no store of all samples. */
interface Welford {
  readonly mean: tf.Tensor;
  readonly squares: tf.Tensor;
}

function addSample(state: Welford | undefined, count: number, predict: () => tf.Tensor): Welford {
  const next = tf.tidy(() => {
    const value = predict();
    if (!state) return { mean: value, squares: tf.zerosLike(value) };
    const away = tf.sub(value, state.mean);
    const mean = tf.add(state.mean, tf.div(away, count + 1));
    return { mean, squares: tf.add(state.squares, tf.mul(away, tf.sub(value, mean))) };
  });
  if (state) tf.dispose([state.mean, state.squares]);
  return next;
}

function finish({ mean, squares }: Welford, samples: number): MonteCarloPrediction {
  const standardDeviation = tf.tidy(() => tf.sqrt(tf.div(squares, samples)));
  squares.dispose();
  return { mean, standardDeviation };
}
