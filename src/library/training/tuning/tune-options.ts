/** What `tune` may be told, and the checks of it. */
import { checkFunction, checkNumber, checkOneOf, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { monitorDirection } from "../../techniques/monitor";
import { rungEpochs } from "./halving-plan";
import { checkSpace, type SearchSpace } from "./search-space";
import type { Objective } from "./trial";
import type { TrialRecord } from "./tune-result";

/** What a search looks for, where the name of a metric does not say it all. */
export interface ObjectiveOptions {
  /** Name of a metric in the history, such as `val_accuracy`. */
  metric: string;
  /** Which direction is better (default: known from the metric's name). */
  direction?: "min" | "max";
  /** Which epoch's value counts: the best one's (default, as in Keras Tuner) or the last one's. */
  epoch?: "best" | "last";
}

/** Successive halving (ASHA) with settings of its own. */
export interface HalvingOptions {
  /** Chooses it. */
  name: "halving";
  /** Of each so many trials the best one goes on (default 3). */
  reductionFactor?: number;
  /** Epochs after which trials are compared for the first time (default 1). */
  minEpochs?: number;
  /**
   * For how many workers the next training is chosen ahead (default 4): at least as many as there are. It belongs to the
   * search, so that its result does not depend on who does the work.
   */
  slots?: number;
}

/** `"grid"`, `"random"`, or `"halving"` with its options. */
export type TuneStrategy = "grid" | "random" | "halving" | HalvingOptions;

/** Options of {@link tune}. */
export interface TuneOptions<Space extends SearchSpace = SearchSpace> {
  /** A domain for each hyperparameter, by name: `{ units: hp.int(10, 100), learningRate: hp.logUniform(1e-4, 0.1) }`. */
  space: Space;
  /** The metric that trials are judged by (default `val_accuracy`). */
  objective?: string | ObjectiveOptions;
  /** How many trials; a grid tries all of its settings when it is left out. */
  trials?: number;
  /**
   * `"random"` (default): settings drawn at random, none twice; `"grid"`: all settings, in order; `"halving"`: random
   * ones, of which the worse are stopped early (asynchronous successive halving).
   */
  strategy?: TuneStrategy;
  /** Epochs of a trial that is not stopped. */
  epochs: number;
  /** Seed of the settings and of each trial (default 0). All trials have the same one, so that chance treats them alike. */
  seed?: number;
  /** Trainings of a trial, each with the next seed; their mean counts (default 1). */
  executionsPerTrial?: number;
  /**
   * Where checkpoints and results are kept. The same call goes on there after it was ended, to the bit, and with more
   * `trials` it goes further (default: a temporary folder, removed at the end).
   */
  folder?: string;
  /** Processes that train (default: this one). `build` and `data` must be modules then. */
  workers?: number;
  /**
   * Address of a Redis server: trainings go through its queue, also to workers on other machines (`dnn-lab tune-worker`)
   * that reach `folder` under the same path.
   */
  redis?: string;
  /** Whether a trial that throws ends the search (`"throw"`, default) or stands in the table as failed (`"record"`). */
  failures?: "throw" | "record";
  /** Is told of each training that has ended. */
  onTrial?: (record: TrialRecord<Space>) => void;
  /** 0 silent, 1 a progress line (default), 2 a line for each training. */
  verbose?: 0 | 1 | 2;
}

const OPTIONS: OptionNames<TuneOptions> = {
  space: true,
  objective: true,
  trials: true,
  strategy: true,
  epochs: true,
  seed: true,
  executionsPerTrial: true,
  folder: true,
  workers: true,
  redis: true,
  failures: true,
  onTrial: true,
  verbose: true,
};

export interface CheckedTuneOptions<Space extends SearchSpace> {
  readonly space: Space;
  readonly objective: Objective;
  /** Undefined: all settings of a grid. */
  readonly trials: number | undefined;
  readonly strategy: "grid" | "random" | Required<HalvingOptions>;
  readonly epochs: number;
  readonly seed: number;
  readonly executionsPerTrial: number;
  readonly folder: string | undefined;
  /** 0: this process. */
  readonly workers: number;
  readonly redis: string | undefined;
  readonly failures: "throw" | "record";
  readonly onTrial: ((record: TrialRecord<Space>) => void) | undefined;
  readonly verbose: 0 | 1 | 2;
}

const COUNT = { integer: true, min: 1 };

/** Throws for what is unknown or out of range. */
export function checkTuneOptions<Space extends SearchSpace>(options: TuneOptions<Space>): CheckedTuneOptions<Space> {
  const owner = "tune";
  checkOptions<object>(owner, options, OPTIONS);
  const { trials, folder, redis, onTrial } = options;
  const count = (name: "executionsPerTrial" | "workers", otherwise: number): number =>
    options[name] === undefined ? otherwise : checkNumber(owner, name, options[name], COUNT);
  const epochs = checkNumber(owner, "epochs", options.epochs, COUNT);
  const strategy = checkStrategy(options.strategy ?? "random", epochs);
  if (trials === undefined && strategy !== "grid")
    throw new TypeError(`${owner}: trials is missing: how many settings are to be tried? Only a grid has an end.`);
  if (trials !== undefined) checkNumber(owner, "trials", trials, COUNT);
  for (const [name, text] of Object.entries({ folder, redis }))
    if (text !== undefined && (typeof text !== "string" || text === ""))
      throw new TypeError(`${owner}: ${name} must be a text, received ${show(text)}.`);
  if (redis !== undefined && folder === undefined)
    throw new TypeError(`${owner}: redis needs folder, which all workers reach: results and checkpoints lie there.`);
  if (onTrial !== undefined) checkFunction(owner, "onTrial", onTrial);
  return {
    ...{ space: checkSpace(owner, options.space), objective: checkObjective(options.objective ?? "val_accuracy") },
    ...{ trials, strategy, epochs, folder, redis, onTrial },
    seed: checkNumber(owner, "seed", options.seed ?? 0, { integer: true, min: 0 }),
    executionsPerTrial: count("executionsPerTrial", 1),
    workers: count("workers", redis === undefined ? 0 : 1),
    failures: checkOneOf(owner, "failures", options.failures ?? "throw", ["throw", "record"]),
    verbose: Number(checkOneOf(owner, "verbose", String(options.verbose ?? 1), ["0", "1", "2"])) as 0 | 1 | 2,
  };
}

function checkObjective(objective: string | ObjectiveOptions): Objective {
  const owner = "tune: objective";
  const options = typeof objective === "string" ? { metric: objective } : objective;
  checkOptions<ObjectiveOptions>(owner, options, { metric: true, direction: true, epoch: true });
  const { metric, direction = "auto", epoch = "best" } = options as ObjectiveOptions;
  if (typeof metric !== "string" || metric === "")
    throw new TypeError(
      `${owner}: metric must be the name of a metric, such as 'val_accuracy', received ${show(metric)}.`,
    );
  if (direction !== "auto") checkOneOf(owner, "direction", direction, ["min", "max"]);
  return {
    metric,
    direction: objectiveDirection(metric, direction),
    epoch: checkOneOf(owner, "epoch", epoch, ["best", "last"]),
  };
}

function objectiveDirection(metric: string, direction: "auto" | "min" | "max"): "min" | "max" {
  try {
    return monitorDirection("tune", metric, direction);
  } catch {
    const fix = `Pass objective: { metric: '${metric}', direction: 'max' } if larger is better, 'min' if smaller is.`;
    throw new TypeError(`tune: the name '${metric}' does not tell whether larger or smaller is better. ${fix}`);
  }
}

function checkStrategy(strategy: TuneStrategy, epochs: number): CheckedTuneOptions<SearchSpace>["strategy"] {
  const owner = "tune: strategy";
  if (strategy === "grid" || strategy === "random") return strategy;
  const options: HalvingOptions = strategy === "halving" ? { name: "halving" } : strategy;
  if (typeof options !== "object") checkOneOf("tune", "strategy", options, ["grid", "random", "halving"]);
  checkOptions(owner, options, { name: true, reductionFactor: true, minEpochs: true, slots: true });
  checkOneOf(owner, "name", options.name, ["halving"]);
  const { reductionFactor = 3, minEpochs = 1, slots = 4 } = options;
  checkNumber(owner, "reductionFactor", reductionFactor, { integer: true, min: 2 });
  checkNumber(owner, "minEpochs", minEpochs, { ...COUNT });
  checkNumber(owner, "slots", slots, { ...COUNT });
  const rule = { reductionFactor, minEpochs, slots, maxEpochs: epochs, direction: "max" } as const;
  if (rungEpochs(rule).length < 2)
    throw new RangeError(
      `${owner}: with epochs ${epochs} and minEpochs ${minEpochs} no trial is ever stopped early; give more epochs, or take 'random'.`,
    );
  return { name: "halving", reductionFactor, minEpochs, slots };
}
