import { expect, test } from "vitest";
import {
  recordStep,
  recordStepInParts,
  UnsupportedStep,
  type StepFunction,
  type StepInputs,
} from "../../../../src/library/engine/compile";
import { Examples } from "../../../../src/library/engine/compile/examples";
import { LoopRunner } from "../../../../src/library/engine/compile/loop-runner";
import { optimizeTape } from "../../../../src/library/engine/compile/optimize";
import { recordTape } from "../../../../src/library/engine/compile/record";
import { checkReplay, Outcome } from "../../../../src/library/engine/compile/self-check";
import { tf } from "../../../../src/library/engine/tf";

const examples: [StepInputs, StepInputs] = [
  { x: tf.tensor1d([1, 2, 3]), i: tf.tensor1d([0, 2], "int32") },
  { x: tf.tensor1d([4, -5, 6]), i: tf.tensor1d([1, 1], "int32") },
];

/** Records the step and returns the refusal; fails when it is not refused. */
function refusalOf(step: StepFunction): UnsupportedStep {
  const before = tf.memory().numTensors;
  try {
    recordStep({ step, examples });
  } catch (error) {
    expect(error).toBeInstanceOf(UnsupportedStep);
    expect(tf.getBackend()).toBe("tensorflow");
    expect(tf.add(1, 2).dataSync()[0], "the engine works as before").toBe(3);
    tf.dispose([]);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(4);
    return error as UnsupportedStep;
  }
  throw new Error("The step was not refused.");
}

test("a step that reads a value is refused, with the line that reads", () => {
  const refusal = refusalOf(({ x }) => {
    const positive = tf.sum(x).dataSync()[0] > 0;
    return { y: positive ? tf.square(x) : x };
  });
  expect(refusal.reason).toBe("reads-value");
  expect(refusal.line).toMatch(/refusals\.test\.ts:\d+/);
  expect(refusal.message).toContain(refusal.line as string);
});

test("reading with data() or arraySync() is refused as well, and so is a variable's value", () => {
  const counter = tf.variable(tf.scalar(1), false);
  expect(refusalOf(({ x }) => (void x.square().data(), { y: x })).reason).toBe("reads-value");
  expect(refusalOf(({ x }) => ({ y: tf.mul(x, counter.arraySync() as number) })).reason).toBe("reads-value");
  counter.dispose();
});

test("a number that JavaScript counts up is refused, with both values", () => {
  let calls = 0;
  const refusal = refusalOf(({ x }) => ({ y: tf.mul(x, 1 / ++calls) }));
  expect(refusal.reason).toBe("host-number-changes");
  expect(refusal.operation).toBe("Mul");
  expect(refusal.message).toMatch(/0\.\d+ in one step, 0\.\d+ in another/);
  expect(refusal.line).toMatch(/refusals\.test\.ts/);
});

test("operations that come and go are refused", () => {
  let calls = 0;
  const refusal = refusalOf(({ x }) => ({ y: calls++ % 2 ? tf.square(x) : tf.exp(x) }));
  expect(refusal.reason).toBe("structure-changes");
  expect(refusal.message).toMatch(/Square|Exp/);
  calls = 0;
  expect(refusalOf(({ x }) => ({ y: tf.exp(calls++ % 2 ? tf.abs(x) : x) })).reason).toBe("structure-changes");
});

test("an attribute that changes is refused", () => {
  let calls = 0;
  const refusal = refusalOf(({ x }) => ({ y: tf.cumsum(x, 0, calls++ % 2 === 0) }));
  expect(refusal.message).toContain("attribute 'exclusive' of Cumsum");
});

test("another tensor of the closure in each step is refused", () => {
  const tensors = [tf.scalar(1), tf.scalar(2), tf.scalar(3)];
  let calls = 0;
  expect(refusalOf(({ x }) => ({ y: tf.add(x, tensors[calls++ % 3]) })).reason).toBe("structure-changes");
  tf.dispose(tensors);
});

test("randomness from JavaScript is refused", () => {
  expect(refusalOf(({ x }) => ({ y: tf.dropout(x, 0.5) })).reason).toBe("host-random");
  expect(refusalOf(({ x }) => ({ y: tf.add(x, tf.randomNormal([3])) })).reason).toBe("host-random");
  // eslint-disable-next-line no-restricted-properties -- the trap
  const { message } = refusalOf(({ x }) => ({ y: Math.random() < 0.5 ? tf.exp(x) : x }));
  expect(message).toContain("statelessUniform");
});

test("an operation with a state inside the engine is refused", () => {
  const refusal = refusalOf(({ x }) => ({ y: tf.multinomial(x as tf.Tensor1D, 2, 17) }));
  expect(refusal.reason).toBe("hidden-state");
  expect(refusal.operation).toBe("Multinomial");
});

test("a result whose shape depends on values is refused", () => {
  expect(refusalOf(({ x }) => ({ y: tf.unique(x).values })).reason).toBe("data-dependent-shape");
});

