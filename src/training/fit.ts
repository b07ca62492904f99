import { checkNumber, checkOneOf, checkOptions } from "../core/check";
import { checkInterrupt, InterruptedError, whileListening } from "../core/interrupt";
import type { Logs } from "../core/types";
import type { Dataset } from "../data/dataset";
import { useEngine } from "../engine/engine";
import type { tf } from "../engine/tf";
import type { Callback } from "./callback";
import { CallbackList, checkCallbacks } from "./callback-list";
import { classWeightTensor } from "./class-weight";
import { RunContext } from "./context";
import { evaluationTask, trainingTask } from "./batch-task";
import { ChunkSize } from "./chunk-size";
import { runPass } from "./evaluate";
import { type History, HistoryRecorder } from "./history";
import { asBatched, checkSampleShape } from "./inputs";
import { objectiveOf } from "./objective";
import { pacer } from "./pacer";
import { type LineSink, lineSink, ProgressLine } from "./progress-line";
import {
  type CheckedResume,
  checkResume,
  keepPlans,
  type LiveRun,
  type ResumeOptions,
  RunCheckpoints,
  type Start,
} from "./resume";
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
   * A folder for checkpoints, from which a run that was ended at any moment goes on: started again with the same model,
   * data and options it ends with the weights and the history of an uninterrupted run, to the bit. A run that has
   * finished gives its history at once. Taken at each epoch's end, unless that would cost more than 2 % of the time,
   * every 5 minutes and at an interrupt; `{ folder, everySteps, everyMinutes, keep }` asks for more.
   */
  resume?: string | ResumeOptions;
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
  const validation = options.validationData && asBatched("fit: validationData", options.validationData);
  if (validation) checkSampleShape("fit: validationData", model, validation);
  const run = new FitRun(model, train, validation, options, checked);
  try {
    return await whileListening(() => run.run());
  } finally {
    run.dispose();
  }
}

interface Checked {
  epochs: number;
  initialEpoch: number;
  verbose: 0 | 1 | 2;
  callbacks: readonly Callback[];
  compile: CompileOption;
  stepsPerExecution: number;
  resume: CheckedResume | undefined;
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
  const resume = checkResume(options.resume);
  return { epochs, initialEpoch, verbose, callbacks, compile, stepsPerExecution, resume };
}

/** The state of one call of `fit`. */
class FitRun {
  private readonly means: RunningMeans;
  private readonly classWeight: tf.Tensor1D | undefined;
  private readonly steps: WatchedSteps;
  private readonly validationSteps: WatchedSteps | undefined;
  private readonly context: RunContext;
  private readonly callbacks: CallbackList;
  private readonly sink: LineSink;
  private readonly recorder = new HistoryRecorder();
  private readonly chunk = new ChunkSize();
  private readonly checkpoints: RunCheckpoints | undefined;

  constructor(
    model: tf.LayersModel,
    private readonly train: Dataset,
    validation: Dataset | undefined,
    options: FitOptions,
    private readonly checked: Checked,
  ) {
    if (options.classWeight && train.sampleWeights) {
      throw new Error(
        "fit: the data set has sample weights; classWeight cannot be given as well. Multiply them yourself.",
      );
    }
    const objective = objectiveOf("fit", model);
    const names = ["loss", ...objective.metrics.map(({ name }) => name)];
    this.sink = lineSink(checked.verbose);
    this.means = new RunningMeans(names);
    this.classWeight = options.classWeight && classWeightTensor(options.classWeight, model);
    const notify = (line: string) => this.sink.settled(line);
    const common = { model, compile: checked.compile, notice: notify };
    const parts = { ...checked, model, train, validation, metricNames: names, classWeight: options.classWeight };
    this.checkpoints = checked.resume && new RunCheckpoints({ ...checked, resume: checked.resume, parts, notify });
    const passes = this.checkpoints?.isComplete ? 0 : checked.epochs - checked.initialEpoch;
    const task = trainingTask({ model, objective, classWeight: this.classWeight }, this.means);
    this.steps = stepRunner({ ...common, task, data: train, expectedSteps: passes * train.stepsPerEpoch });
    if (validation) {
      const expectedSteps = passes * validation.stepsPerEpoch;
      const task = evaluationTask({ model, objective }, this.means);
      this.validationSteps = stepRunner({ ...common, task, data: validation, expectedSteps });
    }
    this.context = new RunContext({
      model,
      stepsPerEpoch: train.stepsPerEpoch,
      epochs: checked.epochs,
      metricNames: validation ? [...names, ...names.map((name) => `val_${name}`)] : names,
      notify,
    });
    this.callbacks = new CallbackList(checked.callbacks, this.context);
    const runners = { training: this.steps, validation: this.validationSteps };
    if (this.checkpoints) keepPlans(this.checkpoints, checked.compile, runners, notify);
  }

