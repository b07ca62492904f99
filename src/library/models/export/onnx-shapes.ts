/** Operations that move numbers about, in ONNX. */
import type { ForwardOperation, Size } from "./forward-graph";
import { attributeOf, type OnnxBuilder, type Translation } from "./onnx-builder";

const first = (b: OnnxBuilder, { inputs: [x] }: ForwardOperation): string => b.name(x);

/** As −1, which follows from the others, where one size alone has the number of samples in it. */
function shapeInput(b: OnnxBuilder, sizes: readonly Size[]): string {
  const open = sizes.filter((size) => typeof size !== "number").length;
  if (open === 1) return b.int64s(sizes.map((size) => (typeof size === "number" ? size : -1)));
  return b.sizes(sizes);
}

/** To the shape that came out, whatever the operation is called. */
const reshaped: Translation = (b, operation) =>
  b.node("Reshape", [first(b, operation), shapeInput(b, b.shape(operation.outputs[0]))]);

/** Numbers from `start` to `end` along each axis; the whole axis where the samples are. */
function sliced(b: OnnxBuilder, operation: ForwardOperation): string {
  const [x, begin] = operation.inputs;
  const output = b.shape(operation.outputs[0]);
  const starts = b.integers(begin);
  const axes = [...starts.keys()].filter((axis) => {
    if (typeof output[axis] === "number") return true;
    if (starts[axis] === 0) return false;
    throw new Error("it takes a part of the samples");
  });
  if (axes.length === 0) return b.name(x);
  const ends = axes.map((axis) => starts[axis] + (output[axis] as number));
  const from = axes.map((axis) => starts[axis]);
  return b.node("Slice", [b.name(x), b.int64s(from), b.int64s(ends), b.int64s(axes)]);
}

function strided(b: OnnxBuilder, operation: ForwardOperation): string {
  const [x, begin, end, strides] = operation.inputs;
  const mask = (name: string) => attributeOf(operation, name, 0);
  if (mask("ellipsis_mask") || mask("new_axis_mask")) throw new Error("it has an ellipsis or a new axis");
  const [from, to, step] = [b.integers(begin), b.sizesOf(end), b.integers(strides)];
  const axes: number[] = [];
  const [starts, ends, steps] = [[] as number[], [] as number[], [] as number[]];
  for (const [axis, size] of b.shape(x).entries()) {
    const isWhole = step[axis] === 1 && from[axis] === 0 && JSON.stringify(to[axis]) === JSON.stringify(size);
    if (isWhole || (typeof size !== "number" && from[axis] === 0 && mask("end_mask") & (1 << axis))) continue;
    if (typeof size !== "number") throw new Error("it takes a part of the samples");
    const open = (bits: number, at: number, whole: number) => (bits & (1 << axis) ? whole : at);
    const isBackwards = step[axis] < 0;
    axes.push(axis);
    steps.push(step[axis]);
    starts.push(open(mask("begin_mask"), from[axis], isBackwards ? size - 1 : 0));
    ends.push(open(mask("end_mask"), to[axis] as number, isBackwards ? -size - 1 : size));
  }
  const part =
    axes.length === 0
      ? b.name(x)
      : b.node("Slice", [b.name(x), b.int64s(starts), b.int64s(ends), b.int64s(axes), b.int64s(steps)]);
  return mask("shrink_axis_mask") ? b.node("Reshape", [part, shapeInput(b, b.shape(operation.outputs[0]))]) : part;
}

function reversed(b: OnnxBuilder, operation: ForwardOperation): string {
  const [x, along] = operation.inputs;
  const axes = b.integers(along).map((axis) => (axis + b.rank(x)) % b.rank(x));
  const sizes = axes.map((axis) => b.fixed(x, axis));
  const all = (value: (size: number) => number) => b.int64s(sizes.map(value));
  return b.node("Slice", [b.name(x), all((size) => size - 1), all((size) => -size - 1), b.int64s(axes), all(() => -1)]);
}

function joined(b: OnnxBuilder, operation: ForwardOperation): string {
  const parts = operation.inputs.slice(0, -1);
  const [axis] = b.integers(operation.inputs.at(-1) as number);
  return b.node(
    "Concat",
    parts.map((value) => b.name(value)),
    { axis },
  );
}

function packed(b: OnnxBuilder, operation: ForwardOperation): string {
  const axis = attributeOf(operation, "axis", 0);
  const parts = operation.inputs.map((value) => b.node("Unsqueeze", [b.name(value), b.int64s([axis])]));
  return b.node("Concat", parts, { axis });
}

