/** Prediction by a recorded and replayed forward pass. */
import {
  type CompiledStep,
  type DataId,
  deviceData,
  type DeviceData,
  deviceView,
  gatherRows,
  type Plan,
  recordStepInParts,
  type StepFunction,
  type StepInputs,
} from "../../engine/compile";
import { tf } from "../../engine/tf";
import type { Dataset } from "../../data/dataset";
import type { Recording } from "./kept-steps";
import { modelInputs } from "./model-inputs";
import { hasOwnFunctions } from "./outside-writes";

/** Rows by number, wherever they lie, as float32. */
export interface RowSource {
  readonly size: number;
  /** The rows in their places, from now on. */
  open(place: DataId): OpenRows;
  /** The number of each row of the source, in the order of the predictions. */
  readonly order: Int32Array;
}

/** Rows on the engine. */
export interface OpenRows {
  rows(numbers: tf.Tensor): tf.Tensor | tf.Tensor[];
  dispose(): void;
}

/** The samples of a data set, which stay bytes on the engine. */
export function datasetRows(model: tf.LayersModel, data: Dataset): RowSource {
  const { values, shape } = data.storage.features;
  const order = data.storedOrder(0);
  const open = (place: DataId): OpenRows => {
    const stored: DeviceData = deviceData(values, shape, place);
    return {
      rows(numbers) {
        const features = gatherRows(stored, numbers, data.scale);
        const labels = tf.zeros([features.shape[0], ...data.labelShape]);
        return modelInputs(model, data.transform({ features, labels }));
      },
      dispose: () => stored.dispose(),
    };
  };
  return { size: order.length, order, open };
}

/** The rows of a tensor, which stays the caller's. */
export function tensorRows(tensor: tf.Tensor): RowSource {
  const [size] = tensor.shape;
  const open = (place: DataId): OpenRows => {
    const view = deviceView(tensor, place);
    return { rows: (numbers) => tf.gather(view, numbers as tf.Tensor1D), dispose: () => view.dispose() };
  };
  return { size, order: Int32Array.from({ length: size }, (_, i) => i), open };
}

/** Predicts rows batch by batch, many batches in a call. Throws an `UnsupportedStep` when the model cannot be replayed. */
export class CompiledPredictor implements Recording {
  /** Takes the recording when the predictor is disposed of; without it the recording goes, too. */
  putAway: (() => void) | undefined;
  private compiled!: CompiledStep;
  /** Where the recording finds its rows. */
  private readonly place: DataId = {};
  private source: RowSource | undefined;
  private opened: OpenRows | undefined;
  private position = 0;

  private constructor(
    private readonly model: tf.LayersModel,
    private readonly batchSize: number,
  ) {}

  /** Records the forward pass, with `pause` between the parts. */
  static async record(
    [model, source, batchSize]: readonly [tf.LayersModel, RowSource, number],
    plan: Plan,
    pause: () => Promise<void>,
  ): Promise<CompiledPredictor> {
    const predictor = new CompiledPredictor(model, batchSize);
    predictor.takeUp(source);
    const examples = [0, 1].map((i) => predictor.example(source, i)) as [StepInputs, StepInputs];
    try {
      const settled = !hasOwnFunctions(model);
      predictor.compiled = await recordStepInParts({ step: predictor.step(), examples, plan, settled }, pause);
      return predictor;
    } catch (error) {
      predictor.leave();
      throw error;
    } finally {
      tf.dispose(examples);
    }
  }

  /** What is recorded; made where no source is in reach, which it would keep in memory. */
  private step(): StepFunction {
    return ({ rows }) => Object.fromEntries(this.predict(rows).map((each, i) => [`output${i}`, each]));
  }

  /** Begins with the first row of a source; of another one only when it is of the form of the first. */
  takeUp(source: RowSource): void {
    this.source = source;
    this.opened = source.open(this.place);
    this.position = 0;
  }

  /** Whether the recording can be used again. */
  get isAlive(): boolean {
    return this.compiled.isAlive;
  }

  /** Predicts the next batches, at most `count`; undefined when all rows are done. The result is the caller's. */
  next(count: number): { outputs: tf.Tensor[]; batches: number } | undefined {
    const { batchSize, position, compiled } = this;
    const { size, order } = this.source as RowSource;
    const left = size - position;
    if (left === 0) return undefined;
    const batches = Math.max(1, Math.min(count, compiled.mostSteps, Math.floor(left / batchSize)));
    const rows = order.subarray(position, position + batches * batchSize);
    this.position += rows.length;
    const outputs = rows.length === batches * batchSize ? this.replay(rows, batches) : this.smaller(rows);
    return { outputs, batches };
  }

  dispose(): void {
    this.leave();
    if (this.putAway) this.putAway();
    else this.compiled.dispose();
  }

  discard(): void {
    this.putAway = undefined;
    this.dispose();
  }

  /** Leaves the rows to their owner. */
  private leave(): void {
    this.opened?.dispose();
    this.source = this.opened = undefined;
  }

  private predict(rows: tf.Tensor): tf.Tensor[] {
    const inputs = (this.opened as OpenRows).rows(rows);
    return [this.model.apply(inputs, { training: false })].flat() as tf.Tensor[];
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

  private example({ order, size }: RowSource, index: number): StepInputs {
    const { batchSize } = this;
    const from = Math.min(index * batchSize, size - batchSize);
    return { rows: tf.tensor1d(order.slice(from, from + batchSize), "int32") };
  }
}
