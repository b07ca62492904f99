/** Prediction by a recorded and replayed forward pass. */
import {
  type CompiledStep,
  deviceData,
  type DeviceData,
  gatherRows,
  type Plan,
  recordStepInParts,
  type StepInputs,
} from "../../engine/compile";
import { tf } from "../../engine/tf";
import type { Dataset } from "../../data/dataset";
import { modelInputs } from "./model-inputs";

/** Rows by number, wherever they lie, as float32. */
export interface RowSource {
  readonly size: number;
  rows(numbers: tf.Tensor): tf.Tensor | tf.Tensor[];
  /** The number of each row of the source, in the order of the predictions. */
  readonly order: Int32Array;
  dispose(): void;
}

/** The samples of a data set, which stay bytes on the engine. */
export function datasetRows(model: tf.LayersModel, data: Dataset): RowSource {
  const stored: DeviceData = deviceData(data.storage.features.values, data.storage.features.shape);
  const order = data.storedOrder(0);
  return {
    size: order.length,
    order,
    rows(numbers) {
      const features = gatherRows(stored, numbers, data.scale);
      const labels = tf.zeros([features.shape[0], ...data.labelShape]);
      return modelInputs(model, data.transform({ features, labels }));
    },
    dispose: () => stored.dispose(),
  };
}

/** The rows of a tensor, which stays the caller's. */
export function tensorRows(tensor: tf.Tensor): RowSource {
  const [size] = tensor.shape;
  return {
    size,
    order: Int32Array.from({ length: size }, (_, i) => i),
    rows: (numbers) => tf.gather(tensor, numbers as tf.Tensor1D),
    dispose: () => undefined,
  };
}

/** Predicts rows batch by batch, many batches in a call. Throws an `UnsupportedStep` when the model cannot be replayed. */
export class CompiledPredictor {
  private compiled!: CompiledStep;
  private position = 0;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly source: RowSource,
    private readonly batchSize: number,
  ) {}

  /** Records the forward pass, with `pause` between the parts. */
  static async record(
    [model, source, batchSize]: ConstructorParameters<typeof CompiledPredictor>,
    plan: Plan,
    pause: () => Promise<void>,
  ): Promise<CompiledPredictor> {
    const predictor = new CompiledPredictor(model, source, batchSize);
    const examples = [0, 1].map((i) => predictor.example(i)) as [StepInputs, StepInputs];
    try {
      const step = ({ rows }: StepInputs) =>
        Object.fromEntries(predictor.predict(rows).map((each, i) => [`output${i}`, each]));
      predictor.compiled = await recordStepInParts({ step, examples, plan }, pause);
      return predictor;
    } finally {
      tf.dispose(examples);
    }
  }

  /** Predicts the next batches, at most `count`; undefined when all rows are done. The result is the caller's. */
  next(count: number): { outputs: tf.Tensor[]; batches: number } | undefined {
    const { batchSize, position, compiled } = this;
    const left = this.source.size - position;
    if (left === 0) return undefined;
    const batches = Math.max(1, Math.min(count, compiled.mostSteps, Math.floor(left / batchSize)));
    const rows = this.source.order.subarray(position, position + batches * batchSize);
    this.position += rows.length;
    const outputs = rows.length === batches * batchSize ? this.replay(rows, batches) : this.smaller(rows);
    return { outputs, batches };
  }

  dispose(): void {
    this.compiled.dispose();
  }

  private predict(rows: tf.Tensor): tf.Tensor[] {
    return [this.model.apply(this.source.rows(rows), { training: false })].flat() as tf.Tensor[];
  }

  private replay(rows: Int32Array, steps: number): tf.Tensor[] {
    return tf.tidy(() => {
      const outputs = this.compiled.run({ steps, inputs: { rows } });
      return this.model.outputs.map((_, i) => {
        const each = outputs[`output${i}`];
        return tf.reshape(each, [rows.length, ...each.shape.slice(2)]);
      });
    });
  }

  private smaller(rows: Int32Array): tf.Tensor[] {
    return tf.tidy(() => this.predict(tf.tensor1d(rows, "int32")));
  }

  private example(index: number): StepInputs {
    const { batchSize, source } = this;
    const from = Math.min(index * batchSize, source.size - batchSize);
    return { rows: tf.tensor1d(source.order.slice(from, from + batchSize), "int32") };
  }
}