function unpacked(b: OnnxBuilder, operation: ForwardOperation): string[] {
  const axis = attributeOf(operation, "axis", 0);
  const [x] = operation.inputs;
  b.fixed(x, (axis + b.rank(x)) % b.rank(x));
  const parts = b.nodeOf("Split", [b.name(x)], operation.outputs.length, { axis });
  return parts.map((part) => b.node("Squeeze", [part, b.int64s([axis])]));
}

function splitInto(b: OnnxBuilder, operation: ForwardOperation): string[] {
  const isSized = operation.name === "SplitV";
  const [x, axis] = isSized ? [operation.inputs[0], operation.inputs[2]] : [operation.inputs[1], operation.inputs[0]];
  const sizes = isSized ? [b.int64s(b.integers(operation.inputs[1]))] : [];
  return b.nodeOf("Split", [b.name(x), ...sizes], operation.outputs.length, { axis: b.integers(axis)[0] });
}

function gathered(b: OnnxBuilder, operation: ForwardOperation): string {
  const [x, indices, axis] = operation.inputs;
  if (attributeOf(operation, "batch_dims", 0) !== 0) throw new Error("it gathers by batch dimensions");
  return b.node("Gather", [b.name(x), b.name(indices)], { axis: axis === undefined ? 0 : b.integers(axis)[0] });
}

function padded(b: OnnxBuilder, operation: ForwardOperation): string {
  const [x, paddings, value] = operation.inputs;
  const all = b.integers(paddings);
  const pads = b.int64s([0, 1].flatMap((side) => all.filter((_, i) => i % 2 === side)));
  const mode = operation.name === "MirrorPad" ? attributeOf(operation, "mode", "REFLECT").toLowerCase() : "constant";
  if (mode === "symmetric") throw new Error("it pads symmetrically");
  return b.node("Pad", [b.name(x), pads, ...(value === undefined ? [] : [b.name(value)])], { mode });
}

function oneHot(b: OnnxBuilder, operation: ForwardOperation): string {
  const [indices, depth, on, off] = operation.inputs;
  const values = b.node(
    "Concat",
    [on, off].map((value) => b.node("Unsqueeze", [b.name(value), b.int64s([0])])),
    {
      axis: 0,
    },
  );
  return b.node("OneHot", [b.name(indices), b.int64s(b.integers(depth)), values], {
    axis: attributeOf(operation, "axis", -1),
  });
}

/** Zeros or ones in the shape of another value. */
const filledLike =
  (value: number): Translation =>
  (b, operation) =>
    b.node("Expand", [b.numberLike(operation.inputs[0], value), b.sizes(b.shape(operation.outputs[0]))]);

const transposed: Translation = (b, operation) =>
  b.node("Transpose", [first(b, operation)], { perm: b.integers(operation.inputs[1]) });

function summed(b: OnnxBuilder, operation: ForwardOperation): string {
  const [x, axis] = operation.inputs;
  const names = ["exclusive", "reverse"].map((name) => [name, Number(attributeOf(operation, name, false))] as const);
  return b.node("CumSum", [b.name(x), b.int64s(b.integers(axis), [])], Object.fromEntries(names));
}

export const SHAPE_OPERATIONS: Readonly<Record<string, Translation>> = {
  BroadcastTo: (b, operation) => b.node("Expand", [first(b, operation), b.sizes(b.shape(operation.outputs[0]))]),
  ConcatV2: joined,
  Cumsum: summed,
  ExpandDims: reshaped,
  Fill: (b, operation) => b.node("Expand", [b.name(operation.inputs[1]), b.sizes(b.shape(operation.outputs[0]))]),
  GatherV2: gathered,
  MirrorPad: padded,
  OneHot: oneHot,
  OnesLike: filledLike(1),
  Pack: packed,
  Pad: padded,
  PadV2: padded,
  Reshape: reshaped,
  ReverseV2: reversed,
  Slice: sliced,
  Split: splitInto,
  SplitV: splitInto,
  Squeeze: reshaped,
  StridedSlice: strided,
  Tile: (b, operation) => b.node("Tile", [first(b, operation), b.sizes(b.sizesOf(operation.inputs[1]))]),
  Transpose: transposed,
  Unpack: unpacked,
  ZerosLike: filledLike(0),
};
