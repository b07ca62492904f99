/** A running training: epochs of steps, validation, callbacks, progress and checkpoints. */
import { messageOf } from "dnn-lab-core/errors";
import { checkInterrupt, InterruptedError } from "dnn-lab-core/interrupt";
import type { Optimizer } from "../../techniques/optimizers/optimizer";
import type { Logs } from "dnn-lab-core/types";
import { type AnyDataset, StreamDataset } from "../../data/stream/stream-dataset";
import type { tf } from "../../engine/tf";
import { type BatchTask, evaluationTask, trainingTask } from "../steps/batch-task";
import { CallbackList } from "../callbacks/callback-list";
import { checkMonitors } from "../callbacks/check-monitors";
import { ChunkSize } from "../steps/chunk-size";
import { classWeightTensor } from "../steps/class-weight";
import { RunContext } from "../callbacks/context";
import { runPass } from "./evaluate";
import type { CheckedFitOptions, FitOptions } from "./fit-options";
import type { HeadTraining } from "./frozen-base";
import { type History, HistoryRecorder } from "../history";
import type { Objective } from "../steps/objective";
import { labelCheck } from "../objective/label-checks";
import { pacer } from "./pacer";
import { scheduleNotice } from "./schedule-notice";
import { untilReady } from "./until-ready";
import { type Passes, passesOf } from "./passes";
import { type LineSink, ProgressLine } from "./progress-line";
import { comparePlans, plansBefore, type LiveRun, type Plans, RunCheckpoints, type Start } from "../resume";
import { RunningMeans } from "../steps/running-means";
import { stepRunner } from "../steps/step-runner";
import type { StepRunner } from "../steps/runner";
import type { WatchedSteps } from "../steps/watched-steps";
import { turn } from "../steps/turn";

/** What is trained, and how. */
export interface Fitting {
  readonly model: tf.LayersModel;
  readonly objective: Objective;
  readonly train: AnyDataset;
  readonly validation: AnyDataset | undefined;
  readonly sink: LineSink;
  /** Set when only the layers above a frozen base are run. */
  readonly head: HeadTraining | undefined;
  readonly options: FitOptions;
  readonly checked: CheckedFitOptions;
}

/** What carries out the steps. */
interface Runners {
  readonly steps: WatchedSteps;
  readonly validationSteps: WatchedSteps | undefined;
}

/** Between the parts of a recording. */
async function pause(): Promise<void> {
  await turn();
  checkInterrupt("fit");
}

/** The state of one call of `fit`. */
export class FitRun {
  private readonly means: RunningMeans;
  private readonly classWeight: tf.Tensor1D | undefined;
  private runners: Runners | undefined;
  private readonly context: RunContext;
  private readonly callbacks: CallbackList;
  private readonly checked: CheckedFitOptions;
  private readonly sink: LineSink;
  private readonly recorder = new HistoryRecorder();
  private readonly chunk = new ChunkSize();
  /** Of the whole run: epochs may be shorter than its interval. */
  private readonly breathe = pacer();
  private readonly checkpoints: RunCheckpoints | undefined;

  private readonly train: AnyDataset;
  /** While only the layers above a frozen base are trained. */
  private head: HeadTraining | undefined;
  private readonly model: tf.LayersModel;
  private readonly stepsPerEpoch: number;
  private readonly passes: Passes;

  constructor(private readonly fitting: Fitting) {
    const { model, objective, sink, head, options, checked } = fitting;
    const { train, validation } = head ?? fitting;
    this.train = train;
    this.model = model;
    this.head = head;
    this.checked = checked;
    this.stepsPerEpoch = checked.stepsPerEpoch ?? (train.stepsPerEpoch as number);
    this.passes = passesOf(model, train, checked.initialEpoch, this.stepsPerEpoch);
    this.sink = sink;
    const names = objective.columns.map(({ name }) => name);
    const notify = (line: string) => this.sink.settled(line);
    const metricNames = validation ? [...names, ...names.map((name) => `val_${name}`)] : names;
    checkMonitors({ callbacks: checked.callbacks, metricNames, notify });
    this.means = new RunningMeans(objective.columns);
    this.classWeight = options.classWeight && classWeightTensor(options.classWeight, model, fitting.train);
    const parts = { ...checked, ...fitting, metricNames: names, classWeight: options.classWeight };
    this.checkpoints = checked.resume && new RunCheckpoints({ ...checked, resume: checked.resume, parts, notify });
    const { stepsPerEpoch } = this;
    this.context = new RunContext({ model, stepsPerEpoch, epochs: checked.epochs, metricNames, notify });
    this.callbacks = new CallbackList(checked.callbacks, this.context);
  }

