/** The option `resume` of `fit`. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";

/** `fit`'s option `resume`, in full. */
export interface ResumeOptions {
  /** Where the checkpoints are: a folder for each run, made when it is missing. */
  folder: string;
  /** Also within epochs, after each so many optimizer steps of the run (default: not by count). */
  everySteps?: number;
  /** Also within epochs, when the last one is so many minutes old (default 5). */
  everyMinutes?: number;
  /** How many of the newest are kept (default 2); with 1 there is no older one to go back to when the newest is damaged. */
  keep?: number;
  /**
   * Ends this call after so many of the run's epochs, with a checkpoint; the next call goes on from there as if there had
   * been no pause, to the bit (default: not). `onTrainEnd` is not called, since training has not ended.
   */
  pauseAfter?: number;
}

export interface CheckedResume {
  readonly folder: string;
  readonly everySteps: number;
  readonly everyMinutes: number;
  readonly keep: number;
  readonly pauseAfter: number;
}

/** The option with every default filled in; undefined when it was not given. */
export function checkResume(resume: string | ResumeOptions | undefined): CheckedResume | undefined {
  if (resume === undefined) return undefined;
  const owner = "fit: resume";
  const options = typeof resume === "string" ? { folder: resume } : resume;
  checkOptions(owner, options, { folder: true, everySteps: true, everyMinutes: true, keep: true, pauseAfter: true });
  const { folder, everySteps, everyMinutes = 5, keep = 2, pauseAfter } = options;
  if (typeof folder !== "string" || folder === "") {
    throw new TypeError(`${owner}: folder must be the path of a folder, received ${show(folder)}.`);
  }
  return {
    folder,
    everySteps: everySteps === undefined ? Infinity : checkNumber(owner, "everySteps", everySteps, COUNT),
    everyMinutes: checkNumber(owner, "everyMinutes", everyMinutes, { above: 0 }),
    keep: checkNumber(owner, "keep", keep, COUNT),
    pauseAfter: pauseAfter === undefined ? Infinity : checkNumber(owner, "pauseAfter", pauseAfter, COUNT),
  };
}

const COUNT = { integer: true, min: 1 };
