/** TensorFlow's operations in ONNX: pointwise ones, products, reductions. Those on pictures and shapes have files of their own. */
import type { ForwardOperation } from "./forward-graph";
import { attributeOf, type OnnxBuilder, onnxType, type Translation } from "./onnx-builder";
import { IMAGE_OPERATIONS } from "./onnx-images";
import { SHAPE_OPERATIONS } from "./onnx-shapes";

const inputs = (b: OnnxBuilder, { inputs: values }: ForwardOperation): string[] => values.map((value) => b.name(value));

const same =
  (op: string, attributes: Record<string, number> = {}): Translation =>
  (b, operation) =>
    b.node(op, inputs(b, operation), attributes);

/** Operations of one name in both. */
const SAME = (
  "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Equal Erf Exp Floor Greater Identity Less Log Mul Neg Pow " +
  "Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Tan Tanh"
).split(" ");

const RENAMED: Readonly<Record<string, string>> = {
  ...{ Add: "Add", AddV2: "Add", AddN: "Sum", RealDiv: "Div", Maximum: "Max", Minimum: "Min", IsNan: "IsNaN" },
  ...{
    GreaterEqual: "GreaterOrEqual",
    LessEqual: "LessOrEqual",
    LogicalAnd: "And",
    LogicalOr: "Or",
    LogicalNot: "Not",
  },
  ...{ Select: "Where", SelectV2: "Where", StopGradient: "Identity", BiasAdd: "Add" },
};

const reduced =
  (op: string, axesAreInputs = false): Translation =>
  (b, operation) => {
    const [x, axes] = operation.inputs;
    const rank = b.rank(x);
    const along = b.integers(axes).map((axis) => (axis + rank) % rank);
    const keepdims = Number(attributeOf(operation, "keep_dims", false));
    // No axes would mean all of them to ONNX.
    if (along.length === 0) return b.name(x);
    if (axesAreInputs) return b.node(op, [b.name(x), b.int64s(along)], { keepdims });
    return b.node(op, [b.name(x)], { axes: along, keepdims });
  };

const lastTwo = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];

function product(b: OnnxBuilder, operation: ForwardOperation, names: readonly [string, string]): string {
  const factors = operation.inputs.map((value, i) => {
    const turned = attributeOf(operation, names[i], false);
    return turned ? b.node("Transpose", [b.name(value)], { perm: lastTwo(b.rank(value)) }) : b.name(value);
  });
  return b.node("MatMul", factors);
}

const POINTWISE: Readonly<Record<string, Translation>> = {
  Cast: (b, operation) => b.node("Cast", inputs(b, operation), { to: onnxType(b.dtype(operation.outputs[0])) }),
  ClipByValue: (b, operation) => {
    const [x, low, high] = inputs(b, operation);
    return b.node("Min", [b.node("Max", [x, low]), high]);
  },
  Expm1: (b, operation) => b.node("Sub", [b.node("Exp", inputs(b, operation)), b.numberLike(operation.inputs[0], 1)]),
  FloorDiv: (b, operation) => b.node("Floor", [b.node("Div", inputs(b, operation))]),
  LeakyRelu: (b, operation) =>
    b.node("LeakyRelu", inputs(b, operation), { alpha: { float: attributeOf(operation, "alpha", 0.2) } }),
  Log1p: (b, operation) =>
    b.node("Log", [b.node("Add", [...inputs(b, operation), b.numberLike(operation.inputs[0], 1)])]),
  LogSoftmax: same("LogSoftmax", { axis: -1 }),
  NotEqual: (b, operation) => b.node("Not", [b.node("Equal", inputs(b, operation))]),
  Prelu: same("PRelu"),
  Relu6: (b, operation) => {
    const [value] = operation.inputs;
    return b.node("Clip", [b.name(value), b.numberLike(value, 0), b.numberLike(value, 6)]);
  },
  Rsqrt: (b, operation) => b.node("Reciprocal", [b.node("Sqrt", inputs(b, operation))]),
  Softmax: same("Softmax", { axis: -1 }),
  Square: (b, operation) => {
    const [x] = inputs(b, operation);
    return b.node("Mul", [x, x]);
  },
  SquaredDifference: (b, operation) => {
    const difference = b.node("Sub", inputs(b, operation));
    return b.node("Mul", [difference, difference]);
  },
};

const PRODUCTS: Readonly<Record<string, Translation>> = {
  MatMul: (b, operation) => product(b, operation, ["transpose_a", "transpose_b"]),
  BatchMatMul: (b, operation) => product(b, operation, ["adj_x", "adj_y"]),
  BatchMatMulV2: (b, operation) => product(b, operation, ["adj_x", "adj_y"]),
  Einsum: (b, operation) =>
    b.node("Einsum", inputs(b, operation), { equation: attributeOf(operation, "equation", "") }),
};

const REDUCTIONS: Readonly<Record<string, Translation>> = {
  Mean: reduced("ReduceMean"),
  Sum: reduced("ReduceSum", true),
  Max: reduced("ReduceMax"),
  Min: reduced("ReduceMin"),
  Prod: reduced("ReduceProd"),
  ArgMax: (b, operation) => {
    const [x, axis] = operation.inputs;
    const found = b.node("ArgMax", [b.name(x)], { axis: b.integers(axis)[0], keepdims: 0 });
    return b.node("Cast", [found], { to: onnxType(b.dtype(operation.outputs[0])) });
  },
};

const named = (names: readonly (readonly [string, string])[]) =>
  Object.fromEntries(names.map(([name, op]) => [name, same(op)]));

/** TensorFlow's name → how it is said in ONNX. */
export const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  ...named(SAME.map((name) => [name, name] as const)),
  ...named(Object.entries(RENAMED)),
  ...POINTWISE,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...IMAGE_OPERATIONS,
  ...SHAPE_OPERATIONS,
};
