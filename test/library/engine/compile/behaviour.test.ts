import { mkdirSync, readdirSync, existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  deviceData,
  gatherRows,
  PLANS,
  recordStep,
  type Plan,
  type StepFunction,
} from "../../../../src/library/engine/compile";
import { removeOrphans } from "../../../../src/library/engine/compile/session";
import { statelessNormal, statelessUniform } from "../../../../src/library/engine/stateless-random";
import { tf } from "../../../../src/library/engine/tf";
import { courseNetwork, inputsAt, makeData, schedule, sgdStep } from "./networks";

const noInputs: [Record<string, tf.Tensor>, Record<string, tf.Tensor>] = [{}, {}];

describe.each(PLANS)("under plan %s", (plan) => {
  test("the step number is known and outputs of any shape are stacked", () => {
    const step: StepFunction = (_, number) => ({
      square: tf.square(number),
      row: tf.tensor1d([1, 2]).mul(tf.cast(number, "float32")),
      odd: tf.equal(tf.mod(number, tf.scalar(2, "int32")), 1),
    });
    const compiled = recordStep({ step, examples: noInputs, plan });
    const { square, row, odd } = compiled.run({ steps: 3, firstStep: 5 });
    expect(square.dtype).toBe("int32");
    expect([...square.dataSync()]).toEqual([25, 36, 49]);
    expect(row.arraySync()).toEqual([
      [5, 10],
      [6, 12],
      [7, 14],
    ]);
    expect([...tf.cast(odd, "int32").dataSync()]).toEqual([1, 0, 1]);
    compiled.dispose();
  });

  test("stateless random numbers are those of eager steps, and new at each step", () => {
    const step: StepFunction = (_, number) => ({
      uniform: statelessUniform([2, 3], 42, number),
      normal: statelessNormal([3], Number(process.env.SEED ?? 7), number),
      negativeSeed: statelessUniform([3], -7, number),
    });
    const compiled = recordStep({ step, examples: noInputs, plan });
    const { uniform, normal, negativeSeed } = compiled.run({ steps: 4, firstStep: 10 });
    const eager = [10, 11, 12, 13].map((number) => step({}, tf.scalar(number, "int32")));
    const close = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];
    expect(close(uniform, tf.stack(eager.map((one) => one.uniform)))).toBe(0);
    expect(close(negativeSeed, tf.stack(eager.map((one) => one.negativeSeed)))).toBe(0);
    expect(close(normal, tf.stack(eager.map((one) => one.normal)))).toBeLessThan(1e-6);
    expect(new Set(uniform.dataSync()).size).toBe(24);
    compiled.dispose();
  });

  test("variables that share their data, swap it or are only assigned keep their own values", () => {
    const [a, b, c, last] = [1, 2, 3, 0].map((value) => tf.variable(tf.scalar(value), false));
    b.assign(a);
    const step: StepFunction = ({ x }) => {
      const old = a.clone();
      a.assign(tf.add(b, x));
      b.assign(c);
      c.assign(old);
      last.assign(x as tf.Scalar);
      return { sum: tf.addN([a, b, c]) };
    };
    const examples: [Record<string, tf.Tensor>, Record<string, tf.Tensor>] = [{ x: tf.scalar(1) }, { x: tf.scalar(2) }];
    const compiled = recordStep({ step, examples, plan });
    expect([a, b, c, last].map((one) => one.dataSync()[0])).toEqual([1, 1, 3, 0]);
    b.assign(tf.scalar(20));
    compiled.run({ steps: 3, inputs: { x: Float32Array.of(1, 10, 100) } });
    // (1, 20, 3) → (21, 3, 1) → (13, 1, 21) → (101, 21, 13)
    expect([a, b, c, last].map((one) => one.dataSync()[0])).toEqual([101, 21, 13, 100]);
    compiled.dispose();
    tf.dispose([a, b, c, last]);
  });

  test("bytes are gathered and scaled", () => {
    const images = deviceData(Uint8Array.of(0, 255, 51, 102, 153, 204), [2]);
    const labels = deviceData(Int32Array.of(7, 8, 9), []);
    const step: StepFunction = ({ rows }) => ({ x: gatherRows(images, rows, 1 / 255), y: gatherRows(labels, rows) });
    const examples: [Record<string, tf.Tensor>, Record<string, tf.Tensor>] = [
      { rows: tf.tensor1d([0, 1], "int32") },
      { rows: tf.tensor1d([2, 1], "int32") },
    ];
    expect(Array.from(step(examples[1], tf.scalar(0)).x.dataSync(), (v) => Math.round(v * 5))).toEqual([3, 4, 1, 2]);
    const compiled = recordStep({ step, examples, plan });
    const { x, y } = compiled.run({ steps: 2, inputs: { rows: Int32Array.of(2, 0, 1, 1) } });
    expect(Array.from(x.dataSync(), (v) => Math.round(v * 5))).toEqual([3, 4, 0, 5, 1, 2, 1, 2]);
    expect(y.arraySync()).toEqual([
      [9, 7],
      [8, 8],
    ]);
    compiled.dispose();
    images.dispose();
    labels.dispose();
  });

  test("the gradient of a gradient is that of TensorFlow.js", () => {
    const w = tf.variable(tf.tensor1d([0.5, -1, 2]), true, `w-${plan}`);
    const f = (x: tf.Tensor) => tf.sum(tf.mul(tf.pow(tf.relu(x), 3), tf.sigmoid(x))) as tf.Scalar;
    const penalty = () => tf.sum(tf.square(tf.grad(f)(w))) as tf.Scalar;
    const step: StepFunction = ({ x }) => ({ g: tf.mul(tf.variableGrads(penalty, [w]).grads[w.name], x) });
    const compiled = recordStep({ step, examples: [{ x: tf.scalar(1) }, { x: tf.scalar(2) }], plan });
    const { g } = compiled.run({ steps: 1, inputs: { x: Float32Array.of(3) } });
    const { g: eager } = step({ x: tf.scalar(3) }, tf.scalar(0));
    const values = eager.dataSync();
    expect(values[2]).toBeGreaterThan(1);
    g.dataSync().forEach((value, i) => expect(value / (values[i] || 1)).toBeCloseTo(values[i] ? 1 : 0, 5));
    compiled.dispose();
    w.dispose();
  });
});

