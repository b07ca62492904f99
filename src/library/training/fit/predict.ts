import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { checkInterrupt } from "dnn-lab-core/interrupt";
import type { Dataset } from "../../data/dataset";
import { StreamDataset, streamParts } from "../../data/stream/stream-dataset";
import { UnsupportedStep } from "../../engine/compile";
import { isNative } from "../../engine/compile/native";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { ChunkSize } from "../steps/chunk-size";
import { CompiledPredictor, datasetRows, type RowSource, tensorRows } from "../steps/compiled-predict";
import { KeptSteps } from "../steps/kept-steps";
import { predictSmall } from "../steps/small-network";
import { givenSamples, type GivenValues, type SamplesAndLabels } from "./given-data";
import { asBatched, checkSampleShape } from "./inputs";
import { pacer } from "./pacer";
import { checkCompile, type CompileOption, decidePlan } from "../steps/step-runner";
import { hasOwnFunctions } from "../steps/outside-writes";
import { turn } from "../steps/turn";

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
  /** How batches are run, as in `fit` (default `"auto"`, without a notice). */
  compile?: CompileOption;
}

/** Samples to predict: a data set, or arrays, tensors and danfo frames, of several inputs by name or in order. */
export type PredictData = Dataset | StreamDataset | GivenValues | Pick<SamplesAndLabels, "x">;

/**
 * Outputs of a model for each sample, in inference mode: `[samples, ...output shape]`; the caller disposes. Of a model
 * with several outputs it is an array of tensors, one for each (`predict<tf.Tensor[]>(…)` says so to TypeScript).
 *
 * `data` is a {@link Dataset} or the samples themselves: a tensor `[samples, ...sample shape]`, which stays the caller's,
 * arrays or a danfo frame. Many batches are replayed in one call, as in `fit`; the samples are gathered where they lie.
 * Up to eight samples (a tensor) of a small dense network are computed without TensorFlow, whose call would take longer; their
 * outputs may differ from those of larger batches in the last digit of float32.
 *
 * @throws Error when the samples are not of the shape of the model's inputs; TypeError for an unknown option.
 * @example const probabilities = await predict(model, test.batch(128));
 */
export async function predict<Outputs extends tf.Tensor | tf.Tensor[] = tf.Tensor>(
  model: tf.LayersModel,
  data: PredictData,
  options: PredictOptions = {},
): Promise<Outputs> {
  checkOptions("predict", options, { batchSize: true, compile: true });
  const compile = checkCompile("predict", options.compile ?? "auto");
  await useEngine();
  if (data instanceof StreamDataset) return predictStream<Outputs>(model, data, options);
  const work = { model, compile, ...workOf(model, data, options.batchSize) };
  const small = compile === "auto" && work.data instanceof tf.Tensor && predictSmall(model, work.data);
  if (small) return small as Outputs;
  const outputs = await predictRows(await batchesOf(work));
  return (outputs.length === 1 ? outputs[0] : outputs) as Outputs;
}

/** Part after part, so that only the outputs fill the memory. */
async function predictStream<Outputs>(
  model: tf.LayersModel,
  data: StreamDataset,
  options: PredictOptions,
): Promise<Outputs> {
  const batched = asBatched("predict", data, options.batchSize);
  checkSampleShape("predict", model, batched, { labels: false });
  const parts: tf.Tensor[][] = [];
  try {
    for await (const part of streamParts(batched)) {
      parts.push([await predict<tf.Tensor | tf.Tensor[]>(model, part, { compile: options.compile })].flat());
      checkInterrupt("predict");
    }
    if (parts.length === 0) throw new RangeError(`predict: '${data.info.name}' holds no samples.`);
    const outputs = parts[0].map((_, i) => tf.concat(parts.map((part) => part[i])));
    return (outputs.length === 1 ? outputs[0] : outputs) as Outputs;
  } finally {
    tf.dispose(parts);
  }
}

interface Work {
  readonly model: tf.LayersModel;
  readonly data: Dataset | tf.Tensor;
  readonly source: RowSource;
  /** Not more than there are samples. */
  readonly batchSize: number;
  readonly compile: CompileOption;
}

function workOf(model: tf.LayersModel, data: PredictData, size?: number): Omit<Work, "model" | "compile"> {
  if (data instanceof tf.Tensor && model.inputs.length === 1) {
    const batchSize = checkNumber("predict", "batchSize", size ?? 32, { integer: true, min: 1 });
    if (data.isDisposed) throw new Error("predict: the tensor has been disposed.");
    if (data.rank === 0 || data.shape[0] === 0) throw new RangeError("predict: the tensor holds no samples.");
    const source = tensorRows(data);
    return { data, source, batchSize: Math.min(batchSize, source.size) };
  }
  const batched = asBatched("predict", givenSamples("predict", model, data), size);
  checkSampleShape("predict", model, batched, { labels: false });
  const source = datasetRows(model, batched);
  return { data: batched, source, batchSize: Math.min(batched.batchSize as number, source.size) };
}

/** What predicts the next batches, at most `count` of them. */
interface Predictor {
  next(count: number): { outputs: tf.Tensor[]; batches: number } | undefined;
  dispose(): void;
}

async function batchesOf({ model, data, source, batchSize, compile }: Work): Promise<Predictor> {
  const expectedSteps = Math.ceil(source.size / batchSize);
  const kept =
    compile !== false && isNative() ? KeptSteps.of<CompiledPredictor>(model, "prediction", data, batchSize) : undefined;
  const { plan } = decidePlan({
    ...{ model, compile, expectedSteps, batchSize, obstacle: false },
    ...{ recorded: kept?.plans(), stepsBefore: kept?.expect(expectedSteps) },
    allowsXla: !hasOwnFunctions(model),
  });
  if (plan === "eager") return eagerPredictor(model, source, batchSize);
  const known = kept?.take(plan);
  known?.takeUp(source);
  if (known) return known;
  try {
    const made = await CompiledPredictor.record([model, source, batchSize], plan, turn);
    kept?.keep(made, plan);
    return made;
  } catch (error) {
    if (!(error instanceof UnsupportedStep) || compile !== "auto") throw error;
    return eagerPredictor(model, source, batchSize);
  }
}

function eagerPredictor(model: tf.LayersModel, source: RowSource, batchSize: number): Predictor {
  const opened = source.open({});
  let position = 0;
  const next = () => {
    const rows = source.order.subarray(position, (position += batchSize));
    if (rows.length === 0) return undefined;
    const apply = () => model.apply(opened.rows(tf.tensor1d(rows, "int32")), { training: false });
    return { outputs: tf.tidy(() => [apply()].flat() as tf.Tensor[]), batches: 1 };
  };
  return { next, dispose: () => opened.dispose() };
}

/** The outputs of all batches, one tensor for each output of the model. */
async function predictRows(predictor: Predictor): Promise<tf.Tensor[]> {
  const outputs: tf.Tensor[][] = [];
  const [breathe, chunk] = [pacer(), new ChunkSize()];
  try {
    for (;;) {
      const started = performance.now();
      const made = predictor.next(chunk.steps);
      if (!made)
        return outputs.length === 1
          ? outputs.splice(0)[0]
          : outputs[0].map((_, i) => tf.concat(outputs.map((batch) => batch[i])));
      outputs.push(made.outputs);
      chunk.observe(made.batches, performance.now() - started);
      await breathe();
      checkInterrupt("predict");
    }
  } finally {
    predictor.dispose();
    tf.dispose(outputs);
  }
}
