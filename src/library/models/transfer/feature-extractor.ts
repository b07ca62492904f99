/** Runs a forward pass over rows of data, replayed as a graph where that is possible. */
import { gatherRows, recordStep, UnsupportedStep, type CompiledStep, type DeviceData } from "../../engine/compile";
import { isNative } from "../../engine/compile/native";
import { tf } from "../../engine/tf";

/** Fewer batches than this are not worth a recording. */
const WORTHWHILE_BATCHES = 8;

/** Gives the outputs for the rows, part by part. */
export class FeatureExtractor {
  private readonly compiled: CompiledStep | undefined;

  /** @param forward a batch `[samples, …]` in, a tensor `[samples, …]` out; a pure function of tensors */
  constructor(
    private readonly data: DeviceData,
    private readonly scale: number,
    private readonly forward: (features: tf.Tensor) => tf.Tensor,
    private readonly order: { readonly rows: Int32Array; readonly batchSize: number },
  ) {
    this.compiled = this.record();
  }

  /** The outputs for the rows from place `from` on: whole batches, about `count` samples, and at the end what is left. */
  next(from: number, count: number): Float32Array {
    const { rows, batchSize } = this.order;
    const batches = Math.min(Math.floor((rows.length - from) / batchSize), Math.ceil(count / batchSize));
    if (batches === 0 || !this.compiled) return this.eager(rows.subarray(from, from + batchSize));
    const inputs = { rows: rows.slice(from, from + batches * batchSize) };
    const { outputs } = this.compiled.run({ steps: batches, inputs });
    const values = outputs.dataSync() as Float32Array;
    outputs.dispose();
    return values;
  }

  dispose(): void {
    this.compiled?.dispose();
  }

  private compute(rows: tf.Tensor): tf.Tensor {
    return this.forward(gatherRows(this.data, rows, this.scale));
  }

  private eager(rows: Int32Array): Float32Array {
    return tf.tidy(() => this.compute(tf.tensor1d(rows, "int32")).dataSync() as Float32Array);
  }

  private record(): CompiledStep | undefined {
    const { rows, batchSize } = this.order;
    if (!isNative() || rows.length < WORTHWHILE_BATCHES * batchSize) return undefined;
    const example = (batch: number) => ({
      rows: tf.tensor1d(rows.slice(batch * batchSize, (batch + 1) * batchSize), "int32"),
    });
    const examples = [example(0), example(1)] as const;
    try {
      return recordStep({ step: (inputs) => ({ outputs: this.compute(inputs.rows) }), examples, plan: "lowered" });
    } catch (error) {
      if (error instanceof UnsupportedStep) return undefined;
      throw error;
    } finally {
      tf.dispose(examples as never);
    }
  }
}
