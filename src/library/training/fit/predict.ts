import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { Dataset } from "../../data/dataset";
import { UnsupportedStep } from "../../engine/compile";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { ChunkSize } from "../steps/chunk-size";
import { CompiledPredictor, datasetRows, type RowSource, tensorRows } from "../steps/compiled-predict";
import { asBatched, checkSampleShape } from "./inputs";
import { pacer } from "./pacer";
import { checkCompile, type CompileOption, decidePlan } from "../steps/step-runner";

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Samples a batch, for data that are not batched yet (default 32). */
  batchSize?: number;
  /** How batches are run, as in `fit` (default `"auto"`, without a notice). */
  compile?: CompileOption;
}

/**
 * Outputs of a model for each sample, in inference mode: `[samples, ...output shape]`; the caller disposes.
 *
 * `data` is a {@link Dataset} or a tensor `[samples, ...sample shape]`, which stays the caller's. Many batches are
 * replayed in one call, as in `fit`; the samples are gathered where they lie.
 *
 * @throws TypeError when the model has several inputs or outputs (use `model.predict`), or for an unknown option.
 * @example const probabilities = await predict(model, test.batch(128));
 */
export async function predict(
  model: tf.LayersModel,
  data: Dataset | tf.Tensor,
  options: PredictOptions = {},
): Promise<tf.Tensor> {
  checkOptions("predict", options, ["batchSize", "compile"]);
  const compile = checkCompile("predict", options.compile ?? "auto");
  await useEngine();
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    const found = `${model.inputs.length} inputs and ${model.outputs.length} outputs`;
    throw new TypeError(`predict: expected a model with one input and one output, received ${found}.`);
  }
  const { source, batchSize } = sourceOf(model, data, options.batchSize);
  try {
    return await predictRows(batchesOf({ model, source, batchSize, compile }));
  } finally {
    source.dispose();
  }
}

function sourceOf(model: tf.LayersModel, data: Dataset | tf.Tensor, size?: number) {
  if (data instanceof tf.Tensor) {
    const batchSize = checkNumber("predict", "batchSize", size ?? 32, { integer: true, min: 1 });
    if (data.rank === 0 || data.shape[0] === 0) throw new RangeError("predict: the tensor holds no samples.");
    return { source: tensorRows(data), batchSize };
  }
  const batched = asBatched("predict", data, size);
  checkSampleShape("predict", model, batched);
  return { source: datasetRows(batched), batchSize: batched.batchSize as number };
}

interface Work {
  readonly model: tf.LayersModel;
  readonly source: RowSource;
  readonly batchSize: number;
  readonly compile: CompileOption;
}

/** What predicts the next batches, at most `count` of them. */
interface Predictor {
  next(count: number): { outputs: tf.Tensor; batches: number } | undefined;
  dispose(): void;
}

function batchesOf({ model, source, batchSize, compile }: Work): Predictor {
  const expectedSteps = Math.ceil(source.size / batchSize);
  const obstacle = source.size < batchSize && "no batch is full";
  const { plan } = decidePlan({ model, compile, expectedSteps, batchSize, obstacle });
  if (plan !== "eager") {
    try {
      return new CompiledPredictor(model, source, batchSize, plan);
    } catch (error) {
      if (!(error instanceof UnsupportedStep) || compile !== "auto") throw error;
    }
  }
  return eagerPredictor(model, source, batchSize);
}

function eagerPredictor(model: tf.LayersModel, source: RowSource, batchSize: number): Predictor {
  let position = 0;
  const next = () => {
    const rows = source.order.subarray(position, (position += batchSize));
    if (rows.length === 0) return undefined;
    const apply = () => model.apply(source.rows(tf.tensor1d(rows, "int32")), { training: false }) as tf.Tensor;
    return { outputs: tf.tidy(apply), batches: 1 };
  };
  return { next, dispose: () => undefined };
}

async function predictRows(predictor: Predictor): Promise<tf.Tensor> {
  const outputs: tf.Tensor[] = [];
  const [breathe, chunk] = [pacer(), new ChunkSize()];
  try {
    for (;;) {
      const started = performance.now();
      const made = predictor.next(chunk.steps);
      if (!made) return tf.concat(outputs);
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
