/** A model's operations as nodes of a TensorFlow graph, with the number of samples read from the first input. */
import { attribute, DT } from "../../engine/compile/native";
import type { Endpoint, GraphNode, NodeAttribute } from "../../engine/compile/graph-def";
import type { ForwardGraph, ForwardOperation, ForwardValue, Size } from "./forward-graph";

export interface GraphFile {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Endpoint[];
  readonly outputs: readonly Endpoint[];
}

/** Operations whose second input may say −1 for a size that follows from the others. */
const TAKES_ANY: Readonly<Record<string, number>> = { Reshape: 1 };

export function graphNodes(graph: ForwardGraph): GraphFile {
  return new GraphWriter(graph).file();
}

/** A size for a shape: −1 where the number of samples is in it. */
export const openSize = (size: Size): number => (typeof size === "number" ? size : -1);

class GraphWriter {
  private readonly nodes: GraphNode[] = [];
  private readonly references = new Map<number, string>();
  private samples: string | undefined;

  constructor(private readonly graph: ForwardGraph) {}

  file(): GraphFile {
    const { graph } = this;
    for (const { name, value } of graph.inputs) {
      const { dtype, shape } = graph.values[value];
      const attributes = [attribute.type("dtype", dtype), shapeAttribute(shape.map(openSize))];
      this.references.set(value, this.add("Placeholder", [], attributes, `input_${plain(name)}`));
    }
    for (const operation of graph.operations) this.operation(operation);
    const endpoint = (given: string, value: number, reference: string): Endpoint => {
      const { dtype, shape } = graph.values[value];
      return { name: given, reference, dtype, shape: shape.map(openSize) };
    };
    const inputs = graph.inputs.map(({ name, value }) => endpoint(name, value, this.reference(value)));
    const outputs = graph.outputs.map(({ name, value }) => {
      const type = attribute.type("T", graph.values[value].dtype);
      return endpoint(name, value, this.add("Identity", [this.reference(value)], [type], `output_${plain(name)}`));
    });
    return { nodes: this.nodes, inputs, outputs };
  }

  private operation({ name, attributes, inputs, outputs }: ForwardOperation): void {
    const references = inputs.map((value, i) => {
      const { source } = this.graph.values[value];
      const open = source.kind === "sizes" && TAKES_ANY[name] === i ? source.sizes.map(openSize) : undefined;
      return open?.filter((size) => size === -1).length === 1 ? this.int32(open) : this.reference(value);
    });
    const node = this.add(name, references, attributes);
    const stem = node.slice(0, -2);
    outputs.forEach((value, i) => this.references.set(value, `${stem}:${i}`));
  }

  private reference(value: number): string {
    const known = this.references.get(value) ?? this.outside(this.graph.values[value]);
    this.references.set(value, known);
    return known;
  }

  private outside({ source, dtype, shape }: ForwardValue): string {
    if (source.kind === "constant") return this.constant(dtype, shape as number[], source.bytes);
    if (source.kind === "sizes") {
      const vector = this.vector(source.sizes);
      return shape.length === 0 ? this.scalarOf(vector) : vector;
    }
    if (source.kind === "fill") {
      const types = [attribute.type("T", dtype), attribute.type("index_type", DT.int32)];
      return this.add("Fill", [this.vector(shape), this.constant(dtype, [], source.bytes)], types);
    }
    throw new Error("A value of the model comes from nowhere; report this as a fault of dnn-lab.");
  }

  /** Sizes as a vector, computed where the number of samples is among them. */
  private vector(sizes: readonly Size[]): string {
    if (sizes.every((size) => typeof size === "number")) return this.int32(sizes);
    const parts = sizes.map((size) => (typeof size === "number" ? this.int32(size) : this.times(size.samples)));
    const attributes = [attribute.type("T", DT.int32), attribute.int("N", parts.length), attribute.int("axis", 0)];
    return this.add("Pack", parts, attributes);
  }

  private times(factor: number): string {
    const samples = (this.samples ??= this.countSamples());
    if (factor === 1) return samples;
    return this.add("Mul", [samples, this.int32(factor)], [attribute.type("T", DT.int32)]);
  }

  private countSamples(): string {
    const [{ value }] = this.graph.inputs;
    const types = [attribute.type("T", this.graph.values[value].dtype), attribute.type("out_type", DT.int32)];
    return this.scalarOf(this.add("Shape", [this.reference(value)], types));
  }

  /** The first number of a vector. */
  private scalarOf(vector: string): string {
    const attributes = [
      ...[attribute.type("T", DT.int32), attribute.type("Index", DT.int32)],
      ...[attribute.int("begin_mask", 0), attribute.int("end_mask", 0), attribute.int("ellipsis_mask", 0)],
      ...[attribute.int("new_axis_mask", 0), attribute.int("shrink_axis_mask", 1)],
    ];
    const [zero, one] = [this.int32([0]), this.int32([1])];
    return this.add("StridedSlice", [vector, zero, one, one], attributes);
  }

  private int32(values: number | readonly number[]): string {
    const all = [values].flat();
    const shape = typeof values === "number" ? [] : [all.length];
    return this.constant(DT.int32, shape, new Uint8Array(Int32Array.from(all).buffer));
  }

  private constant(dtype: number, shape: readonly number[], bytes: Uint8Array): string {
    const value: NodeAttribute = { name: "value", tensor: { dtype, shape, bytes } };
    return this.add("Const", [], [attribute.type("dtype", dtype), value]);
  }

  private add(
    op: string,
    inputs: readonly string[],
    attributes: readonly NodeAttribute[],
    name = `n${this.nodes.length}`,
  ): string {
    this.nodes.push({ name, op, inputs, attributes });
    return `${name}:0`;
  }
}

/** What a node may be called. */
const plain = (name: string): string => name.replace(/[^\w.]/g, "_");

function shapeAttribute(shape: readonly number[]): NodeAttribute {
  return { name: "shape", type: 5, value: shape };
}
