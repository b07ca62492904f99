/** Rank-0 tensors of a step's numbers, made anew only for numbers that changed since the last step. */
import { tf } from "../../engine/tf";

export class CachedScalars {
  private values: number[] = [];
  private cached: tf.Scalar[] = [];

  /** One tensor for each value; they stay the cache's. */
  tensors(values: readonly number[]): readonly tf.Scalar[] {
    values.forEach((value, i) => {
      if (Object.is(this.values[i], value)) return;
      this.cached[i]?.dispose();
      this.cached[i] = tf.keep(tf.scalar(value));
    });
    this.values = [...values];
    return this.cached;
  }

  dispose(): void {
    tf.dispose(this.cached);
    this.values = [];
    this.cached = [];
  }
}
