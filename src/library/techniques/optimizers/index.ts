/** Optimizers with Keras' defaults and update rules, for `model.compile`. */
import { tf } from "../../engine/tf";
import { adadelta } from "./adadelta";
import { adagrad } from "./adagrad";
import { adam } from "./adam";
import { adamax } from "./adamax";
import { adamw } from "./adamw";
import { nameOptimizers } from "./by-name";
import { nadam } from "./nadam";
import { Optimizer } from "./optimizer";
import { rmsprop } from "./rmsprop";
import { optimizerFactories } from "./saved-config";
import { sgd } from "./sgd";

export { adadelta } from "./adadelta";
export type { AdadeltaOptions } from "./adadelta";
export { adagrad } from "./adagrad";
export type { AdagradOptions } from "./adagrad";
export { adam } from "./adam";
export type { AdamOptions, MomentOptions } from "./adam";
export { adamax } from "./adamax";
export type { AdamaxOptions } from "./adamax";
export { adamw } from "./adamw";
export type { AdamWOptions } from "./adamw";
export type { AccumulationOptions } from "./accumulation";
export type { LayerMultiplier, LayerMultiplierOptions } from "./layer-multipliers";
export type { MovingAverageOptions } from "./moving-average";
export type { WeightDecayOptions } from "./weight-decay";
export { nadam } from "./nadam";
export type { NadamOptions } from "./nadam";
export { Optimizer } from "./optimizer";
export type { OptimizerOptions } from "./optimizer";
export { rmsprop } from "./rmsprop";
export type { RmspropOptions } from "./rmsprop";
export { sgd } from "./sgd";
export type { SgdOptions } from "./sgd";
export type { Updated, UpdateRule } from "./update-rule";

for (const [name, factory] of Object.entries({ adadelta, adagrad, adam, adamax, adamw, nadam, rmsprop, sgd })) {
  optimizerFactories.set(name, factory);
}
tf.serialization.registerClass(Optimizer);
nameOptimizers();
