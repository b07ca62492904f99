/**
 * `hard_sigmoid` is another function in Keras 3 (relu6(x + 3) / 6) than in Keras 2 and TensorFlow.js (0.2 x + 0.5 cut off
 * at 0 and 1). A layer that is made here has Keras 3's; a model that those have saved goes on with theirs.
 */
import { replaceExport } from "../../engine/mended/exports";
import { tf } from "../../engine/tf";
import { OLD_HARD_SIGMOID } from "../layers/activation-strings";

type Load = (source: string | tf.io.IOHandler, options?: object) => Promise<tf.LayersModel>;

const MARK = ", dnn-lab";
const NEW = /"hard_?[sS]igmoid"/g;

/** Changes `tf.loadLayersModel`, which reads old models, and `model.save`, which marks new ones. */
export function keepOldHardSigmoid(): void {
  const load = tf.loadLayersModel as Load;
  const adapting: Load = async (source, options) => {
    const handler = typeof source === "string" ? handlerOf(source, options) : source;
    const read = handler?.load?.bind(handler);
    return load(read ? { load: async () => adapted(await read()) } : source, options);
  };
  replaceExport("@tensorflow/tfjs-layers", "loadLayersModel", adapting);
}

/** What is written about who has made the file. */
export function marked(artifacts: tf.io.ModelArtifacts): tf.io.ModelArtifacts {
  return { ...artifacts, generatedBy: `${artifacts.generatedBy ?? "TensorFlow.js"}${MARK}` };
}

/** The handler that TensorFlow.js would choose; undefined for several, which it refuses. */
function handlerOf(url: string, options: object | undefined): tf.io.IOHandler | undefined {
  const handlers = tf.io.getLoadHandlers(url, options);
  return handlers.length > 1 ? undefined : (handlers[0] ?? tf.io.browserHTTPRequest(url, options));
}

function adapted(artifacts: tf.io.ModelArtifacts): tf.io.ModelArtifacts {
  const topology = artifacts.modelTopology as { keras_version?: string } | undefined;
  const isNew = artifacts.generatedBy?.endsWith(MARK) || /^[3-9]/.test(topology?.keras_version ?? "");
  if (isNew || !topology) return artifacts;
  const json = JSON.stringify(topology).replace(NEW, JSON.stringify(OLD_HARD_SIGMOID));
  return { ...artifacts, modelTopology: JSON.parse(json) as object };
}
