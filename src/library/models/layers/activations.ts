/**
 * Activation functions and their derivatives on numbers, for curves and for the mathematics of the slides; the same
 * names work as `activation: "selu"` in a layer, also those that TensorFlow.js lacks (see `activation-strings.ts`).
 */
import { checkNumber, checkOneOf, checkOptions } from "dnn-lab-core/check";
import "./activation-strings";

/** A function of one number with its derivative. */
export interface Activation {
  /** Keras' name of it, such as `relu`. */
  readonly name: string;
  /** As a formula, for a figure's legend. */
  readonly formula: string;
  /** f(x). */
  (x: number): number;
  /** The derivative at `x`; at a kink the one from the left. */
  derivative(x: number): number;
}

// Klambauer et al., 2017: the fixed point with mean 0 and variance 1.
const SELU_ALPHA = 1.6732632423543772848170429916717;
const SELU_SCALE = 1.0507009873554804934193349852946;

/** ReLU: max(0, x). Slides' eq. (11). Slides' statements: eq-11. */
export const relu = activation(
  "relu",
  "max(0, x)",
  (x) => Math.max(0, x),
  (x) => (x > 0 ? 1 : 0),
);

/**
 * Leaky ReLU: x for x > 0, else αx. Slides' eq. (12).
 *
 * Slides' statements: eq-12.
 * @param options.alpha slope below 0; default 0.2, Keras' for `activation: "leaky_relu"` (its layer has 0.3).
 * @example activations.leakyRelu({ alpha: 0.1 })(-2) // −0.2
 */
export function leakyRelu(options: { alpha?: number } = {}): Activation {
  const { alpha = 0.2 } = checkOptions("leakyRelu", options, { alpha: true });
  checkNumber("leakyRelu", "alpha", alpha, { min: 0 });
  return activation(
    "leakyRelu",
    `x > 0 ? x : ${alpha}·x`,
    (x) => (x > 0 ? x : alpha * x),
    (x) => (x > 0 ? 1 : alpha),
  );
}

/** ELU: x for x > 0, else α (eˣ − 1). Slides' eq. (13). Slides' statements: eq-13. @param options.alpha default 1. */
export function elu(options: { alpha?: number } = {}): Activation {
  const { alpha = 1 } = checkOptions("elu", options, { alpha: true });
  checkNumber("elu", "alpha", alpha, { min: 0 });
  return activation(
    "elu",
    `x > 0 ? x : ${alpha}·(eˣ − 1)`,
    (x) => (x > 0 ? x : alpha * Math.expm1(x)),
    (x) => (x > 0 ? 1 : alpha * Math.exp(x)),
  );
}

/**
 * SELU: λx for x > 0, else λα (eˣ − 1), with λ = 1.0507 and α = 1.6733. Keeps mean 0 and variance 1 through deep stacks
 * of dense layers, given LeCun normal initialization and alpha dropout. Slides' eq. (14).
 * Slides' statements: eq-14, selu.
 *
 * @example activations.selu(1) // 1.0507
 */
export const selu = activation(
  "selu",
  "λ·(x > 0 ? x : α·(eˣ − 1))",
  (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
  (x) => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
);

/** Hyperbolic tangent. */
export const tanh = activation("tanh", "tanh(x)", Math.tanh, (x) => 1 - Math.tanh(x) ** 2);

/** Logistic function 1 / (1 + e⁻ˣ); its derivative is at most 1/4, which makes gradients vanish in deep stacks. */
export const sigmoid = activation("sigmoid", "1 / (1 + e⁻ˣ)", logistic, (x) => logistic(x) * logistic(-x));

/** GELU: x Φ(x), with Φ the normal distribution function (not its approximation by tanh). */
export const gelu = activation(
  "gelu",
  "x·Φ(x)",
  (x) => x * normalDistribution(x),
  (x) => normalDistribution(x) + (x * Math.exp(-x * x * 0.5)) / Math.sqrt(2 * Math.PI),
);

/** Swish, also called SiLU: x · sigmoid(x). */
export const swish = activation(
  "swish",
  "x / (1 + e⁻ˣ)",
  (x) => x * logistic(x),
  (x) => logistic(x) * (1 + x * logistic(-x)),
);

/** Softplus: ln(1 + eˣ), without overflow. */
export const softplus = activation(
  "softplus",
  "ln(1 + eˣ)",
  (x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))),
  logistic,
);

/** Softmax of a vector: eˣⁱ / Σ eˣʲ; numbers greater than 0 whose sum is 1. */
export function softmax(x: readonly number[]): number[] {
  const greatest = Math.max(...x);
  const powers = x.map((value) => Math.exp(value - greatest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The derivatives of {@link softmax}: row i, column j holds ∂yᵢ/∂xⱼ = yᵢ (δᵢⱼ − yⱼ). */
export function softmaxJacobian(x: readonly number[]): number[][] {
  const y = softmax(x);
  return y.map((yi, i) => y.map((yj, j) => yi * ((i === j ? 1 : 0) - yj)));
}

const BY_NAME = { relu, leakyRelu: leakyRelu(), elu: elu(), selu, tanh, sigmoid, gelu, swish, softplus } as const;

/** Names of the activations of one number, in the slides' order and then the others'. */
export type ActivationName = keyof typeof BY_NAME;

/** Names that {@link activationByName} knows. */
export const activationNames = Object.keys(BY_NAME) as readonly ActivationName[];

/** The activation that a layer uses for `activation: name`, with Keras' default constants. */
export function activationByName(name: ActivationName): Activation {
  return BY_NAME[checkOneOf("activationByName", "name", name, activationNames)];
}

function activation(
  name: string,
  formula: string,
  value: (x: number) => number,
  derivative: (x: number) => number,
): Activation {
  const named = (x: number) => value(x);
  return Object.defineProperties(named, {
    name: { value: name },
    formula: { value: formula },
    derivative: { value: derivative },
  }) as never;
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function normalDistribution(x: number): number {
  return (1 + errorFunction(x / Math.SQRT2)) / 2;
}

/** erf by its series of positive terms, 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n + 1)!!; beyond 6 it is ±1 to the last bit. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
