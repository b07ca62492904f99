/** Models for other programs: TensorFlow, ONNX' runtimes, plain TensorFlow.js. */
import { checkOneOf, checkOptions, show } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { isNative } from "../../engine/compile/native";
import { servedModel } from "../../engine/compile/graph-def";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { existsSync, join, mkdirSync, statSync } from "../../platform";
import { forwardGraph } from "./forward-graph";
import { graphNodes } from "./graph-nodes";
import { onnxGraph } from "./onnx-graph";
import { onnxModel } from "./onnx-file";
import { tfjsGraphModel, WEIGHTS_FILE } from "./tfjs-graph-model";

/** Forms of a file or folder for other programs; the first two have Keras' names. */
export type ExportFormat = "tf_saved_model" | "onnx" | "tfjs";

/** Options of {@link exportModel}. */
export interface ExportOptions {
  /** Default: `"onnx"` for a path that ends in `.onnx`, else `"tf_saved_model"`. */
  format?: ExportFormat;
}

const OWNER = "exportModel";
const FORMATS: readonly ExportFormat[] = ["tf_saved_model", "onnx", "tfjs"];
const PRODUCER = "dnn-lab";

/**
 * Writes what a model computes in inference mode for other programs, as Keras' `model.export`: weights included, for any
 * number of samples. Such a file cannot be trained on; `saveModel` keeps what that takes.
 *
 * - `"tf_saved_model"`, a folder: TensorFlow (`tf.saved_model.load(folder).signatures["serving_default"]`), TensorFlow Serving,
 *   `keras.layers.TFSMLayer`;
 * - `"onnx"`, a file: onnxruntime and whatever else reads ONNX (operations of version 17);
 * - `"tfjs"`, a folder: plain TensorFlow.js in a page, `tf.loadGraphModel("…/model.json")`; none of this library is needed.
 *
 * Inputs and outputs go by the names of the model's (`model.inputNames`). Recurrent layers are written step by step, so
 * inputs must have fixed sizes but for the number of samples. Needs the native engine, which records the operations.
 *
 * @param path of the file or folder, which is made.
 * @throws Error that names the layer which cannot be written in the format; nothing is left behind then.
 * @example await exportModel(model, "results/digits.onnx");
 */
export async function exportModel(model: tf.LayersModel, path: string, options: ExportOptions = {}): Promise<void> {
  checkOptions(OWNER, options, { format: true });
  if (typeof path !== "string" || path === "")
    throw new TypeError(`${OWNER}: path must be a text, received ${show(path)}.`);
  const format = checkOneOf(OWNER, "format", options.format ?? (path.endsWith(".onnx") ? "onnx" : FORMATS[0]), FORMATS);
  checkPlace(path, format);
  await useEngine();
  if (!isNative()) {
    throw new Error(
      `${OWNER}: the engine in use, ${tf.getBackend()}, does not tell its operations; use the native one (npx dnn-lab setup native).`,
    );
  }
  const graph = forwardGraph(OWNER, model);
  if (format === "onnx") return writeFileAtomic(path, onnxModel(onnxGraph(OWNER, graph), PRODUCER));
  const file = graphNodes(graph);
  if (format === "tf_saved_model") {
    mkdirSync(join(path, "variables"), { recursive: true });
    return writeFileAtomic(join(path, "saved_model.pb"), servedModel(file.nodes, file.inputs, file.outputs));
  }
  const { json, weights } = tfjsGraphModel(file, PRODUCER);
  mkdirSync(path, { recursive: true });
  writeFileAtomic(join(path, WEIGHTS_FILE), weights);
  writeFileAtomic(join(path, "model.json"), json);
}

function checkPlace(path: string, format: ExportFormat): void {
  const isOnnx = path.endsWith(".onnx");
  if (isOnnx !== (format === "onnx")) {
    throw new TypeError(
      `${OWNER}: format '${format}' writes ${format === "onnx" ? "a file, whose path ends in '.onnx'" : "a folder"}, received ${show(path)}.`,
    );
  }
  if (!existsSync(path)) return;
  const isFolder = statSync(path).isDirectory();
  if (isFolder === isOnnx)
    throw new Error(`${OWNER}: '${path}' is a ${isFolder ? "folder" : "file"}; choose another path.`);
}
