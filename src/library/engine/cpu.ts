/** The plain JavaScript engine, which is always there. */
import * as tf from "@tensorflow/tfjs";

/** Makes the cpu backend the one that computes, without its greeting that advises to install tfjs-node. */
export function startCpu(): void {
  void tf.setBackend("cpu");
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
