import { describe, expect, it } from "vitest";
import { releaseGradients } from "../../../src/library/engine/release-gradients";
import { tf } from "../../../src/library/engine/tf";

const a = tf.variable(tf.tensor1d([0.3, -0.7, 1.1]));
const b = tf.variable(tf.tensor1d([1.5, 0.2, -0.4]));

/** Hands on the very gradient that it is given, to both of its inputs. */
const bothWays = (x: tf.Tensor, y: tf.Tensor) =>
  tf.customGrad((...args: unknown[]) => ({
    value: tf.add(args[0] as tf.Tensor, args[1] as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => [dy, dy],
  }))(x, y);

const straight = (x: tf.Tensor) =>
  tf.customGrad((...args: unknown[]) => ({ value: tf.sign(args[0] as tf.Tensor), gradFunc: (dy: tf.Tensor) => dy }))(x);

const ofOne = (x: tf.Tensor) => tf.reshape(x, [1]) as tf.Tensor1D;

const losses: Record<string, () => tf.Tensor> = {
  "a chain": () => tf.tanh(tf.mul(tf.sin(a), tf.exp(b))),
  "a result that is used three times": () => {
    const shared = tf.sigmoid(tf.mul(a, b));
    return tf.addN([shared, tf.mul(shared, a), tf.square(shared)]);
  },
  "operations of several outputs": () => tf.concat(tf.split(tf.concat([tf.relu(a), tf.elu(b)]), 3).map(tf.tanh)),
  "a gradient that is handed on as it is": () => tf.mul(straight(tf.mul(a, 2)), b),
  "a gradient that is handed on twice as it is": () => tf.mul(bothWays(tf.sin(a), tf.cos(b)), bothWays(a, tf.exp(b))),
  "a gradient of the loss itself that is handed on": () => bothWays(tf.sum(tf.sin(a)), tf.sum(tf.mul(a, b))),
  "a batch normalization": () =>
    tf.batchNorm(
      tf.reshape(tf.mul(a, b), [3, 1]),
      ofOne(tf.mean(a)),
      ofOne(tf.mean(tf.square(b))),
      tf.zeros([1]),
      tf.ones([1]),
    ),
  "gradients of gradients": () => {
    const slope = tf.grad((x) => tf.sum(tf.mul(tf.sin(x), b)))(a);
    return tf.square(tf.sub(tf.norm(slope), 1));
  },
};

function gradients(loss: () => tf.Tensor, release: boolean): number[][] {
  return tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const result = tf.sum(loss()) as tf.Scalar;
      if (release) releaseGradients();
      return result;
    }, [a, b]);
    return [a, b].map(({ name }) => [...grads[name].dataSync()]);
  });
}

describe("gradients that go as soon as nobody needs them", () => {
  it.each(Object.entries(losses))("are the same after %s", (_, loss) => {
    const expected = gradients(loss, false);
    expect(expected.flat().some((value) => value !== 0)).toBe(true);
    expect(gradients(loss, true)).toEqual(expected);
  });

  it("leave no tensor behind, and far less memory is in use at any time", () => {
    const before = tf.memory().numTensors;
    const most = (release: boolean): number => {
      let peak = 0;
      const counting = (x: tf.Tensor) =>
        tf.customGrad((...args: unknown[]) => ({
          value: tf.sin(args[0] as tf.Tensor),
          gradFunc: (dy: tf.Tensor) => {
            peak = Math.max(peak, tf.memory().numBytes);
            return tf.mul(dy, 2);
          },
        }))(x);
      tf.tidy(() => {
        const large = tf.variable(tf.zeros([100_000]));
        tf.variableGrads(() => {
          let x: tf.Tensor = large;
          for (let i = 0; i < 40; i++) x = counting(x);
          const loss = tf.sum(x) as tf.Scalar;
          if (release) releaseGradients();
          return loss;
        }, [large]);
        large.dispose();
      });
      return peak;
    };
    expect(most(true)).toBeLessThan(most(false) / 4);
    expect(tf.memory().numTensors).toBe(before);
  });
});
