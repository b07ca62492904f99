/**
 * Keras' activations by name, registered so that a layer takes them as strings, in Keras' spelling (`hard_silu`) and in
 * camel case (`hardSilu`): those that TensorFlow.js (4.22) lacks, and `hard_sigmoid`, which it computes as Keras 2 did.
 */
import { tf } from "../../engine/tf";
import { toSnakeCase } from "../weights/snake-case";

type Compute = (x: tf.Tensor) => tf.Tensor;

/** Keras 3's hard sigmoid, min(max(x + 3, 0), 6) / 6. */
const hardSigmoid: Compute = (x) => tf.div(tf.relu6(tf.add(x, 3)), 6);
const silu: Compute = (x) => tf.mul(x, tf.sigmoid(x));
const hardSilu: Compute = (x) => tf.mul(x, hardSigmoid(x));
/** Where `|x|` is at least 1 the one value, else the other. */
const within = (x: tf.Tensor, inside: tf.Tensor, outside: tf.Tensor): tf.Tensor =>
  tf.where(tf.less(tf.abs(x), 1), inside, outside);

/** Camel case → what is computed; constants are Keras' defaults. */
const ACTIVATIONS: Readonly<Record<string, Compute>> = {
  celu: (x) => tf.add(tf.relu(x), tf.expm1(tf.minimum(x, 0))),
  exponential: (x) => tf.exp(x),
  hardShrink: (x) => tf.where(tf.greater(tf.abs(x), 0.5), x, tf.zerosLike(x)),
  hardSigmoid,
  hardSilu,
  hardSwish: hardSilu,
  hardTanh: (x) => tf.clipByValue(x, -1, 1),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  logSigmoid: (x) => tf.logSigmoid(x),
  silu,
  softShrink: (x) => tf.sub(tf.relu(tf.sub(x, 0.5)), tf.relu(tf.sub(tf.neg(x), 0.5))),
  sparsePlus: (x) => within(x, tf.mul(tf.square(tf.add(x, 1)), 0.25), tf.relu(x)),
  sparseSigmoid: (x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
  squareplus: (x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5),
  tanhShrink: (x) => tf.sub(x, tf.tanh(x)),
};

/** TensorFlow.js' own hard sigmoid, 0.2 x + 0.5 cut off at 0 and 1: that of models which Keras 2 or it have saved. */
export const OLD_HARD_SIGMOID = "hardSigmoidOfKeras2";

abstract class NamedActivation extends tf.serialization.Serializable {
  abstract apply(x: tf.Tensor): tf.Tensor;

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

function register(className: string, compute: Compute): void {
  class Named extends NamedActivation {
    static readonly className = className;

    override apply(x: tf.Tensor): tf.Tensor {
      return tf.tidy(() => compute(x));
    }
  }
  tf.serialization.registerClass(Named);
}

for (const [name, compute] of Object.entries(ACTIVATIONS)) {
  register(name, compute);
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  classNameMap[toSnakeCase(name)] = classNameMap[name];
}
register(OLD_HARD_SIGMOID, (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1));
