/** Functions of TensorFlow.js' own exports, replaced for everyone who calls them as `tf.…`. */
import { dirname, requireModule } from "../../platform";

/**
 * `@tensorflow/tfjs` hands on what the packages that it consists of export at the moment.
 *
 * @param part such as `@tensorflow/tfjs-core` for operations.
 */
export function replaceExport(part: string, name: string, replacement: unknown): void {
  const tfjs = dirname(requireModule.resolve("@tensorflow/tfjs/package.json"));
  const exported = requireModule(requireModule.resolve(part, { paths: [tfjs] })) as Record<string, unknown>;
  exported[name] = replacement;
}
