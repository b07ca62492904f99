/**
 * Activations that Keras knows by name and TensorFlow.js does not, registered so that a layer takes them as strings:
 * `leaky_relu` (slope 0.2) and `silu` (another name of `swish`), each also in camel case.
 */
import { tf } from "../../engine/tf";

abstract class NamedActivation extends tf.serialization.Serializable {
  abstract apply(x: tf.Tensor): tf.Tensor;

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

class LeakyRelu extends NamedActivation {
  static readonly className = "leaky_relu";

  override apply(x: tf.Tensor): tf.Tensor {
    return tf.leakyRelu(x, 0.2);
  }
}

class Silu extends NamedActivation {
  static readonly className = "silu";

  override apply(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => tf.mul(x, tf.sigmoid(x)));
  }
}

for (const activation of [LeakyRelu, Silu]) tf.serialization.registerClass(activation);

const { classNameMap } = tf.serialization.SerializationMap.getMap();
classNameMap.leakyRelu = classNameMap[LeakyRelu.className];
