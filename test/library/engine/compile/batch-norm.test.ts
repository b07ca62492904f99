import { describe, expect, test } from "vitest";
import { batchNormTraining, PLANS, recordStep, type StepFunction } from "../../../../src/library/engine/compile";
import { tf } from "../../../../src/library/engine/tf";

const EPSILON = 1e-3;

/** The textbook formula, from which TensorFlow.js derives the gradient by itself. */
function composed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) {
  const { mean, variance } = tf.moments(x, [...x.shape.keys()].slice(0, -1));
  const output = tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gamma), beta);
  return { output, mean, variance };
}

const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

describe.each([[[8, 5, 6, 3]], [[16, 7]]])("batch normalization of %j", (shape) => {
  const channels = shape[shape.length - 1];
  const x = tf.randomNormal(shape, 2, 3, "float32", 1);
  const gamma = tf.randomUniform([channels], 0.5, 2, "float32", 2);
  const beta = tf.randomNormal([channels], 0, 1, "float32", 3);
  const weights = tf.randomNormal(shape, 0, 1, "float32", 4);

  test("equals the composed formula in output and statistics", () => {
    const fused = batchNormTraining(x, gamma, beta, EPSILON);
    const reference = composed(x, gamma, beta);
    expect(fused.output.shape).toEqual(shape);
    expect(difference(fused.output, reference.output)).toBeLessThan(1e-5);
    expect(difference(fused.mean, reference.mean)).toBeLessThan(1e-5);
    expect(difference(fused.variance, reference.variance)).toBeLessThan(1e-4);
  });

  test("equals the composed formula in its gradients", () => {
    const loss =
      (normalize: typeof composed) =>
      (...args: tf.Tensor[]) =>
        tf.sum(tf.mul(tf.square(normalize(args[0], args[1], args[2]).output), weights)) as tf.Scalar;
    const fused = tf.grads(loss((a, b, c) => batchNormTraining(a, b, c, EPSILON)))([x, gamma, beta]);
    const reference = tf.grads(loss(composed))([x, gamma, beta]);
    fused.forEach((gradient, i) => {
      const scale = tf.max(tf.abs(reference[i])).dataSync()[0];
      expect(difference(gradient, reference[i]) / scale).toBeLessThan(1e-5);
    });
  });

  test.each(PLANS)("is recorded as two operations and replayed under plan %s", (plan) => {
    const scale = tf.variable(gamma, true);
    const step: StepFunction = ({ rate }) => {
      let average!: tf.Tensor;
      const loss = () => {
        const { output, mean } = batchNormTraining(x, scale, beta, EPSILON);
        average = tf.keep(mean);
        return tf.mean(tf.mul(tf.square(output), weights)) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(loss, [scale]);
      scale.assign(tf.sub(scale, tf.mul(grads[scale.name], rate)));
      const mean = average.clone();
      average.dispose();
      return { value, mean };
    };
    const compiled = recordStep({ step, examples: [{ rate: tf.scalar(0.1) }, { rate: tf.scalar(0.2) }], plan });
    expect(compiled.explain().operationCounts).toMatchObject({ FusedBatchNormV3: 1, FusedBatchNormGradV3: 1 });
    const { value, mean } = compiled.run({ steps: 5, inputs: { rate: new Float32Array(5).fill(0.1) } });
    const replayed = scale.clone();
    scale.assign(gamma as tf.Tensor1D);
    const losses = Array.from({ length: 5 }, () => step({ rate: tf.scalar(0.1) }, tf.scalar(0)).value.dataSync()[0]);
    Array.from(value.dataSync()).forEach((loss, i) => expect(loss).toBeCloseTo(losses[i], 5));
    expect(difference(replayed, scale)).toBeLessThan(1e-5);
    expect(difference(mean, tf.tile(tf.expandDims(composed(x, gamma, beta).mean, 0), [5, 1]))).toBeLessThan(1e-5);
    compiled.dispose();
    scale.dispose();
  });
});

test.each(PLANS)("a relu after it is not lost under plan %s", (plan) => {
  // TensorFlow's optimizer fuses the two wrongly where a loop is not lowered.
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3 }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.activation({ activation: "relu" }));
  model.add(tf.layers.globalAveragePooling2d({}));
  const images = tf.randomUniform([4, 8, 8, 3], 0, 1, "float32", 5);
  for (const training of [true, false]) {
    const step: StepFunction = ({ x }) => ({ y: model.apply(tf.mul(images, x), { training }) as tf.Tensor });
    const compiled = recordStep({ step, examples: [{ x: tf.scalar(1) }, { x: tf.scalar(2) }], plan });
    const { y } = compiled.run({ steps: 1, inputs: { x: Float32Array.of(3) } });
    expect(difference(y.squeeze([0]), model.apply(tf.mul(images, 3), { training }) as tf.Tensor)).toBeLessThan(1e-5);
    compiled.dispose();
  }
});

test("one sample has no variance", () => {
  const { output, variance } = batchNormTraining(tf.tensor2d([[3, 4]]), tf.ones([2]), tf.tensor1d([1, 2]), EPSILON);
  expect([...output.dataSync()]).toEqual([1, 2]);
  expect([...variance.dataSync()]).toEqual([0, 0]);
});
