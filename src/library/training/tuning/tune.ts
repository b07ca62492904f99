import { show } from "dnn-lab-core/check";
import { delay } from "dnn-lab-core/delay";
import { messageOf } from "dnn-lab-core/errors";
import { takeFolder } from "dnn-lab-core/folder-lock";
import { checkInterrupt, InterruptedError, whileListening } from "dnn-lab-core/interrupt";
import { join, mkdtempSync, resolve, rmSync, tmpdir } from "../../platform";
import { HalvingPlan } from "./halving-plan";
import { loadFunction, type ModuleFunction, moduleFunction } from "./module-function";
import { checkFirstTrial, trainTrial, type TrialFunctions } from "./run-trial";
import { dropCheckpoints, hasFirstTrial, openSearch } from "./search-folder";
import { type SearchPlan, type TrialJob, WholePlan } from "./search-plan";
import { drawSettings, gridOf, type SearchSpace } from "./search-space";
import type { BuildTrial, SearchSpec, TrialDataFunction, TrialResult, TuneData } from "./trial";
import { queuedWorkers } from "./trial-queue";
import { inThisProcess, type TrialRunner } from "./trial-runner";
import { localWorkers } from "./trial-workers";
import { type CheckedTuneOptions, checkTuneOptions, type TuneOptions } from "./tune-options";
import { TuneProgress } from "./tune-progress";
import { bestOf, bestTrial, isBetter, recordOf, type TrialRecord, type TuneResult } from "./tune-result";

const OWNER = "tune";
/** How often a stop by the user is looked for while others train. */
const LOOK_MS = 200;

/**
 * Searches for the settings (hyperparameters) with which a network learns best: trains a model for each of several
 * settings and compares them, as Keras Tuner and Optuna do.
 *
 * `build(settings, { trial, epochs, seed })` returns a compiled model, alone or with options of `fit`
 * (`{ model, batchSize, callbacks }`); `data` are `{ train, validation }` or a function that returns them. Both may be the
 * path of a module that exports `build` and `data` (`"./network.mjs"`, another name as `"./network.mjs#small"`), which
 * worker processes need.
 *
 * A seed gives the same search and the same models to the bit, in one process, with any number of workers, and after an
 * end at any moment when a `folder` is given.
 *
 * Source of successive halving: Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020.
 *
 * Throws before the first training when an option or the space is wrong, or the folder holds another search; and when a
 * trial fails, unless `failures: "record"` is given.
 *
 * @example
 * const found = await tune(
 *   ({ units, learningRate }) => {
 *     const model = tf.sequential();
 *     model.add(tf.layers.flatten({ inputShape: [32, 32, 3] }));
 *     model.add(tf.layers.dense({ units, activation: "relu" }));
 *     model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
 *     model.compile({ optimizer: sgd({ learningRate }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
 *     return model;
 *   },
 *   { train: train.rescale(1 / 255).batch(16), validation: valid.rescale(1 / 255).batch(16) },
 *   { space: { units: hp.int(4, 16), learningRate: hp.logUniform(1e-3, 1e-1) }, trials: 4, epochs: 3, strategy: "halving" },
 * );
 * console.log(found.best.settings, found.best.value);
 */
