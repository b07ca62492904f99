/** An optimizer's saved state is known by names, not by the order in which a file happens to list it. */
import { afterEach, expect, it } from "vitest";
import { tf } from "../../../src/library/engine/tf";
import { adam, type Optimizer } from "../../../src/library/techniques/optimizers";

afterEach(() => tf.disposeVariables());

const step = (optimizer: Optimizer, variable: tf.Variable, gradient: number[]): void =>
  tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d(gradient) }));

it("slots listed the other way round are restored to their own places", async () => {
  const weight = tf.variable(tf.tensor1d([1, -2]), true, "weight");
  const first = adam({ learningRate: 0.1 });
  step(first, weight, [1, -3]);
  step(first, weight, [0.5, 2]);
  const [iterations, ...slots] = await first.getWeights();
  const copies = slots.map(({ name, tensor }) => ({ name, tensor: tensor.clone() }));
  const stand = weight.clone();
  step(first, weight, [-1, 1]);
  const expected = weight.arraySync();

  weight.assign(stand);
  const second = adam({ learningRate: 0.1 });
  await second.setWeights([iterations!, ...copies.toReversed()]);
  step(second, weight, [-1, 1]);
  expect(weight.arraySync()).toEqual(expected);
});
