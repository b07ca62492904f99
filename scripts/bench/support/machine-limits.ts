/** What a machine can do at most: products of matrices, and what passes through its memory. */
import { tf } from "dnn-lab";

export interface Measurement {
  readonly what: string;
  readonly unit: string;
  readonly once: () => number;
}

/** Seconds for one of `times` calls; the last result is read, so that all are done. */
export function secondsFor(times: number, call: () => tf.Tensor): number {
  const started = performance.now();
  tf.tidy(() => {
    let result: tf.Tensor | undefined;
    for (let i = 0; i < times; i++) {
      result?.dispose();
      result = call();
    }
    result?.dataSync();
  });
  return (performance.now() - started) / 1000 / times;
}

export function product(rows: number, inner: number, columns: number): Measurement {
  const [a, b] = [
    tf.randomUniform([rows, inner], 0, 1, "float32", 1),
    tf.randomUniform([inner, columns], 0, 1, "float32", 2),
  ];
  const work = 2 * rows * inner * columns;
  const once = () => work / secondsFor(Math.ceil(4e8 / work), () => tf.matMul(a, b)) / 1e9;
  return { what: `matrix product ${rows} × ${inner} by ${inner} × ${columns}`, unit: "GFLOP/s", once };
}

/** Reads two arrays and writes one, each larger than any cache. */
export function memory(): Measurement {
  const size = 16e6;
  const [a, b] = [tf.ones([size]), tf.ones([size])];
  const once = () => (3 * 4 * size) / secondsFor(2, () => tf.slice(tf.add(a, b), 0, 1)) / 1e9;
  return { what: "sum of two arrays of 64 MB", unit: "GB/s", once };
}
