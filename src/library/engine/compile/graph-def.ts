/** TensorFlow's graph messages (graph.proto, function.proto, saved_model.proto), as far as a loop needs them. */
import { ATTR, type OpAttribute } from "./native";
import { OP_OUTPUTS } from "./op-table";
import { Message } from "./protobuf";

/** An attribute of a node: a recorded one, or one that only graphs have. */
export type NodeAttribute =
  | OpAttribute
  | { readonly name: string; readonly types: readonly number[] }
  | { readonly name: string; readonly shapes: readonly (readonly number[])[] }
  | { readonly name: string; readonly functionName: string; readonly attributes?: readonly NodeAttribute[] }
  | { readonly name: string; readonly tensor: { dtype: number; shape: readonly number[]; bytes: Uint8Array } };

/** Nodes of a graph or of a function body, in order of their making. */
export class NodeList {
  readonly nodes: Message[] = [];

  /** @param kind in a function body an output is named `node:argument:index`, in a graph `node:index`. */
  constructor(private readonly kind: "graph" | "function") {}

  /** Adds a node and returns the references of its outputs. */
  add(op: string, inputs: readonly string[], attributes: readonly NodeAttribute[] = [], outputCount = 1): string[] {
    const name = `n${this.nodes.length}`;
    this.nodes.push(nodeDef({ name, op, inputs, attributes }));
    return Array.from({ length: outputCount }, (_, i) => this.reference(name, op, i, outputCount));
  }

  constant(dtype: number, shape: readonly number[], bytes: Uint8Array): string {
    const type: OpAttribute = { name: "dtype", type: ATTR.type, value: dtype };
    return this.add("Const", [], [type, { name: "value", tensor: { dtype, shape, bytes } }])[0];
  }

  private reference(name: string, op: string, index: number, outputCount: number): string {
    if (this.kind === "graph") return `${name}:${index}`;
    const args = OP_OUTPUTS[op].split(" ");
    // A list output (Unpack, StatelessWhile) has one name for several tensors.
    return args.length === 1 && outputCount > 1 ? `${name}:${args[0]}:${index}` : `${name}:${args[index]}:0`;
  }
}

/** A node of a graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** References `node:index`. */
  readonly inputs: readonly string[];
  readonly attributes: readonly NodeAttribute[];
}

/** Its NodeDef. */
export function nodeDef({ name, op, inputs, attributes }: GraphNode): Message {
  const node = new Message().text(1, name).text(2, op);
  for (const input of inputs) node.text(3, input);
  return node.map(
    5,
    attributes.map((one) => [one.name, attributeValue(one)]),
  );
}

/** An input or output of a signature; −1 is an unknown size. */
export interface Endpoint {
  readonly name: string;
  /** `node:index`. */
  readonly reference: string;
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** The bytes of a `saved_model.pb` that holds one graph with the signature `serving_default`. */
export function servedModel(
  nodes: readonly GraphNode[],
  inputs: readonly Endpoint[],
  outputs: readonly Endpoint[],
): Uint8Array {
  const endpoints = (all: readonly Endpoint[]) =>
    all.map(({ name, reference, dtype, shape }) => {
      const info = new Message().text(1, reference).integer(2, dtype).message(3, shapeProto(shape));
      return [name, info] as const;
    });
  const graph = new Message().messages(1, nodes.map(nodeDef)).message(4, new Message().integer(1, GRAPH_PRODUCER));
  const signature = new Message().map(1, endpoints(inputs)).map(2, endpoints(outputs)).text(3, PREDICT);
  const metaGraph = new Message()
    .message(1, new Message().text(4, "serve"))
    .message(2, graph)
    .map(5, [["serving_default", signature]]);
  return new Message().integer(1, 1).message(2, metaGraph).finish();
}

const PREDICT = "tensorflow/serving/predict";

/** A FunctionDef. `args` are names with types; `results` pair a type with the reference that is returned. */
export function functionDef(
  name: string,
  args: readonly { name: string; dtype: number }[],
  results: readonly { reference: string; dtype: number }[],
  nodes: readonly Message[],
  attributes: readonly NodeAttribute[] = [],
): Message {
  const signature = new Message().text(1, name);
  for (const arg of args) signature.message(2, new Message().text(1, arg.name).integer(3, arg.dtype));
  results.forEach(({ dtype }, i) => signature.message(3, new Message().text(1, `r${i}`).integer(3, dtype)));
  const result = new Message().message(1, signature).messages(3, nodes);
  result.map(
    5,
    attributes.map((one) => [one.name, attributeValue(one)]),
  );
  // Field 4 is a map from string to string.
  results.forEach(({ reference }, i) => result.message(4, new Message().text(1, `r${i}`).text(2, reference)));
  return result;
}

/** The bytes of a `saved_model.pb` that holds one graph, tagged `serve`. */
export function savedModel(nodes: readonly Message[], functions: readonly Message[]): Uint8Array {
  const versions = new Message().integer(1, GRAPH_PRODUCER);
  const graph = new Message().messages(1, nodes).message(4, versions).message(2, new Message().messages(1, functions));
  const metaGraph = new Message().message(1, new Message().text(4, "serve")).message(2, graph);
  return new Message().integer(1, 1).message(2, metaGraph).finish();
}

/** The graph version that TensorFlow 2.4 and later write; it turns off the leniency meant for older writers. */
const GRAPH_PRODUCER = 440;

function attributeValue(attribute: NodeAttribute): Message {
  const value = new Message();
  if ("types" in attribute)
    return value.message(
      1,
      list(attribute.types, (to, type) => to.integer(6, type)),
    );
  if ("shapes" in attribute)
    return value.message(
      1,
      list(attribute.shapes, (to, shape) => to.message(7, shapeProto(shape))),
    );
  if ("functionName" in attribute) {
    const entries = (attribute.attributes ?? []).map((one) => [one.name, attributeValue(one)] as const);
    return value.message(10, new Message().text(1, attribute.functionName).map(2, entries));
  }
  if ("tensor" in attribute) {
    const { dtype, shape, bytes } = attribute.tensor;
    return value.message(8, new Message().integer(1, dtype).message(2, shapeProto(shape)).bytes(4, bytes));
  }
  return recordedValue(attribute);
}

function recordedValue({ type, value }: OpAttribute): Message {
  const message = new Message();
  if (type === ATTR.shape) return message.message(7, shapeProto(value as number[]));
  if (Array.isArray(value))
    return message.message(
      1,
      list(value as number[], (to, one) => scalar(to, type, one)),
    );
  return scalar(message, type, value as string | number | boolean);
}

function scalar(to: Message, type: number, value: string | number | boolean): Message {
  if (type === ATTR.string) return to.text(2, value as string);
  if (type === ATTR.int) return to.integer(3, value as number);
  if (type === ATTR.float) return to.float(4, value as number);
  if (type === ATTR.bool) return to.integer(5, value as boolean);
  return to.integer(6, value as number);
}

function list<T>(values: readonly T[], append: (to: Message, value: T) => void): Message {
  const message = new Message();
  for (const value of values) append(message, value);
  return message;
}

/** A TensorShapeProto; −1 is an unknown size. */
function shapeProto(shape: readonly number[]): Message {
  return list(shape, (to, size) => to.message(2, new Message().integer(1, size)));
}
