import { checkBoolean, checkNumber, checkOneOf, checkOptions } from "../core/check";
import { checkInterrupt, whileListening } from "../core/interrupt";
import type { Logs } from "../core/types";
import type { Dataset } from "../data/dataset";
import { useEngine } from "../engine/engine";
import type { tf } from "../engine/tf";
import type { Callback } from "./callback";
import { CallbackList, checkCallbacks } from "./callback-list";
import { classWeightTensor } from "./class-weight";
import { RunContext } from "./context";
import { evaluationTask, trainingTask } from "./batch-task";
import { type HeadTraining, headTraining } from "./frozen-base";
import { ChunkSize } from "./chunk-size";
import { runPass } from "./evaluate";
import { type History, HistoryRecorder } from "./history";
import { asBatched, checkLabels, checkSampleShape } from "./inputs";
import { type Objective, objectiveOf } from "./objective";
import { pacer } from "./pacer";
import { type LineSink, lineSink, ProgressLine } from "./progress-line";
import { RunningMeans } from "./running-means";
import type { ClassWeight } from "./step";
import { checkCompile, type CompileOption, type StepRunner, stepRunner } from "./step-runner";
import type { WatchedSteps } from "./watched-steps";

export interface FitOptions {
  /** Number of passes over the training data (default 1). */
  epochs?: number;
  /** Number of the first epoch (default 0), to continue an earlier run; training ends before epoch `epochs`. */
  initialEpoch?: number;
  /** Data on which loss and metrics are computed after each epoch, in inference mode. */
  validationData?: Dataset;
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
    "cacheFeatures",
  ],
];

/**
 * Trains a compiled tf.layers model and returns what happened in each epoch, as Keras' `Model.fit`.
 *
 * One step takes one batch: forward pass, loss, gradients, clipping, update. `loss` and metrics of an epoch are means
 * over its samples, taken while the weights change; `val_…` are computed after it.
 *
 * Throws before the first step when the model is not compiled, an option is unknown or out of range, or the samples do
 * not fit the model. An interrupt from the notebook ends training after the running step and throws, weights kept.
 *
 * @example
 * const history = await fit(model, train.shuffle({ bufferSize: 1000, seed: 42 }).batch(16), {
 *   epochs: 10, validationData: valid.batch(16), callbacks: [earlyStopping({ patience: 5 })],
 * });
 * First used in In[20].
 */
export async function fit(model: tf.LayersModel, data: Dataset, options: FitOptions = {}): Promise<History> {
  const checked = checkFitOptions(options);
  await useEngine();
  const train = asBatched("fit", data, options.batchSize);
  checkSampleShape("fit", model, train);
  checkLabels("fit", model, train);
  const validation = options.validationData && asBatched("fit: validationData", options.validationData);
  if (validation) {
    checkSampleShape("fit: validationData", model, validation);
    checkLabels("fit: validationData", model, validation);
  }
  if (options.classWeight && train.sampleWeights) {
    throw new Error(
      "fit: the data set has sample weights; classWeight cannot be given as well. Multiply them yourself.",
    );
  }
  const objective = objectiveOf("fit", model);
  const sink = lineSink(checked.verbose);
  const notice = (line: string) => sink.settled(line);
  return whileListening(async () => {
    const silent = checked.verbose === 0;
    const head = checked.cacheFeatures ? await headTraining({ model, train, validation, silent, notice }) : undefined;
    const run = new FitRun(
      { model, objective, sink, head, options, checked },
      head?.train ?? train,
      head?.validation ?? validation,
    );
    try {
      return await run.run();
    } finally {
      run.dispose();
    }
  });
}

interface Checked {
  epochs: number;
  initialEpoch: number;
  verbose: 0 | 1 | 2;
  callbacks: readonly Callback[];
  compile: CompileOption;
  stepsPerExecution: number;
  cacheFeatures: boolean;
}

function checkFitOptions(options: FitOptions): Checked {
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
  const cacheFeatures = checkBoolean("fit", "cacheFeatures", options.cacheFeatures ?? true);
  return { epochs, initialEpoch, verbose, callbacks, compile, stepsPerExecution, cacheFeatures };
}

/** What is trained, and how. */
interface Fitting {
  readonly model: tf.LayersModel;
  readonly objective: Objective;
  readonly sink: LineSink;
  /** Set when only the layers above a frozen base are run. */
  readonly head: HeadTraining | undefined;
  readonly options: FitOptions;
  readonly checked: Checked;
}

