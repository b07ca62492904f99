/** Replaces TensorFlow.js' `compile` by one that understands Keras' losses, metrics and loss weights. */
import { checkOptions, type OptionNames } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { type CompileArguments, type OutputTarget, readCompileArguments } from "./compile-arguments";
import { checkTargets } from "./log-columns";
import "./saved-compilation";

declare module "@tensorflow/tfjs-layers/dist/engine/training" {
  interface ModelCompileArgs {
    /** How much the loss of each output counts in the sum, in their order or by name (default 1 each). */
    lossWeights?: number | number[] | { [outputName: string]: number };
    /** Metrics in which sample and class weights count, as `metrics`. */
    weightedMetrics?: CompileArguments["metrics"];
  }
  interface LayersModel {
    compile(args: CompileArguments): void;
  }
}
declare module "@tensorflow/tfjs-layers/dist/models" {
  interface Sequential {
    compile(args: CompileArguments): void;
  }
}

/** The fields of a model that TensorFlow.js' `compile` fills. */
interface CompiledFields {
  readonly outputNames: string[];
  loss: unknown;
  metrics: unknown;
}

const targets = new WeakMap<object, readonly OutputTarget[]>();

/** What the outputs of a model were compiled with; undefined before `compile`. */
export function targetsOf(model: tf.LayersModel): readonly OutputTarget[] | undefined {
  // A Sequential hands its compilation on to the functional model inside.
  return targets.get((model as { model?: tf.LayersModel }).model ?? model);
}

type Compile = (this: CompiledFields, args: CompileArguments) => void;

const prototype = tf.LayersModel.prototype as unknown as { compile: Compile };
const { compile: compileAsTensorFlow } = prototype;

const ARGUMENTS: OptionNames<CompileArguments> = {
  optimizer: true,
  loss: true,
  metrics: true,
  lossWeights: true,
  weightedMetrics: true,
};

prototype.compile = function (args) {
  checkOptions("compile", args, ARGUMENTS);
  const hasLoss =
    args.loss !== undefined && args.loss !== null && !(Array.isArray(args.loss) && args.loss.length === 0);
  const read = hasLoss ? readCompileArguments(args, this.outputNames) : undefined;
  if (read) checkTargets(this as unknown as tf.LayersModel, read);
  const known = read ? forTensorFlow(args, read) : { loss: this.outputNames.map(() => noLoss), metrics: [] };
  compileAsTensorFlow.call(this, { ...args, ...known });
  if (!read) return void targets.delete(this);
  targets.set(this, read);
  // What the user wrote is what a saved model tells of its training.
  this.loss = args.loss;
  this.metrics = args.metrics;
};

const LOSSES = new Set([
  ...["meanSquaredError", "meanAbsoluteError", "meanAbsolutePercentageError", "meanSquaredLogarithmicError"],
  ...["squaredHinge", "hinge", "categoricalHinge", "poisson"],
  ...["categoricalCrossentropy", "sparseCategoricalCrossentropy", "binaryCrossentropy", "kullbackLeiblerDivergence"],
]);
const METRICS = new Set(["accuracy", "acc", "crossentropy", "ce", "mse", "MSE", "mae", "MAE", "mape", "MAPE"]);

/** Stands for the loss of a model that was compiled without one, as a saved model may be. */
function noLoss(): tf.Tensor {
  throw new Error("The model was compiled without a loss. Call model.compile({ optimizer, loss, metrics }) again.");
}

/** Loss and metrics in a form that TensorFlow.js' own `fit` understands: names where it knows them, else functions. */
function forTensorFlow(
  { loss, metrics }: CompileArguments,
  read: readonly OutputTarget[],
): Pick<CompileArguments, "loss" | "metrics"> {
  if (namesAlone(loss, LOSSES) && namesAlone(metrics ?? [], METRICS)) return { loss, metrics };
  return {
    loss: read.map(({ loss }) => loss ?? ((_, outputs: tf.Tensor) => tf.zeros([outputs.shape[0]]))),
    metrics: Object.fromEntries(read.map(({ name, metrics }) => [name, metrics])),
  };
}

/** Whether all of them are names that TensorFlow.js knows. */
function namesAlone(given: unknown, known: ReadonlySet<string>): boolean {
  if (typeof given === "string") return known.has(given);
  if (typeof given !== "object" || given === null) return false;
  return Object.values(given).every((one) => namesAlone(one, known));
}
