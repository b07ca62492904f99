/** GRU as Keras 3 computes it (`resetAfter`), which TensorFlow.js (4.22) refuses. */
import { checkBoolean } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { registeredClass } from "../layers/layer-classes";

type Options = Record<string, unknown>;
type Activation = { apply(x: tf.Tensor): tf.Tensor };
type RegistrableClass = Parameters<typeof tf.serialization.registerClass>[0];
type Mask = "dropoutMask" | "recurrentDropoutMask";

/** What is used of TensorFlow.js' own cell, which its types do not name. */
interface PlainParts {
  readonly units: number;
  useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly biasInitializer: ReturnType<typeof tf.initializers.zeros>;
  readonly biasRegularizer: ReturnType<typeof tf.regularizers.l2>;
  readonly biasConstraint: ReturnType<typeof tf.constraints.maxNorm>;
  readonly kernel: tf.LayerVariable;
  readonly recurrentKernel: tf.LayerVariable;
  bias: tf.LayerVariable | null;
  dropoutMask: tf.Tensor | null;
  recurrentDropoutMask: tf.Tensor | null;
  dropoutFunc(ones: tf.Tensor, rate: number): tf.Tensor;
}

const PlainCell = registeredClass("GRUCell") as unknown as {
  new (options: Options): tf.layers.Layer & PlainParts;
  readonly className: string;
};
const PlainGru = registeredClass("GRU") as unknown as {
  new (options: Options): tf.layers.Layer & { cell: tf.layers.Layer };
  readonly className: string;
};

/**
 * One step of a GRU. With `resetAfter` the reset gate is applied after the product with the recurrent weights, and
 * recurrent weights have a bias of their own: `bias` is `[2, 3 · units]`. Without it, TensorFlow.js' own step.
 */
export class GruCell extends PlainCell {
  static override readonly className: string = "GRUCell";
  readonly resetAfter: boolean;

  constructor(options: Options) {
    // A configuration without the word is from before Keras had it.
    const { resetAfter = false } = options;
    super({ ...options, resetAfter: false });
    this.resetAfter = checkBoolean("gru", "resetAfter", resetAfter as boolean);
  }

  override build(inputShape: tf.Shape): void {
    const { useBias } = this;
    if (!this.resetAfter || !useBias) return super.build(inputShape);
    this.useBias = false;
    super.build(inputShape);
    this.useBias = useBias;
    const { biasInitializer, biasRegularizer, biasConstraint } = this;
    const shape = [2, 3 * this.units];
    this.bias = this.addWeight("bias", shape, "float32", biasInitializer, biasRegularizer, true, biasConstraint);
  }

  override call(inputs: tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor | tf.Tensor[] {
    if (!this.resetAfter) return super.call(inputs, kwargs);
    return tf.tidy(() => {
      const { training = false } = kwargs;
      const x = this.masked(inputs[0], "dropoutMask", this.dropout, training);
      const previous = this.masked(inputs[1], "recurrentDropoutMask", this.recurrentDropout, training);
      const [inputBias, recurrentBias] = this.bias ? tf.unstack(this.bias.read()) : [];
      const [xz, xr, xh] = this.gates(x, this.kernel, inputBias);
      const [hz, hr, hh] = this.gates(previous, this.recurrentKernel, recurrentBias);
      const update = this.recurrentActivation.apply(tf.add(xz, hz));
      const reset = this.recurrentActivation.apply(tf.add(xr, hr));
      const candidate = this.activation.apply(tf.add(xh, tf.mul(reset, hh)));
      const output = tf.add(tf.mul(update, previous), tf.mul(tf.sub(1, update), candidate));
      return [output, output];
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), resetAfter: this.resetAfter };
  }

  /** The products for the three gates, update, reset and candidate. */
  private gates(x: tf.Tensor, kernel: tf.LayerVariable, bias: tf.Tensor | undefined): tf.Tensor[] {
    const product = tf.matMul(x, kernel.read());
    return tf.split(bias ? tf.add(product, bias) : product, 3, -1);
  }

  /** With dropout, which takes one mask for all steps of a sequence. */
  private masked(x: tf.Tensor, mask: Mask, rate: number, training: boolean): tf.Tensor {
    if (!training || rate === 0) return x;
    const kept = (this[mask] ??= tf.keep(this.dropoutFunc(tf.onesLike(x), rate).clone()));
    return tf.mul(x, kept);
  }
}

/** The layer; it takes the place of TensorFlow.js' in the registry, whose models load as they did. */
export class Gru extends PlainGru {
  static override readonly className: string = "GRU";

  constructor(options: Options) {
    super({ ...options, resetAfter: false });
    this.cell = new GruCell(options);
  }
}

for (const one of [GruCell, Gru]) tf.serialization.registerClass(one as unknown as RegistrableClass);
