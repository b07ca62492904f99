/**
 * `tf.tidy(() => tensor.dataSync())` ends at once. TensorFlow.js (4.22) looks for tensors among the numbers of the array that
 * is returned, one by one: some 0.15 ms for a thousand, which is longer than most operations on them take.
 */
import * as tf from "@tensorflow/tfjs";

interface Scopes {
  endScope(this: unknown, result?: unknown): void;
}

export function endScopesAtOnce(): void {
  const engine = Object.getPrototypeOf(tf.engine()) as Scopes;
  const { endScope } = engine;
  engine.endScope = function (result) {
    endScope.call(this, withoutNumbers(result));
  };
}

/** The result, or what of its parts may hold tensors. */
function withoutNumbers(result: unknown): unknown {
  if (ArrayBuffer.isView(result)) return undefined;
  if (typeof result !== "object" || result === null || result instanceof tf.Tensor) return result;
  const parts = Object.values(result);
  return parts.some(ArrayBuffer.isView) ? parts.filter((part) => !ArrayBuffer.isView(part)) : result;
}