  /** Records the steps, which may take a while. */
  private async prepare(): Promise<void> {
    const { checkpoints, checked } = this;
    const epochs = checkpoints?.isComplete ? 0 : checked.epochs - checked.initialEpoch;
    this.runners = await this.makeRunners(epochs, checkpoints && plansBefore(checkpoints));
    const { steps: training, validationSteps: validation } = this.runners;
    const notify = (line: string) => this.sink.settled(line);
    if (checkpoints) comparePlans(checkpoints, { training, validation }, notify);
  }

  /** What runs the steps of `epochs` epochs: of the whole model, or of the layers above a frozen base. */
  private async makeRunners(epochs: number, before: Partial<Plans> = {}): Promise<Runners> {
    const { means, head, fitting, classWeight } = this;
    const { model, objective, checked } = fitting;
    const { train, validation } = head ?? fitting;
    const notice = (line: string) => this.sink.settled(line);
    const common = { model, network: head?.network, compile: checked.compile, notice };
    const part = { model, objective, forward: head?.forward };
    const runner = (task: BatchTask, data: AnyDataset, stepsPerEpoch = Infinity, firstPass = 0) => {
      const checkLabels = data instanceof StreamDataset ? labelCheck("fit", model, objective, data) : undefined;
      return stepRunner({
        ...common,
        task,
        data,
        pause,
        checkLabels,
        firstPass,
        expectedSteps: epochs * stepsPerEpoch,
        keep: !head && !(classWeight && task.name === "training"),
        before: task.name === "training" ? before.training : before.validation,
      });
    };
    const steps = await runner(
      trainingTask({ ...part, classWeight }, means),
      train,
      this.stepsPerEpoch,
      this.firstPass,
    );
    if (!validation) return { steps, validationSteps: undefined };
    try {
      const task = evaluationTask(part, means);
      return { steps, validationSteps: await runner(task, validation, validation.stepsPerEpoch) };
    } catch (error) {
      steps.dispose();
      throw error;
    }
  }

  /** Trains the whole model from here on when a callback has unfrozen or changed the base. */
  private async watchBase(epoch: number, step: number): Promise<void> {
    if (!this.head || this.head.holds()) return;
    this.sink.settled("The frozen base has been changed, so the whole model is trained from here on.");
    this.head = undefined;
    this.disposeSteps();
    this.runners = await this.makeRunners(this.checked.epochs - epoch);
    if (step > 0) this.beginPass(epoch, step);
  }

  async run(): Promise<History> {
    try {
      return await this.allEpochs();
    } catch (error) {
      if (error instanceof InterruptedError) await this.checkpoints?.interrupted(this.live);
      this.keepHistory(this.history(messageOf(error)), error);
      throw error;
    }
  }

  private async allEpochs(): Promise<History> {
    await this.prepare();
    let { epoch, step, logs } = await this.begin();
    const notice = scheduleNotice(this.model, (this.checked.epochs - epoch) * this.stepsPerEpoch - step);
    if (notice !== undefined) this.sink.settled(notice);
    // The hooks of the beginning may have changed what a step does; a resumed run must see it as the first one did.
    if (this.checked.callbacks.length > 0) for (const steps of [this.steps, this.validationSteps]) steps?.doubt();
    for (; epoch < this.checked.epochs && (step > 0 || !this.context.stopReason); epoch++, step = 0) {
      if (step === 0 && this.checkpoints?.pausesBefore(epoch)) return this.paused(epoch);
      if (step === 0) await this.callbacks.epochBegin(epoch);
      await this.watchBase(epoch, 0);
      logs = await this.epoch(epoch, step);
      this.recorder.add(epoch, logs);
      await this.checkpoints?.epochEnded(this.live, epoch, logs);
    }
    this.finalizeWeights();
    await this.callbacks.trainEnd(logs);
    const history = this.history(this.context.stopReason);
    this.keepHistory(history);
    this.checkpoints?.finished(history);
    return history;
  }

  /** The record of a run that goes on in a later call; the weights stay as training needs them. */
  private paused(epochs: number): History {
    const history = this.history(`paused after ${epochs} epochs`);
    this.keepHistory(history);
    return history;
  }

  /** Optimizers that average the weights (`useEma`) put the averages in their places, before the callbacks' `onTrainEnd`. */
  private finalizeWeights(): void {
    const optimizer = this.model.optimizer as tf.Optimizer & Partial<Pick<Optimizer, "finalizeVariableValues">>;
    optimizer.finalizeVariableValues?.(this.model.trainableWeights.map((weight) => weight.read() as tf.Variable));
  }

  private get steps(): WatchedSteps {
    return (this.runners as Runners).steps;
  }

  private get validationSteps(): WatchedSteps | undefined {
    return this.runners?.validationSteps;
  }

  private history(stopped: string | undefined): History {
    return this.recorder.finish(this.params, this.runners?.steps.report.plan ?? "eager", stopped);
  }

