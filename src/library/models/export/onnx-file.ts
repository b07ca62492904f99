/** ONNX' messages (onnx.proto), as far as a model's forward pass needs them. */
import { Message } from "../../engine/compile/protobuf";

/** ONNX' numbers of element types. */
export const ONNX_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  /** Names of values; "" for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An input or output; a text is a size that is not fixed. */
export interface OnnxEndpoint {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxEndpoint[];
  readonly outputs: readonly OnnxEndpoint[];
}

/** The version of the set of operations, and that of the format which came with it. */
const OPSET = 17;
const IR_VERSION = 8;

/** The bytes of a `.onnx` file. */
export function onnxModel(graph: OnnxGraph, producer: string): Uint8Array {
  const message = new Message()
    .messages(1, graph.nodes.map(nodeMessage))
    .text(2, graph.name)
    .messages(5, graph.tensors.map(tensorMessage))
    .messages(11, graph.inputs.map(endpointMessage))
    .messages(12, graph.outputs.map(endpointMessage));
  return new Message()
    .integer(1, IR_VERSION)
    .text(2, producer)
    .message(7, message)
    .message(8, new Message().text(1, "").integer(2, OPSET))
    .finish();
}

function nodeMessage({ op, inputs, outputs, attributes }: OnnxNode, i: number): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, `${op}_${i}`).text(4, op);
  for (const [name, value] of Object.entries(attributes)) node.message(5, attributeMessage(name, value));
  return node;
}

const KIND = { float: 1, int: 2, string: 3, ints: 7 } as const;

function attributeMessage(name: string, value: OnnxAttribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === "string") return message.text(4, value).integer(20, KIND.string);
  if (typeof value === "number") return message.integer(3, value).integer(20, KIND.int);
  if ("float" in value) return message.float(2, value.float).integer(20, KIND.float);
  for (const one of value) message.integer(8, one);
  return message.integer(20, KIND.ints);
}

function tensorMessage({ name, type, shape, bytes }: OnnxTensor): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  return message.integer(2, type).text(8, name).bytes(9, bytes);
}

function endpointMessage({ name, type, shape }: OnnxEndpoint): Message {
  const sizes = new Message();
  for (const size of shape) {
    sizes.message(1, typeof size === "number" ? new Message().integer(1, size) : new Message().text(2, size));
  }
  const tensor = new Message().integer(1, type).message(2, sizes);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
