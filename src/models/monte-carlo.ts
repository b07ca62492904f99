/** Monte Carlo dropout: how sure a model is, from many predictions with dropout left on. */
import { checkBoolean, checkNumber, checkOptions } from "../core/check";
import { checkInterrupt } from "../core/interrupt";
import { startProgress } from "../core/progress";
import { nextSeed } from "../core/random";
import { type CompiledStep, recordStep, type StepFunction, UnsupportedStep } from "../engine/compile";
import { isNative } from "../engine/compile/native";
import type { Step } from "../engine/stateless-random";
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
  /** Whether all samples may be replayed in one call of the native engine (default true); the result is the same. */
  compile?: boolean;
}

/** With fewer samples, recording would take longer than it saves. */
const WORTHWHILE_SAMPLES = 20;
/** A call is cut so that it lasts about this long: progress and the stop button stay lively. */
const CALL_MS = 200;

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
  const { samples, seed, batchSize, compile } = checkMonteCarlo(model, options);
  const predict = (sample: Step) =>
    withNoiseOn(() => withTrainingStep(sample, () => model.predict(x, { batchSize }) as tf.Tensor, seed));
  const progress = startProgress({ title: "Monte Carlo prediction", total: samples, unit: "samples" });
  const moments = new RunningMoments(predict);
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
  } = checkOptions(owner, options, ["samples", "seed", "batchSize", "compile"]);
  checkNumber(owner, "samples", samples, { integer: true, min: 1 });
  checkNumber(owner, "seed", seed, { integer: true });
  checkNumber(owner, "batchSize", batchSize, { integer: true, min: 1 });
  checkBoolean(owner, "compile", compile);
  checkBuilt(owner, model);
  if (model.outputs.length !== 1)
    throw new TypeError(`${owner}: the model has ${model.outputs.length} outputs, 1 is expected.`);
  if (!layerPlaces(model).some(({ layer }) => isRandomLayer(layer))) {
    throw new Error(
      `${owner}: the model has no dropout or noise layer, so all samples would be equal. Add dropout({ rate }).`,
    );
  }
  return { samples, seed, batchSize, compile };
}

/**
 * Running mean and sum of squared deviations (Welford, 1962): no cancellation, no store of all samples. They are
 * variables, so that a recorded step can carry them on.
 */
class RunningMoments {
  private readonly mean: tf.Variable;
  private readonly squares: tf.Variable;

  /** Starts with sample 0. */
  constructor(private readonly predict: (sample: Step) => tf.Tensor) {
    [this.mean, this.squares] = tf.tidy(() => {
      const first = predict(0);
      return [tf.variable(first, false), tf.variable(tf.zerosLike(first), false)];
    });
  }

  /** Adds sample number `sample`, which is also the number of samples before it. */
  add(sample: Step): void {
    tf.tidy(() => {
      const count = typeof sample === "number" ? tf.scalar(sample) : tf.cast(sample, "float32");
      const value = this.predict(sample);
      const away = tf.sub(value, this.mean);
      const mean = tf.add(this.mean, tf.div(away, tf.add(count, 1)));
      this.squares.assign(tf.add(this.squares, tf.mul(away, tf.sub(value, mean))));
      this.mean.assign(mean);
    });
  }

  /** {@link add} as a compiled step; undefined where it cannot be one. */
  compile(model: tf.LayersModel): CompiledStep | undefined {
    if (!isNative()) return undefined;
    const step: StepFunction = (_, sample) => {
      this.add(sample);
      return {};
    };
    try {
      const convolves = layerPlaces(model).some(({ layer }) => layer.getClassName().includes("Conv"));
      return recordStep({ step, examples: [{}, {}], plan: convolves ? "lowered" : "graph" });
    } catch (error) {
      if (error instanceof UnsupportedStep) return undefined;
      throw error;
    }
  }

  finish(samples: number): MonteCarloPrediction {
    return tf.tidy(() => ({
      mean: this.mean.clone(),
      standardDeviation: tf.sqrt(tf.div(this.squares, samples)),
    }));
  }

  dispose(): void {
    tf.dispose([this.mean, this.squares]);
  }
}
