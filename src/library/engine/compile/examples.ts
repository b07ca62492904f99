/** Copies in plain memory of the inputs that a step was recorded with, for measuring and for recording again. */
import { tf } from "../tf";
import type { StackedInput } from "./loop-runner";
import type { StepInputs } from "./record";

interface Example {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: number[];
  readonly dtype: tf.DataType;
}

export class Examples {
  private readonly all: readonly Record<string, Example>[];

  constructor(inputs: readonly StepInputs[]) {
    this.all = inputs.map((one) =>
      mapEntries(one, (tensor) => ({
        values: tensor.dataSync().slice() as Float32Array,
        shape: tensor.shape,
        dtype: tensor.dtype,
      })),
    );
  }

  get names(): readonly string[] {
    return Object.keys(this.all[0]);
  }

  /** The inputs of example `index`; the caller disposes. */
  tensors(index: number): StepInputs {
    return mapEntries(this.all[index], ({ values, shape, dtype }) => tf.tensor(values, shape, dtype));
  }

  /** Inputs for `steps` steps, the examples in turn. */
  stacked(steps: number): Record<string, StackedInput> {
    return mapEntries(this.all[0], ({ values }, name) => {
      const stacked = new (values.constructor as Float32ArrayConstructor)(steps * values.length);
      for (let i = 0; i < steps; i++) stacked.set(this.all[i % this.all.length][name].values, i * values.length);
      return stacked;
    });
  }
}

function mapEntries<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
