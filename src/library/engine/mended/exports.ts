/** Functions of TensorFlow.js' own exports, replaced for everyone who calls them as `tf.…`. */
import { dirname } from "node:path";

/** `@tensorflow/tfjs` hands on what the package of its operations exports at the moment. */
export function replaceExport(name: string, replacement: unknown): void {
  const tfjs = dirname(require.resolve("@tensorflow/tfjs/package.json"));
  const core = require(require.resolve("@tensorflow/tfjs-core", { paths: [tfjs] })) as Record<string, unknown>;
  core[name] = replacement;
}
