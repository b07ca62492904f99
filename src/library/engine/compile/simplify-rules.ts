/** Operations that need not run: folded, renamed or left out, with the same result to the last bit. */
import { bytesOf } from "dnn-lab-core/bytes";
import { attribute, DT, nativeBackend } from "./native";
import { isFilledWith } from "./pattern";
import { sizeOf } from "./tape";
import type { NewOperation, TapeBuilder } from "./tape-builder";

/** Returns the values that stand for the operation's outputs, or undefined to leave it as it is. */
export type Rule = (tape: TapeBuilder, operation: NewOperation) => readonly number[] | undefined;

/** Larger constants would only make the graph larger. */
const LARGEST_CONSTANT = 1 << 16;

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/** A cast to the type that the value has already. */
const emptyCast: Rule = (tape, { name, inputs, results }) =>
  name === "Cast" && tape.values[inputs[0]].dtype === results[0].dtype ? [inputs[0]] : undefined;

/** A reshape that changes nothing, or one of a reshape. */
const reshape: Rule = (tape, operation) => {
  const { name, inputs, results } = operation;
  if (name !== "Reshape") return undefined;
  const [input, shape] = inputs;
  if (sameShape(tape.values[input].shape, results[0].shape)) return [input];
  const before = tape.producer(input);
  if (before?.name !== "Reshape") return undefined;
  const original = before.inputs[0];
  if (sameShape(tape.values[original].shape, results[0].shape)) return [original];
  return tape.addOperation({ ...operation, inputs: [original, shape] });
};

/** A further axis is a reshape; TensorFlow.js leaves out the types that a graph needs of the operation. */
const expandDims: Rule = (tape, operation) =>
  operation.name === "ExpandDims"
    ? [reshaped(tape, operation.inputs[0], operation.results[0].shape, operation)]
    : undefined;

/** A product with ones, of which TensorFlow.js' gradients are full. */
const timesOne: Rule = (tape, { name, inputs, results }) => {
  if (name !== "Mul") return undefined;
  const kept = inputs.find((_, i) => isFilledWith(tape, inputs[1 - i], 1));
  return kept !== undefined && sameShape(tape.values[kept].shape, results[0].shape) ? [kept] : undefined;
};

/** A batched product of one batch: TensorFlow's optimizer and XLA know the plain product better. */
const plainMatMul: Rule = (tape, operation) => {
  const { name, inputs, attributes, results, site } = operation;
  const [a, b] = inputs.map((input) => tape.values[input].shape);
  if (name !== "BatchMatMulV2" || sizeOf(a.slice(0, -2)) !== 1 || sizeOf(b.slice(0, -2)) !== 1) return undefined;
  const names: Record<string, string> = { adj_x: "transpose_a", adj_y: "transpose_b" };
  const matrices = inputs.map((input) => reshaped(tape, input, tape.values[input].shape.slice(-2), operation));
  const [product] = tape.addOperation({
    name: "MatMul",
    inputs: matrices,
    attributes: attributes.map((one) => ({ ...one, name: names[one.name] ?? one.name })),
    results: [{ dtype: results[0].dtype, shape: results[0].shape.slice(-2) }],
    site,
  });
  return [reshaped(tape, product, results[0].shape, operation)];
};

/** A sum with one number per channel, as the operation that TensorFlow fuses with convolutions and products. */
const biasAdd: Rule = (tape, operation) => {
  const [x, bias] = operation.inputs.map((input) => tape.values[input]);
  if (operation.name !== "Add" && operation.name !== "AddV2") return undefined;
  const fits = bias.shape.length === 1 && x.shape.length > 1 && x.shape.at(-1) === bias.shape[0];
  if (!fits || x.dtype !== DT.float32) return undefined;
  return tape.addOperation({ ...operation, name: "BiasAdd", attributes: [attribute.type("T", x.dtype)] });
};

/** Zeros or ones in the form of another tensor, whose shape is known here. */
const filledLike: Rule = (tape, { name, results, site }) => {
  const [{ dtype, shape }] = results;
  if ((name !== "ZerosLike" && name !== "OnesLike") || dtype !== DT.float32 || sizeOf(shape) > LARGEST_CONSTANT) {
    return undefined;
  }
  const values = new Float32Array(sizeOf(shape)).fill(name === "OnesLike" ? 1 : 0);
  return [tape.addConstant(dtype, shape, new Uint8Array(values.buffer), site)];
};

/** An operation on constants alone: run now. */
const fold: Rule = (tape, operation) => {
  const { name, inputs, attributes, results, site } = operation;
  const [result] = results;
  const small = results.length === 1 && sizeOf(result.shape) <= LARGEST_CONSTANT;
  const readable = ([DT.float32, DT.int32, DT.bool] as number[]).includes(result.dtype);
  if (!small || !readable || inputs.length === 0) return undefined;
  const constants = inputs.map((input) => tape.values[input]);
  if (constants.some(({ source }) => source.kind !== "constant")) return undefined;
  const { binding } = nativeBackend();
  const handles = inputs.map((input) => {
    const { dtype, shape, source } = tape.values[input];
    const bytes = source.kind === "constant" ? source.bytes : new Uint8Array();
    return binding.createTensor(shape, dtype, typed(bytes, dtype));
  });
  const [made] = binding.executeOp(name, attributes, handles, 1);
  const values = binding.tensorDataSync(made.id);
  for (const handle of [...handles, made.id]) binding.deleteTensor(handle);
  const bytes = bytesOf(values).slice();
  return [tape.addConstant(result.dtype, result.shape, bytes, site)];
};

/** In order of trial; the first that answers wins. */
export const SIMPLIFY_RULES: readonly Rule[] = [
  emptyCast,
  reshape,
  expandDims,
  timesOne,
  filledLike,
  fold,
  plainMatMul,
  biasAdd,
];

/** A value in another form of as many elements. */
export function reshaped(tape: TapeBuilder, input: number, shape: readonly number[], { site }: NewOperation): number {
  const { dtype } = tape.values[input];
  const bytes = new Uint8Array(Int32Array.from(shape).buffer);
  const wanted = tape.addConstant(DT.int32, [shape.length], bytes, site);
  const attributes = [attribute.type("T", dtype), attribute.type("Tshape", DT.int32)];
  const operation = { name: "Reshape", attributes, inputs: [input, wanted], results: [{ dtype, shape }], site };
  return (reshape(tape, operation) ?? tape.addOperation(operation))[0];
}

function typed(bytes: Uint8Array, dtype: number): ArrayBufferView {
  const { buffer } = bytes.slice();
  if (dtype === DT.float32) return new Float32Array(buffer);
  return dtype === DT.int32 || dtype === DT.int64 ? new Int32Array(buffer) : new Uint8Array(buffer);
}
