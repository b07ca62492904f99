/**
 * `file://…` for whole models on every engine: only the native engine's package brings it, and without it
 * `tf.loadLayersModel("file://…")` ends in "fetch failed".
 */
import * as tf from "@tensorflow/tfjs";
import { writeFileAtomic } from "dnn-lab-core/files";
import { dirname, existsSync, join, mkdirSync, readFileSync } from "../../platform";

const SCHEME = "file://";

/** Registers handlers where there are none: `model.save("file://folder")`, `tf.loadLayersModel("file://folder/model.json")`. */
export function handleFiles(): void {
  // As in tfjs-node, whose relative paths are common: file://./model/model.json.
  const path = (url: unknown): string | undefined =>
    typeof url === "string" && url.startsWith(SCHEME) ? url.slice(SCHEME.length) : undefined;
  if (tf.io.getSaveHandlers(`${SCHEME}x`).length === 0) {
    tf.io.registerSaveRouter((url) => {
      const folder = path(url);
      return (folder === undefined ? null : { save: (artifacts) => save(folder, artifacts) }) as tf.io.IOHandler;
    });
  }
  if (tf.io.getLoadHandlers(`${SCHEME}x`).length === 0) {
    tf.io.registerLoadRouter((url) => {
      const file = path(url);
      return (file === undefined ? null : { load: () => load(file) }) as tf.io.IOHandler;
    });
  }
}

async function save(folder: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const { weightData, weightSpecs = [], ...rest } = artifacts;
  mkdirSync(folder, { recursive: true });
  const weights = weightData === undefined ? new ArrayBuffer(0) : joined(weightData);
  writeFileAtomic(join(folder, "weights.bin"), new Uint8Array(weights));
  const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
  writeFileAtomic(join(folder, "model.json"), JSON.stringify({ ...rest, weightsManifest }));
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
}

async function load(file: string): Promise<tf.io.ModelArtifacts> {
  if (!existsSync(file)) throw new Error(`There is no file '${file}'. A saved model is loaded by its model.json.`);
  const json = JSON.parse(readFileSync(file, "utf8")) as tf.io.ModelJSON;
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const parts = manifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(dirname(file), path))));
    const bytes = Buffer.concat(parts);
    const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    return [manifest.flatMap(({ weights }) => weights), data];
  });
}

function joined(data: tf.io.WeightData): ArrayBuffer {
  return Array.isArray(data) ? tf.io.concatenateArrayBuffers(data) : data;
}
