/** What `fit` may be told, and the checks of it. */
import { checkBoolean, checkNumber, checkOneOf, checkOptions } from "dnn-lab-core/check";
import type { Dataset } from "../../data/dataset";
import type { Callback } from "../callbacks/callback";
import { checkCallbacks } from "../callbacks/callback-list";
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
  validationData?: Dataset;
  /** Called in this order (default none). */
  callbacks?: readonly Callback[];
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
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

const OPTIONS = [
  ...[
    "epochs",
    "initialEpoch",
    "validationData",
    "callbacks",
    "batchSize",
    "classWeight",
    "verbose",
    "stepsPerExecution",
    "compile",
    "resume",
    "cacheFeatures",
  ],
];

export interface CheckedFitOptions {
  epochs: number;
  initialEpoch: number;
  verbose: 0 | 1 | 2;
  callbacks: readonly Callback[];
  compile: CompileOption;
  stepsPerExecution: number;
  resume: CheckedResume | undefined;
  cacheFeatures: boolean;
}

/** Throws for what is unknown or out of range. */
export function checkFitOptions(options: FitOptions): CheckedFitOptions {
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
  return { epochs, initialEpoch, verbose, callbacks, compile, stepsPerExecution, resume, cacheFeatures };
}
