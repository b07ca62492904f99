/**
 * Gradient clipping as pure functions on named gradients, in Keras' three ways.
 *
 * The tensors returned belong to the caller; the gradients passed in stay as they are. Slide "gradient clipping":
 * clipping [0.9, 100] by value 1 gives [0.9, 1.0], by norm 1 gives [0.00899964, 0.9999595].
 */
import { checkNumber, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../engine/tf";

/** Variable name → gradient, as `tf.variableGrads` returns them. */
export type NamedGradients = Record<string, tf.Tensor>;

/** At most one of the three; none leaves gradients as they are. */
export interface ClippingOptions {
  /** Limits each element to [−clipvalue, clipvalue]; greater than 0. Changes the direction. */
  clipvalue?: number;
  /** Scales each variable's gradient down to this L2 norm when it is longer; greater than 0. Keeps its direction. */
  clipnorm?: number;
  /** Scales all gradients by one factor so that their common L2 norm is at most this; greater than 0. */
  globalClipnorm?: number;
}

const WAYS = { clipvalue: clipByValue, clipnorm: clipByNorm, globalClipnorm: clipByGlobalNorm } as const;

export const CLIPPING_OPTIONS: OptionNames<ClippingOptions> = { clipvalue: true, clipnorm: true, globalClipnorm: true };

/** The clipping that options ask for as one function; throws when they ask for more than one or for a limit of 0. */
export function clipping(owner: string, options: ClippingOptions): (gradients: NamedGradients) => NamedGradients {
  const chosen = (Object.keys(WAYS) as (keyof typeof WAYS)[]).filter((name) => options[name] !== undefined);
  for (const name of chosen) {
    checkNumber(owner, name, options[name], { above: 0, fix: "Leave it out for no clipping." });
  }
  if (chosen.length > 1) {
    const received = chosen.map((name) => `${name} ${options[name]}`).join(" and ");
    throw new TypeError(
      `${owner}: only one of clipvalue, clipnorm and globalClipnorm can be set, received ${received}.`,
    );
  }
  if (chosen.length === 0) return (gradients) => gradients;
  const [name] = chosen;
  return (gradients) => WAYS[name](gradients, options[name] as number);
}

/**
 * Limits each element of each gradient to [−limit, limit]. First used in In[39].
 *
 * Slides' statements: clipvalue.
 * @example clipByValue({ w: tf.tensor1d([0.9, 100]) }, 1).w // [0.9, 1]
 */
export function clipByValue(gradients: NamedGradients, limit: number): NamedGradients {
  return tf.tidy(() => {
    const [low, high] = [tf.scalar(-limit), tf.scalar(limit)];
    return mapGradients(gradients, (gradient) => tf.maximum(tf.minimum(gradient, high), low));
  });
}

/**
 * Scales each gradient g by limit / max(‖g‖, limit), with the norm of its own elements.
 *
 * Slides' statements: clipnorm.
 * @example clipByNorm({ w: tf.tensor1d([0.9, 100]) }, 1).w // [0.00899964, 0.9999595]
 */
export function clipByNorm(gradients: NamedGradients, limit: number): NamedGradients {
  return tf.tidy(() => {
    const longest = tf.scalar(limit);
    return mapGradients(gradients, (gradient) => {
      const norm = tf.sqrt(squaredNorm(gradient));
      return tf.mul(gradient, tf.div(longest, tf.maximum(norm, longest)));
    });
  });
}

/**
 * Scales all gradients by limit / max(n, limit), where n is the norm of all their elements together.
 *
 * @example clipByGlobalNorm({ w: tf.tensor1d([3, 0]), b: tf.tensor1d([4]) }, 1) // { w: [0.6, 0], b: [0.8] }
 */
export function clipByGlobalNorm(gradients: NamedGradients, limit: number): NamedGradients {
  return tf.tidy(() => {
    const longest = tf.scalar(limit);
    const norm = globalNorm(gradients);
    // norm − norm is 0, or NaN for an infinite norm: then all weights become NaN, as in Keras, instead of standing still.
    const scale = tf.add(tf.div(longest, tf.maximum(norm, longest)), tf.sub(norm, norm));
    return mapGradients(gradients, (gradient) => tf.mul(gradient, scale));
  });
}

/**
 * L2 norm of all elements of all gradients together, rank 0.
 *
 * @example globalNorm({ w: tf.tensor1d([3, 0]), b: tf.tensor1d([4]) }) // 5
 */
export function globalNorm(gradients: NamedGradients): tf.Scalar {
  return tf.tidy(() => {
    const squares = Object.values(gradients).map(squaredNorm);
    return tf.sqrt(squares.length === 0 ? tf.scalar(0) : tf.addN(squares));
  });
}

const squaredNorm = (gradient: tf.Tensor): tf.Scalar => tf.sum(tf.square(gradient));

function mapGradients(gradients: NamedGradients, clip: (gradient: tf.Tensor) => tf.Tensor): NamedGradients {
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, clip(gradient)]));
}
