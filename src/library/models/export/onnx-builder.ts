/** Collects the nodes and constants of an ONNX graph while a model's operations are translated. */
import { DT, type OpAttribute } from "../../engine/compile/native";
import type { ForwardGraph, ForwardOperation, Size } from "./forward-graph";
import { ONNX_TYPE, type OnnxAttribute, type OnnxNode, type OnnxTensor } from "./onnx-file";

const TYPES: Readonly<Record<number, number>> = {
  [DT.float32]: ONNX_TYPE.float32,
  [DT.int32]: ONNX_TYPE.int32,
  [DT.uint8]: ONNX_TYPE.uint8,
  [DT.int64]: ONNX_TYPE.int64,
  [DT.bool]: ONNX_TYPE.bool,
};

/** ONNX' number for a TensorFlow type. */
export function onnxType(dtype: number): number {
  const type = TYPES[dtype];
  if (type !== undefined) return type;
  throw new Error(`element type ${dtype} has no counterpart`);
}

export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  private readonly names = new Map<number, string>();
  private samples: string | undefined;

  constructor(private readonly graph: ForwardGraph) {
    for (const { name, value } of graph.inputs) this.names.set(value, name);
  }

  /** Adds a node with one output and returns its name. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.nodeOf(op, inputs, 1, attributes)[0];
  }

  nodeOf(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string[] {
    const outputs = Array.from({ length: count }, (_, i) => `v${this.nodes.length}_${i}`);
    this.nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  /** The name of a value of the model. */
  name(value: number): string {
    const known = this.names.get(value) ?? this.outside(value);
    this.names.set(value, known);
    return known;
  }

  setName(value: number, name: string): void {
    this.names.set(value, name);
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.tensor(ONNX_TYPE.float32, shape, new Uint8Array(Float32Array.from(values).buffer));
  }

  int64s(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.tensor(ONNX_TYPE.int64, shape, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** A number in the type of a value. */
  numberLike(value: number, number: number): string {
    const { dtype } = this.graph.values[value];
    if (dtype === DT.float32) return this.floats([number], []);
    if (dtype === DT.int32) return this.tensor(ONNX_TYPE.int32, [], new Uint8Array(Int32Array.of(number).buffer));
    throw new Error(`a number of type ${dtype} is needed`);
  }

  /** Sizes as an int64 vector, computed where the number of samples is among them. */
  sizes(sizes: readonly Size[]): string {
    if (sizes.every((size) => typeof size === "number")) return this.int64s(sizes);
    const parts = sizes.map((size) => (typeof size === "number" ? this.int64s([size]) : this.times(size.samples)));
    return parts.length === 1 ? parts[0] : this.node("Concat", parts, { axis: 0 });
  }

  /** The whole numbers of a constant. */
  integers(value: number): number[] {
    const { source, dtype } = this.graph.values[value];
    if (source.kind !== "constant" || dtype !== DT.int32) {
      throw new Error("a number that is computed stands where ONNX needs a constant");
    }
    return [...new Int32Array(source.bytes.slice().buffer)];
  }

  /** The same, or sizes with the number of samples among them. */
  sizesOf(value: number): readonly Size[] {
    const { source } = this.graph.values[value];
    return source.kind === "sizes" ? source.sizes : this.integers(value);
  }

  shape(value: number): readonly Size[] {
    return this.graph.values[value].shape;
  }

  rank(value: number): number {
    return this.shape(value).length;
  }

  /** Of an axis that is no number of samples. */
  fixed(value: number, axis: number): number {
    const size = this.shape(value)[axis];
    if (typeof size === "number") return size;
    throw new Error("it works along the samples");
  }

  dtype(value: number): number {
    return this.graph.values[value].dtype;
  }

  private tensor(type: number, shape: readonly number[], bytes: Uint8Array): string {
    const name = `c${this.tensors.length}`;
    this.tensors.push({ name, type, shape, bytes });
    return name;
  }

  private outside(value: number): string {
    const { source, dtype, shape } = this.graph.values[value];
    if (source.kind === "constant") return this.tensor(onnxType(dtype), shape as number[], source.bytes);
    if (source.kind === "fill") {
      return this.node("Expand", [this.tensor(onnxType(dtype), [], source.bytes), this.sizes(shape)]);
    }
    if (source.kind === "sizes") {
      const vector = this.node("Cast", [this.sizes(source.sizes)], { to: ONNX_TYPE.int32 });
      return shape.length === 0 ? this.node("Reshape", [vector, this.int64s([])]) : vector;
    }
    throw new Error("a value comes from nowhere");
  }

  private times(factor: number): string {
    this.samples ??= this.countSamples();
    return factor === 1 ? this.samples : this.node("Mul", [this.samples, this.int64s([factor])]);
  }

  private countSamples(): string {
    const shape = this.node("Shape", [this.name(this.graph.inputs[0].value)]);
    return this.node("Gather", [shape, this.int64s([0])], { axis: 0 });
  }
}

/** Adds nodes for an operation; returns the names of its outputs. Throws what cannot be said in ONNX. */
export type Translation = (builder: OnnxBuilder, operation: ForwardOperation) => string | readonly string[];

/** An attribute of TensorFlow's, or what stands for it when it is missing. */
export function attributeOf<T>({ attributes }: ForwardOperation, name: string, missing: T): T {
  const found = attributes.find((one: OpAttribute) => one.name === name);
  return found ? (found.value as T) : missing;
}
