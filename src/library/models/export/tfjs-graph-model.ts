/** TensorFlow.js' graph models: `model.json` with the graph, and one file with the numbers of all constants. */
import { ATTR, DT, type OpAttribute } from "../../engine/compile/native";
import type { Endpoint, GraphNode, NodeAttribute } from "../../engine/compile/graph-def";
import type { GraphFile } from "./graph-nodes";

export const WEIGHTS_FILE = "group1-shard1of1.bin";

const TYPES: Readonly<Record<number, string>> = {
  [DT.float32]: "DT_FLOAT",
  [DT.int32]: "DT_INT32",
  [DT.uint8]: "DT_UINT8",
  [DT.bool]: "DT_BOOL",
};
const WEIGHT_TYPES: Readonly<Record<number, string>> = {
  [DT.float32]: "float32",
  [DT.int32]: "int32",
  [DT.bool]: "bool",
};

/** The text of `model.json` and the bytes beside it. */
export function tfjsGraphModel(
  { nodes, inputs, outputs }: GraphFile,
  producer: string,
): { json: string; weights: Buffer } {
  const constants = nodes.flatMap(({ name, attributes }) => {
    const tensor = attributes.flatMap((one) => ("tensor" in one ? [one.tensor] : []))[0];
    return tensor ? [{ name, ...tensor }] : [];
  });
  const weights = constants.map(({ name, dtype, shape }) => ({ name, shape, dtype: WEIGHT_TYPES[dtype] }));
  const json = {
    ...{ format: "graph-model", generatedBy: producer, convertedBy: producer },
    signature: { inputs: endpoints(inputs), outputs: endpoints(outputs) },
    modelTopology: { node: nodes.map(nodeJson), versions: { producer: 440 } },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights }],
  };
  return { json: JSON.stringify(json), weights: Buffer.concat(constants.map(({ bytes }) => bytes)) };
}

function endpoints(all: readonly Endpoint[]) {
  return Object.fromEntries(
    all.map(({ name, reference, dtype, shape }) => [
      name,
      { name: reference, dtype: TYPES[dtype], tensorShape: shapeJson(shape) },
    ]),
  );
}

const shapeJson = (shape: readonly number[]) => ({ dim: shape.map((size) => ({ size: String(size) })) });

function nodeJson({ name, op, inputs, attributes }: GraphNode) {
  return {
    ...{ name, op },
    // The first output of a node goes by the node's name.
    input: inputs.map((reference) => reference.replace(/:0$/, "")),
    attr: Object.fromEntries(attributes.map((one) => [one.name, attributeJson(one)])),
  };
}

function attributeJson(one: NodeAttribute): unknown {
  if ("tensor" in one) return { tensor: { dtype: TYPES[one.tensor.dtype], tensorShape: shapeJson(one.tensor.shape) } };
  if ("type" in one) return recordedJson(one);
  throw new Error(`The attribute '${one.name}' has no counterpart in TensorFlow.js.`);
}

function recordedJson({ type, value }: OpAttribute): unknown {
  if (type === ATTR.shape) return { shape: shapeJson(value as readonly number[]) };
  if (Array.isArray(value)) return { list: { [KEYS[type]]: value.map((one) => plainJson(type, one as number)) } };
  return { [KEYS[type]]: plainJson(type, value as number | string | boolean) };
}

const KEYS: Readonly<Record<number, string>> = {
  [ATTR.string]: "s",
  [ATTR.int]: "i",
  [ATTR.float]: "f",
  [ATTR.bool]: "b",
  [ATTR.type]: "type",
};

function plainJson(type: number, value: number | string | boolean): unknown {
  if (type === ATTR.string) return Buffer.from(value as string).toString("base64");
  if (type === ATTR.int) return String(value);
  if (type === ATTR.bool) return Boolean(value);
  return type === ATTR.type ? (TYPES[value as number] ?? "DT_INVALID") : value;
}
