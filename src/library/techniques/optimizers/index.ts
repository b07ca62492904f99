/** Optimizers with Keras' defaults and update rules, for `model.compile`. */
import { tf } from "../../engine/tf";
import { adagrad } from "./adagrad";
import { adam } from "./adam";
import { adamw } from "./adamw";
import { nadam } from "./nadam";
import { Optimizer } from "./optimizer";
import { rmsprop } from "./rmsprop";
import { optimizerFactories } from "./saved-config";
import { sgd } from "./sgd";

export { adagrad } from "./adagrad";
export type { AdagradOptions } from "./adagrad";
export { adam } from "./adam";
export type { AdamOptions, MomentOptions } from "./adam";
export { adamw } from "./adamw";
export type { AdamWOptions } from "./adamw";
export { nadam } from "./nadam";
export type { NadamOptions } from "./nadam";
export { Optimizer } from "./optimizer";
export type { OptimizerOptions } from "./optimizer";
export { rmsprop } from "./rmsprop";
export type { RmspropOptions } from "./rmsprop";
export { sgd } from "./sgd";
export type { SgdOptions } from "./sgd";
export type { Updated, UpdateRule } from "./update-rule";

for (const [name, factory] of Object.entries({ adagrad, adam, adamw, nadam, rmsprop, sgd })) {
  optimizerFactories.set(name, factory);
}
tf.serialization.registerClass(Optimizer);