test("slots that an optimizer creates in its first step start from their initial values", () => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const optimizer = tf.train.momentum(0.1, 0.9);
  const step: StepFunction = ({ x }) => {
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.mul(tf.square(w), x)) as tf.Scalar, [w]);
    optimizer.applyGradients(grads as Record<string, tf.Variable>);
    return { loss: value };
  };
  const compiled = recordStep({ step, examples: [{ x: tf.scalar(1) }, { x: tf.scalar(2) }], plan: "graph" });
  compiled.run({ steps: 2, inputs: { x: Float32Array.of(1, 1) } });
  // m₁ = 2w, w₁ = 0.8 w; m₂ = 0.9·2w + 1.6 w = 3.4 w, w₂ = 0.46 w
  Array.from(w.dataSync()).forEach((value, i) => expect(value).toBeCloseTo(0.46 * (i + 1), 6));
  compiled.dispose();
  w.dispose();
});

test("an input that is missing or of the wrong size, or an unknown option, is refused", () => {
  const compiled = recordStep({
    step: ({ x }) => ({ y: tf.exp(x) }),
    examples: [{ x: tf.scalar(1) }, { x: tf.scalar(2) }],
    plan: "graph",
  });
  expect(() => compiled.run({ steps: 2 })).toThrow("Input 'x' needs values of shape [2], received nothing.");
  expect(() => compiled.run({ steps: 2, inputs: { x: Float32Array.of(1) } })).toThrow("received 1 numbers");
  expect(() => compiled.run({ steps: 0 })).toThrow(/at least 1/);
  expect(() => compiled.run({ steps: 1, step: 4 } as never)).toThrow(/unknown option 'step'/);
  expect(() => recordStep({ step: () => ({}), examples: noInputs, plan: "fast" as Plan })).toThrow(/'graph'/);
  compiled.dispose();
  expect(() => compiled.run({ steps: 1, inputs: { x: Float32Array.of(1) } })).toThrow(/disposed/);
});

