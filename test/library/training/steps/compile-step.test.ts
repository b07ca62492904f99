/** Steps of a user's own: compiled, they do what they do op by op. */
import { describe, expect, test } from "vitest";
import {
  adam,
  compileStep,
  type CompiledStepFunction,
  sgd,
  statelessNormal,
  statelessUniform,
  tf,
} from "../../../../src/library/index";
import { dropout, exponentialSchedule, UnsupportedStep } from "../../../../src/library/index";
import type { RunPlan } from "../../../../src/library/index";

type Step = CompiledStepFunction<Record<string, tf.Tensor>>;

let seed = 0;
const dense = (units: number, activation?: "relu" | "tanh" | "sigmoid" | "elu", inputShape?: number[]) =>
  tf.layers.dense({
    units,
    ...(activation && { activation }),
    ...(inputShape && { inputShape }),
    kernelInitializer: tf.initializers.glorotUniform({ seed: (seed += 1) }),
  });
const network = (...layers: tf.layers.Layer[]) => tf.sequential({ layers });
const variablesOf = (...models: tf.LayersModel[]) =>
  models.flatMap((model) => model.trainableWeights.map((weight) => weight.read() as tf.Variable));
const call = (model: tf.LayersModel, x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
const random = (shape: number[], seed: number, step = 0) => statelessNormal(shape, seed, step);

interface Example {
  readonly step: Step;
  readonly variables: tf.Variable[];
  readonly inputs: (step: number) => Record<string, tf.Tensor | number>;
}

/** A variational auto-encoder: noise by the step's number, a weight of the divergence that grows. */
function autoEncoder(plan: RunPlan): Example {
  const [encoder, decoder] = [network(dense(16, "tanh", [12]), dense(8)), network(dense(16, "elu", [4]), dense(12))];
  const variables = variablesOf(encoder, decoder);
  const optimizer = adam({
    learningRate: exponentialSchedule({ initialLearningRate: 0.01, decaySteps: 10, decayRate: 0.5 }),
  });
  const step = compileStep(
    ({ x, beta }, number) => {
      const { value, grads } = tf.variableGrads(() => {
        const [mean, logVariance] = tf.split(call(encoder, x), 2, 1);
        const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), statelessNormal([8, 4], 5, number)));
        const error = tf.mean(tf.sum(tf.squaredDifference(call(decoder, z), x), 1));
        const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
        return tf.add(error, tf.mul(beta, tf.mean(tf.sum(tf.mul(terms, 0.5), 1)))) as tf.Scalar;
      }, variables);
      optimizer.applyGradients(grads);
      return { loss: value };
    },
    { plan },
  );
  return { step, variables, inputs: (i) => ({ x: random([8, 12], 1, i), beta: i / 30 }) };
}

/** A GAN with a gradient penalty: two steps in turn, each with an optimizer, TensorFlow.js' own for the generator. */
function gan(plan: RunPlan): Example {
  const generator = network(dense(16, "relu", [4]), dense(2));
  const critic = network(dense(16, "tanh", [2]), dense(1));
  const [ofCritic, ofGenerator] = [adam({ learningRate: 0.01, beta1: 0.5 }), tf.train.adam(0.01, 0.5)];
  const scored = (x: tf.Tensor) => call(critic, x);
  const critics = (real: tf.Tensor, z: tf.Tensor, number: tf.Scalar) => {
    const { value, grads } = tf.variableGrads(() => {
      const fake = call(generator, z);
      const share = statelessUniform([8, 1], 9, number);
      const between = tf.add(tf.mul(real, share), tf.mul(fake, tf.sub(1, share)));
      const slope = tf.grad((x: tf.Tensor) => tf.sum(scored(x)))(between);
      const penalty = tf.mean(tf.square(tf.sub(tf.sqrt(tf.add(tf.sum(tf.square(slope), 1), 1e-6)), 1)));
      return tf.add(tf.sub(tf.mean(scored(fake)), tf.mean(scored(real))), tf.mul(penalty, 10)) as tf.Scalar;
    }, variablesOf(critic));
    ofCritic.applyGradients(grads);
    return value;
  };
  const step = compileStep(
    ({ real, z }, number) => {
      const first = critics(real, z, number);
      // Twice, as often more than once: the numbers of Adam's second update are its own.
      const second = critics(real, tf.neg(z), number);
      const { value, grads } = tf.variableGrads(
        () => tf.neg(tf.mean(scored(call(generator, z)))) as tf.Scalar,
        variablesOf(generator),
      );
      ofGenerator.applyGradients(grads as Record<string, tf.Variable>);
      return { first, second, value };
    },
    { plan },
  );
  const inputs = (i: number) => ({ real: random([8, 2], 2, i), z: random([8, 4], 3, i) });
  return { step, variables: variablesOf(generator, critic), inputs };
}

