/** Losses with Keras' names, formulas and options. */
export {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  type CrossentropyOptions,
  type SparseCrossentropyOptions,
} from "./crossentropy";
export { dice, klDivergence, tversky, type TverskyOptions } from "./distribution";
export {
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  type BinaryFocalOptions,
  type FocalOptions,
} from "./focal";
export type { BatchFunction, Loss, LossOptions, Reduction } from "./loss";
export { categoricalHinge, hinge, squaredHinge } from "./margin";
export {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  type HuberOptions,
} from "./regression";