describe("memory", () => {
  const native = () =>
    (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();

  test("neither recording nor running leaves tensors behind", () => {
    const model = courseNetwork();
    const data = makeData(64, [28, 28]);
    const step = sgdStep(model, data);
    const inputs = schedule(data, 8, 20);
    const examples = [0, 1].map((i) => inputsAt(inputs, 8, i)) as [
      Record<string, tf.Tensor>,
      Record<string, tf.Tensor>,
    ];
    const once = () => {
      for (const plan of PLANS) {
        const compiled = recordStep({ step, examples, plan });
        tf.dispose(compiled.run({ steps: 20, inputs }));
        compiled.recheck();
        compiled.dispose();
      }
    };
    once();
    const [tensors, handles] = [tf.memory().numTensors, native()];
    for (let i = 0; i < 3; i++) once();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(native()).toBe(handles);
  });

  test("equal steps of two models share one graph, which a limited number of spares outlives", () => {
    const sessions = () => (tf.backend() as unknown as { getNumOfSavedModels(): number }).getNumOfSavedModels();
    const compile = (rate: number) => {
      const w = tf.variable(tf.scalar(1));
      return recordStep({ step: () => (w.assign(tf.mul(w, rate)), { w }), examples: noInputs, plan: "graph" });
    };
    const [first, second] = [compile(0.5), compile(0.5)];
    const [a] = [first, second].map((one) => one.run({ steps: 1 }).w);
    expect(a.dataSync()[0]).toBe(0.5);
    const before = sessions();
    second.run({ steps: 1 });
    compile(0.5).run({ steps: 1 });
    expect(sessions()).toBe(before);
    expect(first.explain().fingerprint).toBe(second.explain().fingerprint);
    for (let i = 0; i < 20; i++) {
      const other = compile(2 + i);
      other.run({ steps: 1 });
      other.dispose();
    }
    expect(sessions()).toBeLessThanOrEqual(before + 9);
  });

  test("temporary folders are gone after loading; those of a crashed process at the next start", () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("dnn-lab-graph-"));
    expect(folders().filter((name) => name.startsWith(`dnn-lab-graph-${process.pid}-`))).toEqual([]);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const orphan = join(tmpdir(), `dnn-lab-graph-${pid}-abc`);
    const living = join(tmpdir(), `dnn-lab-graph-${process.ppid}-abc`);
    mkdirSync(orphan);
    mkdirSync(living);
    removeOrphans(true);
    expect([existsSync(orphan), existsSync(living)]).toEqual([false, true]);
    rmSync(living, { recursive: true });
  });
});

describe("the plan", () => {
  test("is the one that was asked for, else the graph as it is written", () => {
    const step: StepFunction = ({ x }) => ({ y: tf.tanh(x) });
    const examples = [{ x: tf.scalar(1) }, { x: tf.scalar(2) }] as const;
    expect(recordStep({ step, examples }).explain().plan).toBe("graph");
    for (const plan of PLANS) expect(recordStep({ step, examples, plan }).explain().plan).toBe(plan);
    expect(() => recordStep({ step, examples, plan: "auto" as Plan })).toThrow(/plan must be one of 'graph'/);
  });

  test("and the rest is explained", () => {
    const model = courseNetwork();
    const data = makeData(64, [28, 28]);
    const inputs = schedule(data, 8, 2);
    const compiled = recordStep({
      step: sgdStep(model, data),
      examples: [inputsAt(inputs, 8, 0), inputsAt(inputs, 8, 1)],
      plan: "graph",
    });
    const explained = compiled.explain();
    expect(explained.operationCounts).toMatchObject({ MatMul: 8, ReluGrad: 2, BiasAdd: 3 });
    expect(explained.operations).toBeLessThan(explained.recordedOperations);
    expect(explained.inputs).toEqual(["rows", "rate"]);
    expect(explained.assigns).toHaveLength(6);
    expect(explained.variableBytes).toBe(4 * (784 * 50 + 50 + 2500 + 50 + 510));
    expect(explained.captureBytes).toBe(64 * 785);
    compiled.dispose();
  });
});