/** A policy-gradient agent with a baseline; rewards come from the game, batch by batch. */
function agent(plan: RunPlan): Example {
  const [policy, value] = [network(dense(16, "tanh", [4]), dense(3)), network(dense(8, "relu", [4]), dense(1))];
  const [ofPolicy, ofValue] = [adam({ learningRate: 0.01, clipnorm: 1 }), sgd({ learningRate: 0.05, momentum: 0.9 })];
  const step = compileStep(
    ({ states, actions, returns }) => {
      const baseline = tf.variableGrads(
        () => tf.mean(tf.squaredDifference(tf.squeeze(call(value, states), [1]), returns)) as tf.Scalar,
        variablesOf(value),
      );
      const advantage = tf.sub(returns, tf.squeeze(call(value, states), [1]));
      const objective = tf.variableGrads(() => {
        const logits = tf.logSoftmax(call(policy, states));
        const chosen = tf.sum(tf.mul(logits, tf.oneHot(actions, 3)), 1);
        const entropy = tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(logits), logits), 1)));
        return tf.neg(tf.add(tf.mean(tf.mul(chosen, advantage)), tf.mul(entropy, 0.01))) as tf.Scalar;
      }, variablesOf(policy));
      ofValue.applyGradients(baseline.grads);
      ofPolicy.applyGradients(objective.grads);
      return { loss: objective.value, advantage };
    },
    { plan },
  );
  const inputs = (i: number) => ({
    states: random([8, 4], 4, i),
    actions: tf.tensor1d(
      Array.from({ length: 8 }, (_, row) => (row + i) % 3),
      "int32",
    ),
    returns: random([8], 6, i),
  });
  return { step, variables: variablesOf(policy, value), inputs };
}

/** Distillation: a student with dropout learns from a teacher that stays as it is. */
function distillation(plan: RunPlan): Example {
  const teacher = network(dense(16, "relu", [6]), dense(4));
  const student = network(dense(8, "relu", [6]), dropout({ rate: 0.25, seed: 3 }), dense(4));
  const optimizer = sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true });
  const step = compileStep(
    ({ x, y, temperature }) => {
      const { value, grads } = tf.variableGrads(() => {
        const logits = call(student, x);
        const soft = tf.softmax(tf.div(teacher.apply(x) as tf.Tensor, temperature));
        const distance = tf.neg(tf.mean(tf.sum(tf.mul(soft, tf.logSoftmax(tf.div(logits, temperature))), 1)));
        const hard = tf.losses.softmaxCrossEntropy(tf.oneHot(y, 4), logits);
        return tf.add(tf.mul(distance, tf.square(temperature)), hard) as tf.Scalar;
      }, variablesOf(student));
      optimizer.applyGradients(grads);
      return { loss: value };
    },
    { plan },
  );
  const y = (i: number) =>
    tf.tensor1d(
      Array.from({ length: 8 }, (_, row) => (row * i) % 4),
      "int32",
    );
  const inputs = (i: number) => ({ x: random([8, 6], 7, i), y: y(i), temperature: 1 + i / 10 });
  return { step, variables: variablesOf(student, teacher), inputs };
}

