/** The checkpoints of one call of `fit`: found at its start, taken while it runs. */
import { randomState, setRandomState } from "dnn-lab-core/random";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { Logs } from "dnn-lab-core/types";
import { basename, join, rmSync } from "../../platform";
import { tf } from "../../engine/tf";
import type { CallbackList } from "../callbacks/callback-list";
import type { RunContext } from "../callbacks/context";
import type { History, HistoryRecorder } from "../history";
import type { Passes } from "../fit/passes";
import type { MeansState, RunningMeans } from "../steps/running-means";
import { Cadence } from "./cadence";
import { CheckpointFolder } from "./checkpoint-folder";
import { chooseCheckpoint } from "./choose";
import { restoreSeeds, restoreWeights, seedsOf, weightsState } from "./model-state";
import { optimizerState, resumableOptimizer, restoreOptimizer } from "./optimizer-state";
import type { CheckedResume } from "./options";
import { describeRun, type RunDescription, type RunParts } from "./run-description";
import { isComplete, type Plans, type Position, type RunState } from "./run-state";

/** The parts of a running `fit` that change. */
export interface LiveRun {
  readonly context: RunContext;
  readonly callbacks: CallbackList;
  readonly means: RunningMeans;
  readonly recorder: HistoryRecorder;
  readonly passes: Passes;
  plans(): Plans;
}

/** Where a run begins, and the logs of the epoch before. */
export interface Start extends Position {
  readonly logs: Logs;
}

export interface RunCheckpointsOptions {
  readonly resume: CheckedResume;
  readonly parts: RunParts;
  readonly epochs: number;
  notify(line: string): void;
}

/** Says in the folder that nothing is left to do; for people, since `fit` sees it from the checkpoint. */
const FINISHED = "finished.json";

export class RunCheckpoints {
  /** What the run goes on from; undefined when it begins. */
  readonly saved: RunState | undefined;
  private readonly folder: CheckpointFolder;
  private readonly description: RunDescription;
  private readonly cadence: Cadence;
  /** Where the run stands, between two steps or epochs, and the means that belong to it when others have begun. */
  private point: Start | undefined;
  private pointMeans: MeansState | undefined;
  private savedPoint: Start | undefined;

  /** Throws when the folder holds checkpoints, but none that is whole and of this run. */
  constructor(private readonly options: RunCheckpointsOptions) {
    const { resume, parts, epochs, notify } = options;
    const description = describeRun(parts);
    this.folder = new CheckpointFolder(resume.folder, resume.keep);
    this.cadence = new Cadence(resume);
    const choice = chooseCheckpoint(this.folder, description, epochs);
    this.saved = choice?.state;
    this.description = choice?.description ?? description;
    if (!choice) return;
    choice.notices.forEach(notify);
    notify(
      `${this.isComplete ? "Finished already" : "Resuming"}: ${basename(choice.path)}, ${this.place(choice.state)}.`,
    );
    // A recorded step holds the seeds, so they must be there before it is recorded; all else follows in `begin`.
    restoreSeeds(parts.model, choice.state.seeds);
    this.cadence.note(this.stepsAt(choice.state.position));
  }

  /** Whether only the end of training is left. */
  get isComplete(): boolean {
    return this.saved !== undefined && isComplete(this.saved, this.options.epochs);
  }

  /**
   * Begins training, with the saved state where there is one. The tensors are put back after `onTrainBegin`, which so
   * meets the model as it did in the uninterrupted run, and cannot undo what was trained.
   */
  async begin(live: LiveRun): Promise<Start> {
    const { saved } = this;
    if (!this.isComplete) rmSync(join(this.folder.folder, FINISHED), { force: true });
    if (saved) live.callbacks.importState(saved.callbacks);
    await live.callbacks.trainBegin();
    if (!saved) return { epoch: this.options.parts.initialEpoch, step: 0, logs: {} };
    const { model } = this.options.parts;
    restoreWeights(model, saved.weights);
    await restoreOptimizer(resumableOptimizer(model), saved.optimizer);
    setRandomState(saved.random);
    live.recorder.importState(saved.history);
    live.passes.importState(saved);
    if (saved.means) live.means.importState(saved.means);
    if (saved.stopReason !== undefined) live.context.stopTraining(saved.stopReason);
    this.point = { ...saved.position, logs: saved.logs };
    this.pointMeans = saved.means;
    this.savedPoint = this.point;
    return this.point;
  }

