/** The optimizers that a step uses, found while it runs, and the numbers that they need step by step. */
import { tf } from "../../engine/tf";
import { type CountingOptimizer, withScalarsFrom } from "../../techniques/optimizers/given-scalars";
import type { StepInputs } from "../../engine/compile";

/** One update that the step makes: the optimizer, and how many it has made before in this step. */
interface Update {
  readonly optimizer: CountingOptimizer;
  readonly before: number;
}

export class StepOptimizers {
  private readonly updates: Update[] = [];
  /** Updates that each optimizer makes in a step. */
  private readonly perStep = new Map<CountingOptimizer, number>();

  /** Runs the step once and notes its updates; the optimizers count nothing. */
  discover<T>(body: () => T): T {
    const find = (optimizer: CountingOptimizer) => {
      const before = this.perStep.get(optimizer) ?? 0;
      this.updates.push({ optimizer, before });
      this.perStep.set(optimizer, before + 1);
      return optimizer.stepScalars(optimizer.steps + before).map((value) => tf.scalar(value));
    };
    return withScalarsFrom(find, body);
  }

  /** Runs the step with its optimizers' numbers taken from the inputs. */
  feed<T>(inputs: StepInputs, body: () => T): T {
    let update = 0;
    const take = (optimizer: CountingOptimizer) => {
      const prefix = `${PREFIX}${update++}.`;
      const count = optimizer.stepScalars(optimizer.steps).length;
      // An update that was not there at first is refused by the recording, whatever its numbers are.
      return Array.from({ length: count }, (_, i) => inputs[`${prefix}${i}`] ?? tf.scalar(0));
    };
    return withScalarsFrom(take, body);
  }

  /** Input → its numbers in `steps` steps, the first of them `ahead` steps from now. */
  numbers(steps: number, ahead = 0): Record<string, Float32Array> {
    const inputs: Record<string, Float32Array> = {};
    this.updates.forEach(({ optimizer, before }, update) => {
      const each = this.perStep.get(optimizer) as number;
      const rows = Array.from({ length: steps }, (_, i) =>
        optimizer.stepScalars(optimizer.steps + (ahead + i) * each + before),
      );
      rows[0].forEach((_, i) => (inputs[`${PREFIX}${update}.${i}`] = Float32Array.from(rows, (row) => row[i])));
    });
    return inputs;
  }

  /** Counts the updates of `steps` replayed steps. */
  advance(steps: number): void {
    for (const [optimizer, each] of this.perStep) optimizer.steps += steps * each;
  }
}

/** Begins the names of the inputs that hold optimizers' numbers. */
export const PREFIX = "optimizer.";
