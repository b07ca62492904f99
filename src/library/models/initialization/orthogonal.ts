/** Random orthogonal matrices, in plain numbers: TensorFlow.js' QR takes some ten operations for each column. */
import { statelessNormal } from "../../engine/stateless-random";
import { tf } from "../../engine/tf";

/**
 * `[…window, inputs, outputs]` weights whose rows or columns (the fewer of them) are orthonormal, times `gain`: the Q of
 * a normal matrix with R's diagonal positive, which is uniform over all such matrices (Saxe et al., 2014, as Keras has it).
 *
 * @throws RangeError for a shape with fewer than two axes.
 */
export function drawOrthogonal(shape: readonly number[], gain: number, seed: number): tf.Tensor {
  if (shape.length < 2)
    throw new RangeError(
      `orthogonal: expected a shape with at least two axes, received [${shape.join(", ")}]; ` +
        "give vectors (as biases are) another initializer.",
    );
  const columns = shape[shape.length - 1];
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors = orthonormal(normalVectors(count, length, seed));
  // Whole vectors are the rows of the result where there are fewer rows, else its columns.
  const at = (row: number, column: number) => (rows < columns ? vectors[row][column] : vectors[column][row]);
  const values = Float32Array.from(
    { length: rows * columns },
    (_, i) => gain * at(Math.floor(i / columns), i % columns),
  );
  return tf.tensor(values, [...shape], "float32");
}

function normalVectors(count: number, length: number, seed: number): Float64Array[] {
  const drawn = tf.tidy(() => statelessNormal([count, length], seed, 0).dataSync());
  return Array.from({ length: count }, (_, i) => Float64Array.from(drawn.subarray(i * length, (i + 1) * length)));
}

/** Gram and Schmidt's orthonormal basis, in place; each vector is cleared of the earlier ones twice, for exactness. */
function orthonormal(vectors: Float64Array[]): Float64Array[] {
  vectors.forEach((vector, index) => {
    for (let pass = 0; pass < 2; pass++)
      for (let earlier = 0; earlier < index; earlier++)
        addMultiple(vector, vectors[earlier], -dot(vector, vectors[earlier]));
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] /= norm;
  });
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addMultiple(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
}