  /** How many of the `count` steps that come next may be run in one call. */
  atMost(position: Position, count: number): number {
    return this.cadence.atMost(this.stepsAt(position), count);
  }

  /** After steps, and the hooks that follow them. */
  async stepped(live: LiveRun, position: Position): Promise<void> {
    this.point = { ...position, logs: this.point?.logs ?? {} };
    this.pointMeans = undefined;
    if (this.cadence.isDue(this.stepsAt(position))) await this.save(live);
  }

  /** After the last step of an epoch: the validation is about to use the running means for itself. */
  stepsDone(live: LiveRun): void {
    this.pointMeans = live.means.exportState();
  }

  /** Whether this call of `fit` ends before the epoch with this number (from 0), and a later one goes on. */
  pausesBefore(epoch: number): boolean {
    return epoch >= this.options.resume.pauseAfter && epoch < this.options.epochs;
  }

  /** After an epoch, its validation and its hooks. The last one is always saved. */
  async epochEnded(live: LiveRun, epoch: number, logs: Logs): Promise<void> {
    this.point = { epoch: epoch + 1, step: 0, logs };
    this.pointMeans = undefined;
    const isOver = epoch + 1 >= this.options.epochs || live.context.stopReason !== undefined;
    const isLast = isOver || this.pausesBefore(epoch + 1);
    if (isLast || this.cadence.isDueAtEpochEnd(this.stepsAt(this.point))) await this.save(live);
  }

  /** When the user stops training: nothing is lost, unless a callback was in the middle of its work. */
  async interrupted(live: LiveRun): Promise<void> {
    if (this.point && this.point !== this.savedPoint && !live.callbacks.running) await this.save(live);
  }

  finished({ epoch, history, params, stopped }: History): void {
    const content = { finished: true, epochs: params.epochs, stopped, epoch, history };
    writeFileAtomic(join(this.folder.folder, FINISHED), `${JSON.stringify(content, null, 2)}\n`);
  }

  private async save(live: LiveRun): Promise<void> {
    const started = performance.now();
    const point = this.point as Start;
    this.folder.add({ description: this.description, state: await this.state(live, point) });
    this.savedPoint = point;
    this.cadence.note(this.stepsAt(point), performance.now() - started);
  }

  private async state(live: LiveRun, { logs, ...position }: Start): Promise<RunState> {
    const { model } = this.options.parts;
    return {
      position,
      ...live.passes.exportState(),
      logs,
      means: position.step > 0 ? (this.pointMeans ?? live.means.exportState()) : undefined,
      history: live.recorder.exportState(),
      stopReason: live.context.stopReason,
      callbacks: live.callbacks.exportState(),
      weights: weightsState(model),
      seeds: seedsOf(model),
      optimizer: await optimizerState(resumableOptimizer(model)),
      random: randomState(),
      plans: live.plans(),
      engine: tf.getBackend(),
    };
  }

  /** Steps since the run began. */
  private stepsAt({ epoch, step }: Position): number {
    const { initialEpoch, train, stepsPerEpoch = train.stepsPerEpoch } = this.options.parts;
    return (epoch - initialEpoch) * (stepsPerEpoch as number) + step;
  }

  private place({ position: { epoch, step } }: RunState): string {
    return step > 0 ? `step ${step} of epoch ${epoch + 1}` : `after epoch ${epoch}`;
  }
}
