import { checkInterrupt } from "dnn-lab-core/interrupt";
import { checkOneOf, checkOptions } from "dnn-lab-core/check";
import type { Logs } from "dnn-lab-core/types";
import { useEngine } from "../../engine/engine";
import type { tf } from "../../engine/tf";
import { evaluationTask } from "../steps/batch-task";
import { ChunkSize } from "../steps/chunk-size";
import { givenData, type GivenWeights, type TrainingData } from "./given-data";
import { asBatched, checkSampleShape } from "./inputs";
import { StreamDataset } from "../../data/stream/stream-dataset";
import { checkLabels, labelCheck } from "../objective/label-checks";
import { objectiveOf } from "../steps/objective";
import { lineSink, ProgressLine } from "./progress-line";
import { RunningMeans } from "../steps/running-means";
import { checkCompile, type CompileOption, stepRunner } from "../steps/step-runner";
import type { StepRunner } from "../steps/runner";
import { untilReady } from "./until-ready";
import { pacer } from "./pacer";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
  /** How much each sample counts in the loss, as in `fit`; not for data that are shuffled or batched already. */
  sampleWeight?: GivenWeights;
  /** 0 silent, 1 a progress line (default), 2 one line at the end. */
  verbose?: 0 | 1 | 2;
  /** How batches are run, as in `fit` (default `"auto"`). */
  compile?: CompileOption;
}

/**
 * Loss and metrics of a compiled model on a data set, in inference mode: `{ loss: 0.4201, accuracy: 0.8514 }`.
 *
 * First used in In[49]. Throws when the model is not compiled or the samples have another shape than its input.
 *
 * @example const { loss, accuracy } = await evaluate(model, test.batch(128));
 */
export async function evaluate(
  model: tf.LayersModel,
  data: TrainingData,
  options: EvaluateOptions = {},
): Promise<Logs> {
  checkOptions("evaluate", options, { batchSize: true, sampleWeight: true, verbose: true, compile: true });
  const verbose = checkOneOf("evaluate", "verbose", String(options.verbose ?? 1), ["0", "1", "2"]);
  await useEngine();
  const batched = asBatched("evaluate", givenData("evaluate", model, data, options), options.batchSize);
  checkSampleShape("evaluate", model, batched);
  const objective = objectiveOf("evaluate", model);
  checkLabels("evaluate", model, objective, batched);
  const means = new RunningMeans(objective.columns);
  const sink = lineSink(Number(verbose) as 0 | 1 | 2);
  const { stepsPerEpoch = Infinity } = batched;
  if (stepsPerEpoch === Infinity && batched.stepsPerEpoch !== undefined) {
    throw new Error("evaluate: the stream has no end; call take(steps) after batch.");
  }
  const line = new ProgressLine(sink, stepsPerEpoch);
  const steps = await stepRunner({
    model,
    task: evaluationTask({ model, objective }, means),
    data: batched,
    compile: checkCompile("evaluate", options.compile ?? "auto"),
    keep: true,
    expectedSteps: stepsPerEpoch,
    ...(batched instanceof StreamDataset && { checkLabels: labelCheck("evaluate", model, objective, batched) }),
    notice: (text) => sink.settled(text),
  });
  try {
    const logs = await runPass("evaluate", steps, means, (done) => {
      if (line.due()) line.update(done, means.logs());
    });
    line.finish(logs);
    return logs;
  } finally {
    steps.dispose();
    means.dispose();
  }
}

/** One pass in inference mode, also for the validation of `fit`; the order of the samples does not matter here. */
export async function runPass(
  owner: string,
  steps: StepRunner,
  means: RunningMeans,
  onSteps: (done: number) => void = () => undefined,
): Promise<Logs> {
  means.reset();
  const breathe = pacer();
  const chunk = new ChunkSize();
  steps.begin(0);
  for (let done = 0; ;) {
    const waiting = steps.ready?.(chunk.steps);
    if (waiting) await untilReady(owner, waiting);
    const started = performance.now();
    const ran = steps.run(chunk.steps);
    if (ran === 0 && done === 0) throw new RangeError(`${owner}: the validation data hold no samples.`);
    if (ran === 0) return means.logs();
    chunk.observe(ran, performance.now() - started);
    onSteps((done += ran));
    await breathe();
    checkInterrupt(owner);
  }
}
