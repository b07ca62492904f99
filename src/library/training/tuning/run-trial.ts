/** Trains one trial up to an epoch, from its last checkpoint on. The same job gives the same bits wherever it is done. */
import { checkKeys, show } from "dnn-lab-core/check";
import { randomState, RandomStream, setRandomState } from "dnn-lab-core/random";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import type { Callback } from "../callbacks/callback";
import { fit } from "../fit/fit";
import { givenData } from "../fit/given-data";
import { asBatched } from "../fit/inputs";
import { describeData } from "../resume/data-description";
import { describeModel } from "../resume/model-description";
import { describeCompiled } from "../resume/run-description";
import type { TrialJob } from "./search-plan";
import { checkpointFolder, holdAgainst, storedTrial, storeTrial } from "./search-folder";
import {
  type BuildTrial,
  type BuiltTrial,
  objectiveValue,
  type SearchSpec,
  type TrialDataFunction,
  type TrialExecution,
  type TrialFitOptions,
  type TrialResult,
  type TuneData,
} from "./trial";

/** What makes the parts of a trial. */
export interface TrialFunctions {
  readonly build: BuildTrial;
  readonly data: TrialDataFunction;
}

/** A trained model with what became of it. */
export interface TrainedTrial extends TrialExecution {
  readonly model: tf.LayersModel;
}

/** Does a job, unless it was done before. */
export async function runTrial(job: TrialJob, spec: SearchSpec, functions: TrialFunctions): Promise<TrialResult> {
  const known = storedTrial(spec.folder, job);
  if (known) return known;
  const executions: TrialExecution[] = [];
  for (let i = 0; i < spec.executionsPerTrial; i++) {
    const { model, ...execution } = await trainTrial(job, spec, functions, i);
    disposeModel(model);
    executions.push(execution);
  }
  const value = executions.reduce((sum, each) => sum + each.value, 0) / executions.length;
  const result = { trial: job.trial, epochs: job.epochs, value, executions, engine: tf.getBackend() };
  storeTrial(spec.folder, job, result);
  return result;
}

/** Trains one execution (from 0) of a trial; one that was trained so far already comes from its checkpoint at once. */
export function trainTrial(
  job: TrialJob,
  spec: SearchSpec,
  functions: TrialFunctions,
  execution: number,
): Promise<TrainedTrial> {
  const { trial, epochs } = job;
  return withTrial(job, spec, functions, execution, async ({ model, callbacks = [], ...options }, data) => {
    const { train, validation } = data;
    if (trial === 0 && execution === 0) holdAgainst(spec.folder, describeTrial({ model, ...options }, data));
    const history = await fit(model, train, {
      ...options,
      ...(validation === undefined ? {} : { validationData: validation }),
      epochs: spec.epochs,
      verbose: 0,
      callbacks: [endWhenDiverged, ...callbacks],
      resume: { folder: checkpointFolder(spec.folder, trial, execution), pauseAfter: epochs },
    });
    const value = objectiveValue(spec.objective, history);
    return { model, seed: spec.seed + execution, history, value };
  });
}

/**
 * Makes the first trial once more, without training it.
 *
 * @throws Error when the folder's search was begun with another network or other data
 */
export function checkFirstTrial(job: TrialJob, spec: SearchSpec, functions: TrialFunctions): Promise<void> {
  return withTrial(job, spec, functions, 0, (built, data) => {
    holdAgainst(spec.folder, describeTrial(built, data));
    disposeModel(built.model);
    return Promise.resolve();
  });
}

type CheckedBuilt = { model: tf.LayersModel } & TrialFitOptions;

/** Makes the parts of a trial from its seed; the global stream of seeds goes on afterwards where it was. */
async function withTrial<T>(
  { trial, settings }: TrialJob,
  { seed, epochs }: SearchSpec,
  { build, data }: TrialFunctions,
  execution: number,
  body: (built: CheckedBuilt, data: TuneData) => Promise<T>,
): Promise<T> {
  await useEngine();
  const outer = randomState();
  setRandomState(new RandomStream(seed + execution).state);
  try {
    const context = { trial, epochs, seed: seed + execution };
    const parts = checkData(await data(settings, context));
    return await body(checkBuilt(await build(settings, context)), parts);
  } finally {
    setRandomState(outer);
  }
}

/** Of an epoch and not of a batch, so that many steps can be run in a call. */
const endWhenDiverged: Callback = {
  name: "tune",
  onEpochEnd(epoch, { loss }, context) {
    if (loss !== undefined && !Number.isFinite(loss)) context.stopTraining(`the loss of epoch ${epoch + 1} is ${loss}`);
  },
};

/** Releases a model and what its optimizer remembers. */
export function disposeModel(model: tf.LayersModel): void {
  model.optimizer.dispose();
  model.dispose();
}

/** Functions among the options are left out, since nothing can be told of them. */
function describeTrial({ model, ...options }: CheckedBuilt, { train, validation }: TuneData): unknown {
  // Samples that are in batches already stay so: batchSize is for the others, as in fit.
  const described = (data: unknown) => {
    const samples = givenData("tune", model, data);
    return describeData(asBatched("tune", samples, samples.batchSize === undefined ? options.batchSize : undefined));
  };
  return {
    model: describeModel(model),
    ...describeCompiled(model),
    options: JSON.parse(JSON.stringify({ ...options, callbacks: undefined, sampleWeight: undefined })) as unknown,
    train: described(train),
    validation: validation === undefined ? "none" : described(validation),
  };
}

function checkData(data: TuneData): TuneData {
  const keys = ["train", "validation"];
  checkKeys("tune: data", data, keys);
  if (data.train !== undefined) return data;
  throw new TypeError(`tune: data must be { train, validation }, and train is missing.`);
}

/** Set by the search itself. */
const OWN_OPTIONS: Readonly<Record<string, string>> = {
  epochs: "it is an option of tune",
  initialEpoch: "each trial begins with its first epoch",
  resume: "tune takes checkpoints by itself (its option folder)",
  validationData: "give it to tune, as { train, validation }",
  verbose: "it is an option of tune",
};

function checkBuilt(built: BuiltTrial): CheckedBuilt {
  const parts = built instanceof tf.LayersModel ? { model: built } : built;
  const { model } = (parts ?? {}) as { model?: unknown };
  if (!(model instanceof tf.LayersModel)) {
    const isForeign = typeof (model as Partial<tf.LayersModel> | undefined)?.fit === "function";
    const why = isForeign
      ? " It comes from another copy of TensorFlow.js: take tf from dnn-lab, and have that once."
      : "";
    const wanted = "build must return a compiled model, or { model, batchSize, … }";
    throw new TypeError(`tune: ${wanted}, received ${show(built)}.${why}`);
  }
  for (const [name, why] of Object.entries(OWN_OPTIONS))
    if (name in parts) throw new TypeError(`tune: build returned the option ${name}: ${why}.`);
  return parts;
}