/** The state of one call of `fit`. */
class FitRun {
  private readonly means: RunningMeans;
  private readonly classWeight: tf.Tensor1D | undefined;
  private readonly steps: WatchedSteps;
  private readonly validationSteps: StepRunner | undefined;
  private readonly context: RunContext;
  private readonly callbacks: CallbackList;
  private readonly checked: Checked;
  private readonly sink: LineSink;
  private readonly recorder = new HistoryRecorder();
  private readonly chunk = new ChunkSize();

  constructor(
    { model, objective, sink, head, options, checked }: Fitting,
    private readonly train: Dataset,
    validation: Dataset | undefined,
  ) {
    this.checked = checked;
    this.sink = sink;
    const names = ["loss", ...objective.metrics.map(({ name }) => name)];
    this.means = new RunningMeans(names);
    this.classWeight = options.classWeight && classWeightTensor(options.classWeight, model);
    const common = {
      model,
      network: head?.network,
      compile: checked.compile,
      notice: (line: string) => this.sink.settled(line),
    };
    const part = { model, objective, forward: head?.forward };
    const passes = checked.epochs - checked.initialEpoch;
    const task = trainingTask({ ...part, classWeight: this.classWeight }, this.means);
    this.steps = stepRunner({ ...common, task, data: train, expectedSteps: passes * train.stepsPerEpoch });
    if (validation) {
      const expectedSteps = passes * validation.stepsPerEpoch;
      const task = evaluationTask(part, this.means);
      this.validationSteps = stepRunner({ ...common, task, data: validation, expectedSteps });
    }
    this.context = new RunContext({
      model,
      stepsPerEpoch: train.stepsPerEpoch,
      epochs: checked.epochs,
      metricNames: validation ? [...names, ...names.map((name) => `val_${name}`)] : names,
      notify: (line) => this.sink.settled(line),
    });
    this.callbacks = new CallbackList(checked.callbacks, this.context);
  }

  async run(): Promise<History> {
    let logs: Logs = {};
    await this.callbacks.trainBegin();
    for (let epoch = this.checked.initialEpoch; epoch < this.checked.epochs && !this.context.stopReason; epoch++) {
      await this.callbacks.epochBegin(epoch);
      logs = await this.epoch(epoch);
      this.recorder.add(epoch, logs);
    }
    await this.callbacks.trainEnd(logs);
    return this.recorder.finish(this.params, this.steps.report.plan, this.context.stopReason);
  }

  dispose(): void {
    this.steps.dispose();
    this.validationSteps?.dispose();
    this.means.dispose();
    this.classWeight?.dispose();
  }

  private async epoch(epoch: number): Promise<Logs> {
    const line = new ProgressLine(this.sink, this.train.stepsPerEpoch, `Epoch ${epoch + 1}/${this.checked.epochs}`);
    this.means.reset();
    await this.trainSteps(epoch, line);
    line.stepsDone();
    const logs = this.means.logs();
    if (this.validationSteps) Object.assign(logs, await this.validate(this.validationSteps));
    // Callbacks may add to the logs (a learning rate): the line is written after them.
    await this.callbacks.epochEnd(epoch, logs);
    line.finish(logs);
    return logs;
  }

  private async trainSteps(epoch: number, line: ProgressLine): Promise<void> {
    const { steps, callbacks, chunk } = this;
    const total = this.train.stepsPerEpoch;
    const breathe = pacer();
    steps.begin(epoch);
    for (let done = 0; done < total && !this.context.stopReason;) {
      if (callbacks.watchesBatches) await callbacks.batchBegin(done);
      done += this.execute(
        Math.min(total - done, callbacks.watchesBatches ? this.checked.stepsPerExecution : chunk.steps),
      );
      if (callbacks.watchesBatches) await callbacks.batchEnd(done - 1, this.means.logs());
      if (line.due()) line.update(done, this.means.logs());
      await breathe();
      checkInterrupt("fit");
    }
  }

  /** Runs `count` steps, op by op or in as few calls as possible, and returns how many it ran. */
  private execute(count: number): number {
    const started = performance.now();
    let done = 0;
    while (done < count) {
      const ran = this.steps.run(count - done);
      if (ran === 0)
        throw new Error(`fit: the data set ended ${count - done} steps too early; report this as a fault of dnn-lab.`);
      done += ran;
    }
    this.chunk.observe(done, performance.now() - started);
    return done;
  }

  private async validate(steps: StepRunner): Promise<Logs> {
    const logs = await runPass("fit", steps, this.means);
    return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
  }

  private get params() {
    const { stepsPerEpoch, size, batchSize } = this.train;
    return { epochs: this.checked.epochs, steps: stepsPerEpoch, samples: size, batchSize: batchSize as number };
  }
}