  /** Where a user looks for it: `model.history`, as in Keras, and `error.history` when training did not come to its end. */
  private keepHistory(history: History, error?: unknown): void {
    Object.assign(this.model, { history });
    if (error instanceof Error && Object.isExtensible(error)) {
      Object.defineProperty(error, "history", { value: history, configurable: true, writable: true });
    }
  }

  /** Where training begins: at the first epoch, or where a checkpoint was taken. */
  private async begin(): Promise<Start> {
    if (this.checkpoints) return this.checkpoints.begin(this.live);
    await this.callbacks.trainBegin();
    return { epoch: this.checked.initialEpoch, step: 0, logs: {} };
  }

  private get live(): LiveRun {
    const { context, callbacks, means, recorder, steps, validationSteps, passes } = this;
    const plans = () => ({ training: steps.report.plan, validation: validationSteps?.report.plan });
    return { context, callbacks, means, recorder, passes, plans };
  }

  private disposeSteps(): void {
    this.runners?.steps.dispose();
    this.runners?.validationSteps?.dispose();
    this.runners = undefined;
  }

  dispose(): void {
    this.disposeSteps();
    this.means.dispose();
    this.classWeight?.dispose();
  }

  /** @param from step to begin with; the means of those before are there already. */
  private async epoch(epoch: number, from: number): Promise<Logs> {
    const line = new ProgressLine(this.sink, this.stepsPerEpoch, `Epoch ${epoch + 1}/${this.checked.epochs}`);
    if (from === 0) this.means.reset();
    await this.trainSteps(epoch, from, line);
    line.stepsDone();
    this.checkpoints?.stepsDone(this.live);
    const logs = this.means.logs();
    if (this.validationSteps && this.checked.validates(epoch))
      Object.assign(logs, await this.validate(this.validationSteps));
    // Callbacks may add to the logs (a learning rate): the line is written after them.
    await this.callbacks.epochEnd(epoch, logs);
    line.finish(logs);
    return logs;
  }

  private async trainSteps(epoch: number, from: number, line: ProgressLine): Promise<void> {
    const { callbacks, chunk, checkpoints } = this;
    const total = this.stepsPerEpoch;
    if (from < total) this.beginPass(epoch, from);
    for (let done = from; done < total && !this.context.stopReason;) {
      if (callbacks.watchesBatches) await callbacks.batchBegin(done);
      const most = checkpoints?.atMost({ epoch, step: done }, chunk.steps) ?? chunk.steps;
      const count = Math.min(total - done, callbacks.watchesBatches ? this.checked.stepsPerExecution : most);
      done += await this.execute(epoch, done, count);
      if (callbacks.watchesBatches) {
        await callbacks.batchEnd(done - 1, this.means.logs());
        await this.watchBase(epoch, done);
      }
      if (line.due()) line.update(done, this.means.logs());
      await checkpoints?.stepped(this.live, { epoch, step: done });
      await this.breathe();
      checkInterrupt("fit");
    }
  }

  /** Number of the pass that the run begins with. */
  private get firstPass(): number {
    return this.passes.placeOf(this.checked.initialEpoch, 0).pass;
  }

  /** Goes to where the data stand at that step of the epoch. */
  private beginPass(epoch: number, step: number): void {
    const place = this.passes.placeOf(epoch, step);
    this.steps.begin(place.pass, place.step);
    this.passes.begin(place.pass);
  }

  /** Runs `count` steps from step `from` of the epoch on, op by op or in as few calls as possible; returns their number. */
  private async execute(epoch: number, from: number, count: number): Promise<number> {
    let elapsed = 0;
    let done = 0;
    let isFresh = false;
    while (done < count) {
      const waiting = this.steps.ready(count - done);
      if (waiting) await untilReady("fit", waiting);
      const started = performance.now();
      const ran = this.steps.run(count - done);
      elapsed += performance.now() - started;
      if (ran === 0) {
        if (isFresh) throw new RangeError(`fit: a pass over '${this.train.info.name}' holds no samples.`);
        this.passes.ended(epoch, from + done);
        this.beginPass(epoch, from + done);
      }
      isFresh = ran === 0;
      done += ran;
    }
    this.chunk.observe(done, elapsed);
    return done;
  }

  private async validate(steps: StepRunner): Promise<Logs> {
    const logs = await runPass("fit", steps, this.means);
    return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
  }

  private get params() {
    const { stepsPerEpoch: steps, train, checked } = this;
    const batchSize = train.batchSize as number;
    // Nobody need know how many a stream has.
    const samples = Number.isFinite(train.size) ? (train.size as number) : steps * batchSize;
    return { epochs: checked.epochs, steps, samples, batchSize };
  }
}