test("a tensor that outlives the step is refused", () => {
  const kept: tf.Tensor[] = [];
  const refusal = refusalOf(({ x }) => {
    kept.push(tf.keep(tf.square(x)));
    return { y: x.exp() };
  });
  expect(refusal.reason).toBe("keeps-tensor");
  expect(refusal.operation).toBe("Square");
  tf.dispose(kept);
});

test("a step that replaces a tensor of its closure is refused", () => {
  let average = tf.keep(tf.zeros([3]));
  const refusal = refusalOf(({ x }) => {
    const next = tf.keep(tf.add(average, x));
    average.dispose();
    average = next as tf.Tensor<tf.Rank.R1>;
    return { y: next.clone() };
  });
  expect(["keeps-tensor", "disposes-tensor"]).toContain(refusal.reason);
  average.dispose();
});

test("a step that creates a variable each time is refused", () => {
  const made: tf.Variable[] = [];
  const refusal = refusalOf(({ x }) => {
    made.push(tf.variable(x));
    return { y: x.exp() };
  });
  expect(refusal.reason).toBe("creates-variable");
  tf.dispose(made);
});

test("an asynchronous step is refused", () => {
  const step = (async ({ x }: StepInputs) => ({ y: x.exp() })) as unknown as StepFunction;
  expect(refusalOf(step).reason).toBe("asynchronous");
});

test("strings are refused", () => {
  expect(refusalOf(({ x }) => (tf.tensor(["a"]).reshape([1, 1]), { y: x.exp() })).reason).toBe("unsupported-type");
});

test("another engine than the native one is refused", async () => {
  await tf.setBackend("cpu");
  try {
    expect(() => recordStep({ step: ({ x }) => ({ y: tf.exp(x) }), examples })).toThrow(/cpu, runs no graphs/);
  } finally {
    await tf.setBackend("tensorflow");
  }
});

test("an error in the step itself comes through as it is", () => {
  expect(() =>
    recordStep({ step: ({ x }) => ({ y: tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D) }), examples }),
  ).toThrow(/ndims must be/);
  expect(() => recordStep({ step: (({ x }: StepInputs) => x.exp()) as unknown as StepFunction, examples })).toThrow(
    /object of tensors/,
  );
});

test("a replay that gives other numbers than the step is refused, whatever the plan", () => {
  const [{ x }] = examples;
  const tape = recordTape(({ x }) => ({ y: tf.square(x) }), { x }, tf.scalar(0, "int32"));
  const [outcome, runner] = [new Outcome(tape, { y: tf.exp(x) }), new LoopRunner(optimizeTape(tape))];
  const replay = { runner, outcome, examples: new Examples([{ x }, { x }]), variables: [] };
  for (const plan of ["graph", "lowered"] as const) {
    expect(() => checkReplay(replay, plan)).toThrow(/plan '(graph|lowered)' gives other numbers \(difference \d+ %\)/);
  }
  outcome.dispose();
  runner.dispose();
});

test("recheck finds what two recordings could not", () => {
  let calls = 0;
  const step: StepFunction = ({ x }) => ({ y: calls++ < 4 ? tf.square(x) : tf.exp(x) });
  const compiled = recordStep({ step, examples, plan: "graph" });
  compiled.recheck();
  expect(() => compiled.recheck()).toThrow(UnsupportedStep);
  compiled.dispose();
});

test("a gather by indices, whose bounds TensorFlow.js reads, is not refused", () => {
  const table = tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const compiled = recordStep({
    step: ({ i }) => ({ y: tf.gather(table, i as tf.Tensor1D) }),
    examples,
    plan: "graph",
  });
  const { y } = compiled.run({ steps: 2, inputs: { i: Int32Array.of(0, 1, 2, 0) } });
  expect([...y.dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 1, 2]);
  expect(() => compiled.run({ steps: 1, inputs: { i: Int32Array.of(0, 3) } })).toThrow(/not in \[0, 3\)/);
  tf.dispose([table, y]);
  expect(() => compiled.run({ steps: 1, inputs: { i: Int32Array.of(0, 1) } })).toThrow(
    /disposed; record the step again/,
  );
  compiled.dispose();
});

test("tensors that the second step is the first to use keep their values", () => {
  const tensors = [tf.scalar(1), tf.scalar(2), tf.scalar(3)];
  let calls = 0;
  expect(refusalOf(({ x }) => ({ y: tf.add(x, tensors[calls++ % 3]) })).reason).toBe("structure-changes");
  expect(tensors.map((tensor) => tensor.dataSync()[0])).toEqual([1, 2, 3]);
  tf.dispose(tensors);
});

test("a recording that is interrupted leaves no tensors behind", async () => {
  const w = tf.variable(tf.scalar(2));
  const step: StepFunction = ({ x }) => (w.assign(tf.add(w, 1)), { y: tf.mul(x, w) });
  const before = tf.memory().numTensors;
  for (const at of [1, 2, 3]) {
    let pauses = 0;
    const pause = async () => {
      if (++pauses === at) throw new Error("interrupted");
    };
    await expect(recordStepInParts({ step, examples }, pause)).rejects.toThrow("interrupted");
    expect([tf.memory().numTensors, w.dataSync()[0]]).toEqual([before, 2]);
  }
  w.dispose();
});
