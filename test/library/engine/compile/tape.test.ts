import { describe, expect, test } from "vitest";
import { Message } from "../../../../src/library/engine/compile/protobuf";
import { optimizeTape } from "../../../../src/library/engine/compile/optimize";
import { recordTape, type StepFunction } from "../../../../src/library/engine/compile/record";
import type { Tape } from "../../../../src/library/engine/compile/tape";
import { tf } from "../../../../src/library/engine/tf";

const hex = (message: Message) => Buffer.from(message.finish()).toString("hex");

describe("the wire format", () => {
  // The examples of https://protobuf.dev/programming-guides/encoding
  test("writes the documentation's examples", () => {
    expect(hex(new Message().integer(1, 150))).toBe("089601");
    expect(hex(new Message().text(2, "testing"))).toBe("120774657374696e67");
    expect(hex(new Message().message(3, new Message().integer(1, 150)))).toBe("1a03089601");
  });

  test("writes negative, large, boolean and float numbers", () => {
    expect(hex(new Message().integer(1, -1))).toBe("08ffffffffffffffffff01");
    expect(hex(new Message().integer(1, 2 ** 40))).toBe("08808080808020");
    expect(hex(new Message().integer(1, true))).toBe("0801");
    expect(hex(new Message().float(4, 1.5))).toBe("250000c03f");
  });

  test("is read by an independent decoder", () => {
    // google-protobuf's generated classes, as tfjs-node ships them.
    const { TensorInfo } = require("@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js");
    const info = TensorInfo.deserializeBinary(new Message().text(1, "größe:0").integer(2, 3).finish());
    expect([info.getName(), info.getDtype()]).toEqual(["größe:0", 3]);
  });
});

/** Names of the operations left of a step with input x, and the tape. */
function optimized(step: StepFunction, x: tf.Tensor): { names: string[]; tape: Tape } {
  const tape = optimizeTape(recordTape(step, { x }, tf.scalar(0, "int32")));
  return { names: tape.operations.map(({ name }) => name), tape };
}

describe("the optimizer", () => {
  const x = tf.tensor2d([
    [0.5, -1],
    [2, 3],
  ]);

  test("drops what nobody needs and does equal work once", () => {
    expect(optimized(({ x }) => (tf.exp(x), { y: tf.add(tf.square(x), tf.square(x)) }), x).names).toEqual([
      "Square",
      "Add",
    ]);
  });

  test("keeps operations apart that differ in an attribute or in the order of inputs", () => {
    expect(optimized(({ x }) => ({ y: tf.sub(tf.cumsum(x, 0), tf.cumsum(x, 0, true)) }), x).names).toEqual([
      "Cumsum",
      "Cumsum",
      "Sub",
    ]);
    expect(optimized(({ x }) => ({ y: tf.mul(tf.sub(x, tf.abs(x)), tf.sub(tf.abs(x), x)) }), x).names).toEqual([
      "Abs",
      "Sub",
      "Sub",
      "Mul",
    ]);
  });

  test("folds constants, and leaves out empty casts, reshapes and products with one", () => {
    const step: StepFunction = ({ x }) => ({
      y: tf.mul(tf.reshape(tf.reshape(tf.cast(x, "float32"), [4]), [2, 2]), tf.exp(tf.zeros([2, 2]))),
    });
    const { names, tape } = optimized(step, x);
    expect(names).toEqual([]);
    expect(tape.values[tape.outputs.get("y") as number].source).toEqual({ kind: "input", name: "x" });
  });

  test("does not take a broadcast by ones for nothing", () => {
    expect(optimized(({ x }) => ({ y: tf.mul(tf.sum(x, 0, true), tf.ones([2, 2])) }), x).names).toContain("Mul");
  });

  test.each([
    ["relu", "ReluGrad", tf.relu],
    ["relu6", "Relu6Grad", tf.relu6],
    ["tanh", "TanhGrad", tf.tanh],
    ["sigmoid", "SigmoidGrad", tf.sigmoid],
  ] as const)("writes the gradient of %s as %s", (_, operation, activation) => {
    const step: StepFunction = ({ x }) => ({ g: tf.grad((z: tf.Tensor) => tf.sum(tf.mul(activation(z), x)))(x) });
    const { names } = optimized(step, x);
    expect(names).toContain(operation);
    expect(names).not.toContain("Select");
  });

  test("leaves a gradient alone that broadcasts", () => {
    const step: StepFunction = ({ x }) => ({ g: tf.mul(tf.sub(1, tf.square(tf.sum(x, 0, true))), x) });
    expect(optimized(step, x).names).not.toContain("TanhGrad");
  });

  const gradientsOf = (filter: tf.Tensor4D, strides: number) => {
    const image = tf.ones([2, 4, 4, 3]) as tf.Tensor4D;
    const step: StepFunction = ({ x }) => {
      const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => {
        const y = tf.conv2d(tf.mul(a, image) as tf.Tensor4D, b as tf.Tensor4D, strides, "same");
        return tf.sum(tf.square(y));
      });
      const [dx, dfilter] = gradients([x, filter]);
      return { dx, dfilter };
    };
    return optimized(step, tf.fill([2, 4, 4, 3], 2)).names;
  };

  test("writes the gradients of a 1×1 convolution as products of matrices, and no others", () => {
    const pointwise = gradientsOf(tf.ones([1, 1, 3, 5]), 1);
    expect(pointwise.filter((name) => name === "MatMul")).toHaveLength(2);
    expect(pointwise.join()).not.toContain("Backprop");
    for (const others of [gradientsOf(tf.ones([1, 1, 3, 5]), 2), gradientsOf(tf.ones([3, 3, 3, 5]), 1)]) {
      expect(others).toEqual(expect.arrayContaining(["Conv2DBackpropInput", "Conv2DBackpropFilter"]));
      expect(others).not.toContain("MatMul");
    }
  });

  test("multiplies single matrices plainly and adds biases as such", () => {
    const step: StepFunction = ({ x }) => ({ y: tf.add(tf.matMul(x, x, true), tf.tensor1d([1, 2])) });
    expect(optimized(step, x).names).toEqual(["MatMul", "BiasAdd"]);
    const batched: StepFunction = ({ x }) => ({ y: tf.matMul(tf.stack([x, x]), tf.stack([x, x])) });
    expect(optimized(batched, x).names).toContain("BatchMatMulV2");
  });
});