function train(make: (plan: RunPlan) => Example, plan: RunPlan) {
  seed = 0;
  const { step, variables, inputs } = make(plan);
  const start = variables.map((variable) => variable.dataSync().slice());
  const outputs = Array.from({ length: 30 }, (_, i) =>
    tf.tidy(() => Object.values(step(inputs(i))).map((tensor) => Array.from(tensor.dataSync()))),
  );
  const report = step.explain();
  step.dispose();
  return { start, outputs: outputs.flat(2), report, end: variables.map((variable) => variable.dataSync().slice()) };
}

const largest = (a: ArrayLike<number>[], b: ArrayLike<number>[]) =>
  Math.max(...a.flatMap((values, i) => Array.from(values, (value, k) => Math.abs(value - b[i][k]))));

describe.each(Object.entries({ autoEncoder, gan, agent, distillation }))("%s", (_, make) => {
  test("has the same weights and outputs after 30 steps as op by op", () => {
    const [eager, compiled] = [train(make, "eager"), train(make, "graph")];
    expect(largest(eager.start, compiled.start)).toBe(0);
    expect(largest(eager.end, eager.start)).toBeGreaterThan(0.05);
    expect(largest(compiled.end, eager.end)).toBeLessThan(2e-4);
    expect(largest([compiled.outputs], [eager.outputs])).toBeLessThan(1e-3);
    expect(compiled.report).toMatchObject({ plan: "graph", steps: 30 });
    const [recording] = Object.values(compiled.report.recordings);
    expect(recording.operations).toBeLessThan(recording.recordedOperations);
    expect(eager.report).toMatchObject({ plan: "eager", reason: expect.stringContaining("asks for it") });
  });
});

/** w ← w − rate · gradient of (w − x)², by an optimizer. */
function pull(optimizer: tf.Optimizer, options = {}) {
  const w = tf.variable(tf.scalar(1));
  const step = compileStep(({ x }) => {
    const { value, grads } = tf.variableGrads(() => tf.squaredDifference(w, x) as tf.Scalar, [w]);
    optimizer.applyGradients(grads as Record<string, tf.Variable>);
    return { loss: value };
  }, options);
  return { w, step };
}

test("many steps run in one call, and outputs are stacked", () => {
  const one = pull(sgd({ learningRate: 0.1 }));
  const many = pull(sgd({ learningRate: 0.1 }));
  const losses = [0, 1, 2].map((x) => one.step({ x }).loss.dataSync()[0]);
  const { loss } = many.step.run(3, { x: tf.tensor1d([0, 1, 2]) });
  expect(loss.shape).toEqual([3]);
  expect([...loss.dataSync()]).toEqual(losses);
  expect(many.w.dataSync()[0]).toBe(one.w.dataSync()[0]);
  expect(() => many.step.run(2, { x: tf.tensor1d([0, 1, 2]) })).toThrow("Input 'x' needs shape [2, …]");
});

test("changed rates of optimizers are followed, ours and TensorFlow.js' own, and steps counted", () => {
  for (const optimizer of [
    sgd({ learningRate: 0.1 }),
    tf.train.sgd(0.1),
    tf.train.rmsprop(0.1),
    tf.train.adagrad(0.1),
  ]) {
    const { w, step } = pull(optimizer);
    step({ x: 0 });
    step({ x: 0 });
    expect(optimizer.iterations).toBe(2);
    const before = w.dataSync()[0];
    if ("setLearningRate" in optimizer) (optimizer as tf.SGDOptimizer).setLearningRate(0);
    else (optimizer as unknown as { learningRate: number }).learningRate = 0;
    step({ x: 0 });
    expect(w.dataSync()[0]).toBe(before);
    expect(optimizer.iterations).toBe(3);
  }
});

