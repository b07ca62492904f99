/** Losses by the names that `compile` takes. */
import { type Aliases, byName } from "../names";
import { crossentropy } from "./by-shape";
import { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from "./crossentropy";
import { dice, klDivergence, tversky } from "./distribution";
import { binaryFocalCrossentropy, categoricalFocalCrossentropy } from "./focal";
import type { Loss } from "./loss";
import { categoricalHinge, hinge, squaredHinge } from "./margin";
import {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from "./regression";

export const LOSSES = {
  meanSquaredError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  huber,
  logCosh,
  poisson,
  cosineSimilarity,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  crossentropy,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  klDivergence,
  hinge,
  squaredHinge,
  categoricalHinge,
  dice,
  tversky,
} satisfies Record<string, () => Loss>;

/** Keras' short names of losses, which are names of metrics too. */
export const LOSS_SHORT_NAMES: Aliases = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  bce: "binaryCrossentropy",
  kld: "klDivergence",
  ce: "crossentropy",
  kullbackLeiblerDivergence: "klDivergence",
};

/** And the older name that TensorFlow.js still has. */
const LOSS_ALIASES: Aliases = { ...LOSS_SHORT_NAMES, cosineProximity: "cosineSimilarity" };

/** The loss that a name stands for, with its defaults. Throws for an unknown name and suggests near ones. */
export function lossByName(name: string): Loss {
  return byName<() => Loss>("loss", name, LOSSES, LOSS_ALIASES)();
}
