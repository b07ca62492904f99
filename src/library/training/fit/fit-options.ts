/** What `fit` may be told, and the checks of it. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { GivenWeights, TrainingData } from "./given-data";
import type { Callback } from "../callbacks/callback";
import { checkCallbacks } from "../callbacks/check-callbacks";
import { type CheckedResume, checkResume, type ResumeOptions } from "../resume";
import type { ClassWeight } from "../steps/step";
import { checkCompile, type CompileOption } from "../steps/step-runner";

/** Options of {@link fit}. */
export interface FitOptions {
  /** Number of passes over the training data (default 1). */
  epochs?: number;
  /** Number of the first epoch (default 0), to continue an earlier run; training ends before epoch `epochs`. */
  initialEpoch?: number;
  /** Data on which loss and metrics are computed after each epoch, in inference mode. */
  validationData?: TrainingData;
  /** The last part of `{ x, y }` that is kept for validation, between 0 and 1; taken before any shuffling. */
  validationSplit?: number;
  /** Validates after each n-th epoch (default 1), or after the epochs with these numbers (from 1), as Keras does. */
  validationFreq?: number | readonly number[];
  /** Batches of the validation data that are used (default all). */
  validationSteps?: number;
  /**
   * Steps of an epoch (default: one pass over the data). What an epoch leaves of a pass comes in the next one; a pass
   * that ends within an epoch is followed by the next, with its own order.
   */
  stepsPerEpoch?: number;
  /** Whether the samples of `{ x, y }` get another order in each epoch (default true); a `Dataset` has its `shuffle`. */
  shuffle?: boolean;
  /** Called in this order (default none). */
  callbacks?: readonly Callback[];
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
  /**
   * How much each sample counts in the loss, or each step of its labels; by output in their order or by name. Not for data
   * that are shuffled or batched already.
   */
  sampleWeight?: GivenWeights;
  /** Weight of each class in the loss, by class number; classes left out weigh 1. */
  classWeight?: ClassWeight;
  /** 0 silent, 1 a live progress line (default), 2 one line an epoch. */
  verbose?: 0 | 1 | 2;
  /**
   * Steps between two calls of the callbacks' batch hooks (default 1), as Keras' `steps_per_execution`: a larger number
   * lets compiled training run at full speed beside such callbacks. The hooks get the number of the last batch.
   */
  stepsPerExecution?: number;
  /**
   * How steps are run. `"auto"` (default): one step is recorded and replayed as a TensorFlow graph, many steps in a
   * call, where that is possible, else op by op with a notice; `false`: op by op; `"graph"`, `"lowered"`, `"xla"`:
   * replayed in that way, or an error that says why not. The results differ by rounding only.
   */
  compile?: CompileOption;
  /**
   * A folder for checkpoints, from which a run that was ended at any moment goes on: started again with the same model,
   * data and options it ends with the weights and the history of an uninterrupted run, to the bit. A run that has
   * finished gives its history at once. Taken at each epoch's end, unless that would cost more than 2 % of the time,
   * every 5 minutes and at an interrupt; `{ folder, everySteps, everyMinutes, keep }` asks for more.
   */
  resume?: string | ResumeOptions;
  /**
   * Whether a frozen base (`freeze`) is run over the data only once, and the layers above it are trained on its kept
   * features (default true). Random transforms of the data turn it off. The results differ by rounding only.
   */
  cacheFeatures?: boolean;
}

const OPTIONS: OptionNames<FitOptions> = {
  epochs: true,
  initialEpoch: true,
  batchSize: true,
  stepsPerEpoch: true,
  shuffle: true,
  classWeight: true,
  sampleWeight: true,
  validationData: true,
  validationSplit: true,
  validationFreq: true,
  validationSteps: true,
  callbacks: true,
  verbose: true,
  stepsPerExecution: true,
  compile: true,
  resume: true,
  cacheFeatures: true,
};

export interface CheckedFitOptions {
  epochs: number;
  initialEpoch: number;
  stepsPerEpoch: number | undefined;
  /** Whether an epoch (from 0) is followed by the validation. */
  validates: (epoch: number) => boolean;
  verbose: 0 | 1 | 2;
  callbacks: readonly Callback[];
  compile: CompileOption;
  stepsPerExecution: number;
  resume: CheckedResume | undefined;
  cacheFeatures: boolean;
}

/** Throws for what is unknown or out of range. */
export function checkFitOptions(options: FitOptions): CheckedFitOptions {
  checkNoLabels(options);
  checkOptions("fit", options, OPTIONS);
  const epochs = checkNumber("fit", "epochs", options.epochs ?? 1, { integer: true, min: 1 });
  const initialEpoch = checkNumber("fit", "initialEpoch", options.initialEpoch ?? 0, {
    integer: true,
    min: 0,
    below: epochs,
    fix: "epochs counts from the very first epoch, as in Keras.",
  });
  const verbose = Number(checkOneOf("fit", "verbose", String(options.verbose ?? 1), ["0", "1", "2"])) as 0 | 1 | 2;
  const callbacks = checkCallbacks("fit", options.callbacks ?? []);
  const compile = checkCompile("fit", options.compile ?? "auto");
  const stepsPerExecution = checkNumber("fit", "stepsPerExecution", options.stepsPerExecution ?? 1, {
    integer: true,
    min: 1,
  });
  const resume = checkResume(options.resume);
  const cacheFeatures = checkBoolean("fit", "cacheFeatures", options.cacheFeatures ?? true);
  const { stepsPerEpoch, validationFreq } = options;
  if (stepsPerEpoch !== undefined) checkNumber("fit", "stepsPerEpoch", stepsPerEpoch, { integer: true, min: 1 });
  const run = { epochs, initialEpoch, stepsPerEpoch, stepsPerExecution, validates: validationEpochs(validationFreq) };
  return { ...run, verbose, callbacks, compile, resume, cacheFeatures };
}

/** `fit(model, x, y)`, as Keras has it. */
function checkNoLabels(options: unknown): void {
  const isValues = Array.isArray(options) || ArrayBuffer.isView(options) || options instanceof tf.Tensor;
  if (!isValues) return;
  throw new TypeError(
    `fit: the third argument holds the options, received ${show(options)}. Pass samples and labels together: fit(model, { x, y }, { epochs: 10 }).`,
  );
}

/** Keras' `validation_freq`: every n-th epoch, or those with the numbers listed, from 1. */
function validationEpochs(frequency: FitOptions["validationFreq"] = 1): (epoch: number) => boolean {
  if (Array.isArray(frequency)) {
    const epochs = (frequency as readonly number[]).map((epoch, i) =>
      checkNumber("fit", `validationFreq[${i}]`, epoch, { integer: true, min: 1, fix: "Epochs count from 1 here." }),
    );
    return (epoch) => epochs.includes(epoch + 1);
  }
  const every = checkNumber("fit", "validationFreq", frequency, { integer: true, min: 1 });
  return (epoch) => (epoch + 1) % every === 0;
}