test("weights set between calls count, and each form of the inputs is recorded once", () => {
  const { w, step } = pull(sgd({ learningRate: 0.5 }));
  step({ x: 3 });
  w.assign(tf.scalar(5));
  expect(step({ x: tf.scalar(4) }).loss.dataSync()[0]).toBe(1);
  expect(w.dataSync()[0]).toBe(4);
  step({ x: tf.scalar(4, "int32") });
  step({ x: tf.scalar(4) });
  expect(Object.keys(step.explain().recordings).sort()).toEqual(["x float32[]", "x int32[]"]);
  w.dispose();
  expect(() => step({ x: 1 })).toThrow(/has been disposed/);
});

test("refusals name reason, line and remedy, and leave everything as it was", () => {
  const optimizer = adam();
  const w = tf.variable(tf.scalar(1));
  const bad = compileStep(({ x }) => {
    const { value, grads } = tf.variableGrads(() => tf.squaredDifference(w, x) as tf.Scalar, [w]);
    optimizer.applyGradients(grads);
    return { loss: tf.mul(value, value.dataSync()[0]) };
  });
  const refused = (body: () => unknown) => {
    try {
      body();
    } catch (error) {
      return error as UnsupportedStep;
    }
    throw new Error("The step was not refused.");
  };
  const error = refused(() => bad({ x: 1 }));
  expect(error).toBeInstanceOf(UnsupportedStep);
  expect(error.message).toMatch(/^compileStep: .*compile-step\.test\.ts:\d+.*Return the tensor and read it after/);
  expect(error.line).toMatch(/compile-step\.test\.ts/);
  expect([w.dataSync()[0], optimizer.steps]).toEqual([1, 0]);
  const losses: number[] = [];
  const outside = compileStep(({ x }) => (losses.push(1), { x }));
  expect(refused(() => outside({ x: 1 })).message).toMatch(/changes 'losses'.*tf.variable/);
  const dropped = compileStep(({ x }) => ({ x: tf.dropout(x, 0.5) }));
  expect(refused(() => dropped({ x: tf.ones([2]) })).message).toMatch(/statelessUniform/);
});

test("a number of the closure that has changed is noticed at the next check", () => {
  const settings = { factor: 2 };
  const step = compileStep(({ x }) => ({ y: tf.mul(x, settings.factor) }));
  expect(step({ x: 1 }).y.dataSync()[0]).toBe(2);
  settings.factor = 3;
  expect(() => step({ x: 1 })).toThrow(/2 in one step, 3 in another.*Numbers that change are inputs/);
  expect(() => step.recheck()).toThrow(UnsupportedStep);
});

test("wrong arguments are refused", () => {
  expect(() => compileStep(3 as never)).toThrow("must be a function");
  expect(() => compileStep(() => ({}), { plan: "fast" as RunPlan })).toThrow(/plan must be one of 'eager'/);
  expect(() => compileStep(() => ({}), { jit: true } as never)).toThrow(/unknown option 'jit'/);
  const step = compileStep(({ x }) => ({ x }));
  expect(() => step(tf.scalar(1) as never)).toThrow("by name");
  expect(() => step({ x: "1" as never })).toThrow("a tensor or a number, received string");
});

test("on an engine without graphs steps run op by op, and explain tells so", async () => {
  await tf.setBackend("cpu");
  try {
    const { w, step } = pull(sgd({ learningRate: 0.5 }));
    expect(step.run(2, { x: tf.tensor1d([3, 5]) }).loss.shape).toEqual([2]);
    expect(w.dataSync()[0]).toBe(5);
    expect(step.explain()).toMatchObject({ plan: "eager", reason: "the engine in use, cpu, runs no graphs", steps: 2 });
    w.dispose();
  } finally {
    await tf.setBackend("tensorflow");
  }
});

test("calls leave no tensors behind but their outputs", () => {
  const { step } = pull(adam());
  tf.dispose(step({ x: 1 }));
  const { numTensors } = tf.memory();
  for (let i = 0; i < 5; i++) tf.dispose(step({ x: i }));
  expect(tf.memory().numTensors).toBe(numTensors);
});
