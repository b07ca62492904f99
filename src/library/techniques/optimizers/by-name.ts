/**
 * `model.compile({ optimizer: "adam" })` makes an optimizer of this library, with Keras' defaults.
 *
 * TensorFlow.js would make one of its own, whose numbers a replayed step cannot follow, and knows fewer names. It offers
 * no hook, so its `compile` is wrapped once, when this file is imported.
 */
import { guess, list, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { optimizerFactories } from "./saved-config";

type Compile = (this: CompiledModel, args: tf.ModelCompileArgs) => void;

interface CompiledModel {
  /** Whether TensorFlow.js disposes of the optimizer together with the model. */
  isOptimizerOwned: boolean;
}

const WRAPPED = Symbol.for("dnn-lab.optimizers-by-name");

/** The optimizer that a name such as `"adam"` or `"RMSprop"` stands for; throws for an unknown name. */
function optimizerByName(name: string): tf.Optimizer {
  const factory = optimizerFactories.get(name.toLowerCase());
  if (factory) return factory({});
  const names = [...optimizerFactories.keys()];
  throw new TypeError(`compile: optimizer must be one of ${list(names)}, received ${show(name)}.${guess(name, names)}`);
}

/** Makes `compile` understand the names of this library's optimizers; once, also when this file is loaded twice. */
export function nameOptimizers(): void {
  const target = tf.LayersModel.prototype as unknown as { compile: Compile & { [WRAPPED]?: true } };
  if (target.compile[WRAPPED]) return;
  const { compile } = target;
  const wrapped: Compile = function (args) {
    if (typeof args?.optimizer !== "string") return compile.call(this, args);
    compile.call(this, { ...args, optimizer: optimizerByName(args.optimizer) });
    this.isOptimizerOwned = true;
  };
  target.compile = Object.assign(wrapped, { [WRAPPED]: true as const });
}
