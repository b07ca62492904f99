/** Running statistics of Monte Carlo samples. */
import { type CompiledStep, recordStep, type StepFunction, UnsupportedStep } from "../engine/compile";
import { isNative } from "../engine/compile/native";
import type { Step } from "../engine/stateless-random";
import { tf } from "../engine/tf";
import { layerPlaces } from "./weights/weights-layout";

/**
 * Running mean and sum of squared deviations (Welford, 1962): no cancellation, no store of all samples. They are
 * variables, so that a recorded step can carry them on.
 */
export class RunningMoments {
  private readonly mean: tf.Variable;
  private readonly squares: tf.Variable;
  /** Running mean of the samples' entropies; only for probabilities. */
  private readonly entropy: tf.Variable | undefined;

  /** Starts with sample 0. @param probabilities whether the last axis holds probabilities, whose entropy is wanted. */
  constructor(
    private readonly predict: (sample: Step) => tf.Tensor,
    probabilities: boolean,
  ) {
    const first = tf.tidy(() => predict(0));
    [this.mean, this.squares, this.entropy] = tf.tidy(() => {
      const entropy = probabilities ? tf.variable(entropyOf(first), false) : undefined;
      return [tf.variable(first, false), tf.variable(tf.zerosLike(first), false), entropy];
    });
    first.dispose();
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
      const { entropy } = this;
      if (entropy) entropy.assign(tf.add(entropy, tf.div(tf.sub(entropyOf(value), entropy), tf.add(count, 1))));
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

  finish(samples: number): Moments {
    return tf.tidy(() => {
      const standardDeviation = tf.sqrt(tf.div(this.squares, samples));
      const moments = { mean: this.mean.clone(), standardDeviation };
      if (!this.entropy) return moments;
      const predictiveEntropy = entropyOf(this.mean);
      // Not below 0, whatever the rounding.
      return { ...moments, predictiveEntropy, mutualInformation: tf.relu(tf.sub(predictiveEntropy, this.entropy)) };
    });
  }

  dispose(): void {
    tf.dispose([this.mean, this.squares, ...(this.entropy ? [this.entropy] : [])]);
  }
}

export interface Moments {
  mean: tf.Tensor;
  standardDeviation: tf.Tensor;
  predictiveEntropy?: tf.Tensor;
  mutualInformation?: tf.Tensor;
}

/** −Σ p ln p over the last axis, in nats, with 0 ln 0 = 0. */
function entropyOf(probabilities: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(tf.mul(probabilities, tf.log(tf.maximum(probabilities, 1e-30))), -1));
}
