/** A whole model (layers, weights, optimizer) as a folder that `tf.loadLayersModel` reads, on any engine. */
import { writeFileAtomic } from "dnn-lab-core/files";
import { hashOf } from "dnn-lab-core/hash";
import { join, mkdirSync, readdirSync, rmSync } from "../../platform";
import { tf } from "../../engine/tf";

/**
 * Writes `folder`/model.json and one file of weights beside it; load with `tf.loadLayersModel("file://…/model.json")`.
 *
 * The weights' name holds their hash and model.json is replaced last, so that a reader never meets half a model.
 */
export async function saveModelFolder(model: tf.LayersModel, folder: string): Promise<void> {
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      write(folder, artifacts);
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
    { includeOptimizer: true },
  );
}

function write(folder: string, { weightData, weightSpecs = [], ...rest }: tf.io.ModelArtifacts): void {
  const bytes = new Uint8Array(joined(weightData));
  const weights = `weights-${hashOf("sha256", bytes).slice(0, 12)}.bin`;
  const manifest = [{ paths: [weights], weights: weightSpecs }];
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(join(folder, weights), bytes);
  writeFileAtomic(join(folder, "model.json"), JSON.stringify({ ...rest, weightsManifest: manifest }));
  for (const name of readdirSync(folder)) {
    if (name !== weights && /^weights-[0-9a-f]{12}\.bin$/.test(name)) rmSync(join(folder, name));
  }
}

function joined(data: tf.io.WeightData | undefined): ArrayBuffer {
  if (data === undefined) return new ArrayBuffer(0);
  return Array.isArray(data) ? tf.io.concatenateArrayBuffers(data) : data;
}
