/**
 * The gradients of a 1×1 convolution, as products of matrices: each pixel is a row. TensorFlow's own operations for them take
 * up to twice the time on large images of few channels (MobileNetV2's expansions). The forward convolution stays as it is, as
 * TensorFlow fuses it with what follows. Equal up to rounding.
 */
import { attribute, DT } from "./native";
import { reshaped, type Rule } from "./simplify-rules";
import { sizeOf } from "./tape";
import type { NewOperation, TapeBuilder } from "./tape-builder";

/** Filters are `[1, 1, in, out]`, images `[batch, height, width, channels]`; without a stride both images are of one size. */
function isPointwise(filter: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  return filter[0] === 1 && filter[1] === 1 && a.slice(0, 3).join() === b.slice(0, 3).join();
}

/** dx = dy · filterᵀ. */
const inputGradient: Rule = (tape, operation) => {
  if (operation.name !== "Conv2DBackpropInput") return undefined;
  const [, filter, dy] = operation.inputs;
  const { shape } = operation.results[0];
  if (!isPointwise(tape.values[filter].shape, shape, tape.values[dy].shape)) return undefined;
  return [product(tape, operation, { a: dy, b: filter, transposed: "b" })];
};

/** dfilter = xᵀ · dy. */
const filterGradient: Rule = (tape, operation) => {
  if (operation.name !== "Conv2DBackpropFilter") return undefined;
  const [x, , dy] = operation.inputs;
  const { shape } = operation.results[0];
  if (!isPointwise(shape, tape.values[x].shape, tape.values[dy].shape)) return undefined;
  return [product(tape, operation, { a: x, b: dy, transposed: "a" })];
};

interface Factors {
  readonly a: number;
  readonly b: number;
  readonly transposed: "a" | "b";
}

/** The product of two values, each a matrix with its last axis as columns, in the form of the operation's result. */
function product(tape: TapeBuilder, operation: NewOperation, { a, b, transposed }: Factors): number {
  const [{ dtype, shape }] = operation.results;
  const matrix = (value: number): number => {
    const all = tape.values[value].shape;
    const columns = all.at(-1) as number;
    return reshaped(tape, value, [sizeOf(all) / columns, columns], operation);
  };
  const [made] = tape.addOperation({
    name: "MatMul",
    attributes: [
      attribute.bool("transpose_a", transposed === "a"),
      attribute.bool("transpose_b", transposed === "b"),
      attribute.type("T", DT.float32),
    ],
    inputs: [matrix(a), matrix(b)],
    results: [{ dtype, shape: [sizeOf(shape) / (shape.at(-1) as number), shape.at(-1) as number] }],
    site: operation.site,
  });
  return reshaped(tape, made, shape, operation);
}

export const POINTWISE_RULES: readonly Rule[] = [inputGradient, filterGradient];
