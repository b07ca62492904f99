/**
 * Weight initializations as Keras defines them. Importing this file puts TensorFlow.js' own on the same footing
 * (`seeded.ts`), so `kernelInitializer: "heNormal"` in a layer is the same as `heNormal()` here.
 *
 * The variance of a weight is chosen so that signals keep their size through many layers: with `fanIn` inputs and
 * `fanOut` outputs of a unit. The normal ones are cut off at two standard deviations, at the variance stated.
 */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import "./seeded";

/** Options of the initializers. */
export interface InitializerOptions {
  /** An integer: each layer with this initializer starts with the same numbers. Default: drawn from `setRandomSeed`. */
  seed?: number;
}

type Initializer = ReturnType<typeof tf.initializers.varianceScaling>;
type Scaling = Parameters<typeof tf.initializers.varianceScaling>[0];

/** Glorot (Xavier) uniform, Keras' default: variance 2 / (fanIn + fanOut). For tanh, sigmoid, softmax. */
export const glorotUniform = scaled("glorotUniform", { scale: 1, mode: "fanAvg", distribution: "uniform" });

/** Glorot (Xavier) normal: variance 2 / (fanIn + fanOut). For tanh, sigmoid, softmax. */
export const glorotNormal = scaled("glorotNormal", { scale: 1, mode: "fanAvg", distribution: "normal" });

/** He uniform: variance 2 / fanIn. For ReLU and its relatives. */
export const heUniform = scaled("heUniform", { scale: 2, mode: "fanIn", distribution: "uniform" });

/**
 * He normal: variance 2 / fanIn. For ReLU and its relatives (He et al., 2015).
 *
 * @example tf.layers.dense({ units: 50, activation: "relu", kernelInitializer: initializers.heNormal({ seed: 42 }) })
 */
export const heNormal = scaled("heNormal", { scale: 2, mode: "fanIn", distribution: "normal" });

/** LeCun uniform: variance 1 / fanIn. */
export const lecunUniform = scaled("lecunUniform", { scale: 1, mode: "fanIn", distribution: "uniform" });

/**
 * LeCun normal: variance 1 / fanIn. What SELU needs to keep mean 0 and variance 1 (Klambauer et al., 2017).
 *
 * Slides' statements: selu.
 */
export const lecunNormal = scaled("lecunNormal", { scale: 1, mode: "fanIn", distribution: "normal" });

function scaled(name: string, scaling: Omit<Scaling, "seed">): (options?: InitializerOptions) => Initializer {
  return (options = {}) => {
    const { seed } = checkOptions(name, options, { seed: true });
    if (seed !== undefined) checkNumber(name, "seed", seed, { integer: true });
    return tf.initializers.varianceScaling({ ...scaling, seed } as Scaling);
  };
}
