/** A model's forward pass as an ONNX graph. */
import { messageOf } from "dnn-lab-core/errors";
import type { ForwardGraph, ForwardOperation, Size } from "./forward-graph";
import { OnnxBuilder, onnxType } from "./onnx-builder";
import type { OnnxEndpoint, OnnxGraph } from "./onnx-file";
import { TRANSLATIONS } from "./onnx-operations";

/** @throws Error that names the layer and the operation that ONNX lacks here. */
export function onnxGraph(owner: string, graph: ForwardGraph): OnnxGraph {
  const builder = new OnnxBuilder(graph);
  for (const operation of graph.operations) translate(owner, builder, operation);
  const outputs = graph.outputs.map(({ name, value }) => {
    builder.nodes.push({ op: "Identity", inputs: [builder.name(value)], outputs: [name], attributes: {} });
    return endpoint(name, graph, value);
  });
  return {
    name: "model",
    nodes: builder.nodes,
    tensors: builder.tensors,
    inputs: graph.inputs.map(({ name, value }) => endpoint(name, graph, value)),
    outputs,
  };
}

function translate(owner: string, builder: OnnxBuilder, operation: ForwardOperation): void {
  const { name, layer, outputs } = operation;
  const who = layer ? `layer '${layer}'` : "the model";
  const translation = Object.hasOwn(TRANSLATIONS, name) ? TRANSLATIONS[name] : undefined;
  if (!translation) {
    throw new Error(
      `${owner}: ${who} uses the operation ${name}, which is not written as ONNX; use format "tf_saved_model".`,
    );
  }
  try {
    const names = [translation(builder, operation)].flat();
    outputs.forEach((value, i) => names[i] !== undefined && builder.setName(value, names[i]));
  } catch (error) {
    throw new Error(`${owner}: ${who} cannot be written as ONNX (${name}): ${messageOf(error)}.`, { cause: error });
  }
}

function endpoint(name: string, { values }: ForwardGraph, value: number): OnnxEndpoint {
  const { dtype, shape } = values[value];
  return { name, type: onnxType(dtype), shape: shape.map(sizeText) };
}

const sizeText = (size: Size): number | string =>
  typeof size === "number" ? size : size.samples === 1 ? "n" : `n${size.samples}`;