  async run(): Promise<History> {
    try {
      return await this.allEpochs();
    } catch (error) {
      if (error instanceof InterruptedError) await this.checkpoints?.interrupted(this.live);
      throw error;
    }
  }

  private async allEpochs(): Promise<History> {
    let { epoch, step, logs } = await this.begin();
    // The hooks of the beginning may have changed what a step does; a resumed run must see it as the first one did.
    if (this.checked.callbacks.length > 0) for (const steps of [this.steps, this.validationSteps]) steps?.doubt();
    for (; epoch < this.checked.epochs && (step > 0 || !this.context.stopReason); epoch++, step = 0) {
      if (step === 0) await this.callbacks.epochBegin(epoch);
      logs = await this.epoch(epoch, step);
      this.recorder.add(epoch, logs);
      await this.checkpoints?.epochEnded(this.live, epoch, logs);
    }
    await this.callbacks.trainEnd(logs);
    const history = this.recorder.finish(this.params, this.steps.report.plan, this.context.stopReason);
    this.checkpoints?.finished(history);
    return history;
  }

  /** Where training begins: at the first epoch, or where a checkpoint was taken. */
  private async begin(): Promise<Start> {
    if (this.checkpoints) return this.checkpoints.begin(this.live);
    await this.callbacks.trainBegin();
    return { epoch: this.checked.initialEpoch, step: 0, logs: {} };
  }

  private get live(): LiveRun {
    const { context, callbacks, means, recorder, steps, validationSteps } = this;
    const plans = () => ({ training: steps.report.plan, validation: validationSteps?.report.plan });
    return { context, callbacks, means, recorder, plans };
  }

  dispose(): void {
    this.steps.dispose();
    this.validationSteps?.dispose();
    this.means.dispose();
    this.classWeight?.dispose();
  }

  /** @param from step to begin with; the means of those before are there already. */
  private async epoch(epoch: number, from: number): Promise<Logs> {
    const line = new ProgressLine(this.sink, this.train.stepsPerEpoch, `Epoch ${epoch + 1}/${this.checked.epochs}`);
    if (from === 0) this.means.reset();
    await this.trainSteps(epoch, from, line);
    line.stepsDone();
    this.checkpoints?.stepsDone(this.live);
    const logs = this.means.logs();
    if (this.validationSteps) Object.assign(logs, await this.validate(this.validationSteps));
    // Callbacks may add to the logs (a learning rate): the line is written after them.
    await this.callbacks.epochEnd(epoch, logs);
    line.finish(logs);
    return logs;
  }

  private async trainSteps(epoch: number, from: number, line: ProgressLine): Promise<void> {
    const { steps, callbacks, chunk, checkpoints } = this;
    const total = this.train.stepsPerEpoch;
    const breathe = pacer();
    if (from < total) steps.begin(epoch, from);
    for (let done = from; done < total && !this.context.stopReason;) {
      if (callbacks.watchesBatches) await callbacks.batchBegin(done);
      const most = checkpoints?.atMost({ epoch, step: done }, chunk.steps) ?? chunk.steps;
      done += this.execute(Math.min(total - done, callbacks.watchesBatches ? this.checked.stepsPerExecution : most));
      if (callbacks.watchesBatches) await callbacks.batchEnd(done - 1, this.means.logs());
      if (line.due()) line.update(done, this.means.logs());
      await checkpoints?.stepped(this.live, { epoch, step: done });
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