export async function tune<const Space extends SearchSpace>(
  build: BuildTrial<Space> | string,
  data: TuneData | TrialDataFunction<Space> | string,
  options: TuneOptions<Space>,
): Promise<TuneResult<Space>> {
  const checked = checkTuneOptions(options);
  const settings = settingsOf(checked);
  const source = sourceOf(build, data, checked);
  const started = performance.now();
  const folder = resolve(checked.folder ?? mkdtempSync(join(tmpdir(), "dnn-lab-tune-")));
  const release = takeFolder(folder, { file: ".tune.lock", work: "is searching", remedy: "give another folder" });
  try {
    const spec = specOf(folder, checked);
    openSearch(folder, descriptionOf(checked));
    const functions = await source.functions();
    const first = { trial: 0, settings: settings[0], epochs: checked.epochs };
    if (hasFirstTrial(folder)) await checkFirstTrial(first, spec, functions);
    const runner = source.runner(spec, functions);
    const search = new Search(planOf(settings, checked), spec, runner, checked);
    const trials = await whileListening(() => search.run());
    const best = bestTrial(trials, checked.objective);
    const { model, history } = await bestModel(best, spec, functions);
    for (const { trial } of trials) if (trial !== best.trial) dropCheckpoints(folder, trial);
    const seconds = (performance.now() - started) / 1000;
    return { trials, best, history, model, objective: checked.objective, space: checked.space, seconds };
  } finally {
    release();
    if (checked.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the functions come from, and who does the trainings. */
interface Source {
  functions(): Promise<TrialFunctions>;
  runner(spec: SearchSpec, functions: TrialFunctions): TrialRunner;
}

function sourceOf<Space extends SearchSpace>(
  build: BuildTrial<Space> | string,
  data: TuneData | TrialDataFunction<Space> | string,
  { workers, redis }: CheckedTuneOptions<Space>,
): Source {
  const modules = { build: asModule(build, "build"), data: asModule(data, "data") };
  if (build === null || !["string", "function"].includes(typeof build))
    throw new TypeError(
      `${OWNER}: build must be a function that returns a compiled model, or the path of a module, received ${show(build)}.`,
    );
  if (data === null || !["string", "function", "object"].includes(typeof data))
    throw new TypeError(
      `${OWNER}: data must be { train, validation }, a function that returns them, or the path of a module, received ${show(data)}.`,
    );
  const functions = async (): Promise<TrialFunctions> => ({
    build: modules.build ? await loadFunction(OWNER, modules.build) : (build as BuildTrial),
    data: modules.data ? await loadFunction(OWNER, modules.data) : dataFunction(data as TuneData | TrialDataFunction),
  });
  if (workers === 0) return { functions, runner: (spec, given) => inThisProcess(spec, given) };
  const task = { build: forWorkers(modules.build, "build"), data: forWorkers(modules.data, "data") };
  return {
    functions,
    runner: (spec) =>
      redis === undefined
        ? localWorkers(workers, { spec, ...task })
        : queuedWorkers({ address: redis, workers, task: { spec, ...task } }),
  };
}

const asModule = (given: unknown, name: string): ModuleFunction | undefined =>
  typeof given === "string" ? moduleFunction(OWNER, given, name) : undefined;

const dataFunction = (data: TuneData | TrialDataFunction): TrialDataFunction =>
  typeof data === "function" ? data : () => data;

function forWorkers(module: ModuleFunction | undefined, name: "build" | "data"): ModuleFunction {
  if (module) return module;
  throw new TypeError(
    `${OWNER}: workers are other processes, and ${name} exists in this one only: it may use variables around it (of a ` +
      `notebook's cells, say), which cannot be sent. Put it into a file as \`export function ${name}(settings, trial)\`, ` +
      `with all it needs, and pass the file's path, "./network.mjs"; or leave workers out.`,
  );
}

function settingsOf<Space extends SearchSpace>(checked: CheckedTuneOptions<Space>): TrialJob["settings"][] {
  const { space, strategy, trials = Infinity, seed } = checked;
  return strategy === "grid" ? gridOf(OWNER, space).slice(0, trials) : drawSettings(space, trials, seed);
}

function planOf<Space extends SearchSpace>(
  settings: readonly TrialJob["settings"][],
  { strategy, epochs, objective: { direction } }: CheckedTuneOptions<Space>,
): SearchPlan {
  if (typeof strategy === "string") return new WholePlan(settings, epochs);
  return new HalvingPlan(settings, { ...strategy, maxEpochs: epochs, direction });
}

const specOf = <Space extends SearchSpace>(folder: string, checked: CheckedTuneOptions<Space>): SearchSpec => {
  const { objective, epochs, seed, executionsPerTrial } = checked;
  return { folder, objective, epochs, seed, executionsPerTrial };
};

/** What two calls that go on with each other have in common; a search may be given more trials. */
function descriptionOf<Space extends SearchSpace>(checked: CheckedTuneOptions<Space>): unknown {
  const { space, objective, epochs, seed, executionsPerTrial, strategy } = checked;
  return { space, objective, epochs, seed, executionsPerTrial, strategy };
}

/** The model of the best trial: from its checkpoint, or, where that is gone, trained once more. */
async function bestModel(best: TrialRecord, spec: SearchSpec, functions: TrialFunctions) {
  const execution = best.executions.indexOf(bestOf(spec.objective.direction, best.executions)!);
  const epochs = best.status === "pruned" ? best.epochs : spec.epochs;
  const { trial, settings } = best;
  return trainTrial({ trial, settings, epochs }, spec, functions, execution);
}

/** A running search. */
class Search<Space extends SearchSpace> {
  private readonly records = new Map<number, TrialRecord<Space>>();
  private readonly running = new Map<TrialJob, Promise<void>>();
  private readonly progress: TuneProgress;
  private failure: Error | undefined;

  constructor(
    private readonly plan: SearchPlan,
    private readonly spec: SearchSpec,
    private readonly runner: TrialRunner,
    private readonly checked: CheckedTuneOptions<Space>,
  ) {
    this.progress = new TuneProgress(checked.verbose, checked.objective);
  }

  async run(): Promise<TrialRecord<Space>[]> {
    try {
      while (!this.plan.isDone) {
        this.beginAsMany();
        await Promise.race([...this.running.values(), delay(LOOK_MS, { keepsAlive: false })]);
        if (this.failure) throw this.failure;
        checkInterrupt(OWNER);
      }
    } finally {
      this.progress.finish();
      await this.runner.stop();
    }
    return [...this.records.values()].sort((a, b) => a.trial - b.trial);
  }

  private beginAsMany(): void {
    for (const job of this.plan.open) {
      if (this.running.size >= this.runner.slots) return;
      if (!this.running.has(job)) this.running.set(job, this.train(job));
    }
  }

  private async train(job: TrialJob): Promise<void> {
    const outcome = await this.runner.run(job).catch((error: unknown) => this.failed(job, error));
    this.running.delete(job);
    if (this.failure) return;
    this.note(job, outcome);
  }

  private failed({ trial, settings }: TrialJob, error: unknown): Error {
    const stops = this.checked.failures === "throw" || error instanceof InterruptedError;
    const where = `${OWNER}: trial ${trial} (${settingsText(settings)}): ${messageOf(error)}`;
    if (stops) this.failure ??= error instanceof InterruptedError ? error : new Error(where, { cause: error });
    return error instanceof Error ? error : new Error(messageOf(error));
  }

  private note(job: TrialJob, outcome: TrialResult | Error): void {
    const record = recordOf<Space>(job, outcome, this.checked.epochs);
    this.tidy(record);
    this.records.set(job.trial, record);
    this.plan.note(job, record.value);
    this.progress.trained(record);
    this.checked.onTrial?.(record);
  }

  /** Where no trial is gone on with, only the best one's checkpoints are of use. */
  private tidy(record: TrialRecord): void {
    if (typeof this.checked.strategy !== "string") return;
    const { direction } = this.checked.objective;
    const best = bestOf(direction, [...this.records.values()]);
    const drop = isBetter(direction, record.value, best?.value) ? best : record;
    if (drop) dropCheckpoints(this.spec.folder, drop.trial);
  }
}

const settingsText = (settings: TrialJob["settings"]): string =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
