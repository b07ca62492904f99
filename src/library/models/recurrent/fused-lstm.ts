/** On the native engine an LSTM layer is one operation where that computes the same as its cell, step by step. */
import { lstmBlock } from "../../engine/compile/lstm-block";
import { mayFuse } from "../../engine/compile/fused-operations";
import { isNative } from "../../engine/compile/native";
import { tf } from "../../engine/tf";
import { methodOf, registeredClass, replaceMethod } from "../layers/layer-classes";

interface Activation {
  getClassName(): string;
}

interface Lstm {
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly stateful: boolean;
  readonly cell: {
    readonly units: number;
    readonly activation: Activation;
    readonly recurrentActivation: Activation;
    readonly dropout: number;
    readonly recurrentDropout: number;
    readonly kernel: tf.LayerVariable;
    readonly recurrentKernel: tf.LayerVariable;
    readonly bias: tf.LayerVariable | null | undefined;
  };
}

interface CallOptions {
  readonly mask?: tf.Tensor | null;
  readonly training?: boolean;
  /** h and c before the first step, `[batch, units]`. */
  readonly initialState?: readonly tf.Tensor[] | null;
}

/** Changes the class `LSTM`. */
export function fuseLstm(): void {
  const target = registeredClass("LSTM");
  const call = methodOf(target, "call");
  replaceMethod(target, "call", function (this: Lstm, inputs: tf.Tensor | tf.Tensor[], options?: CallOptions) {
    const [x, ...more] = [inputs].flat();
    const isPlain = more.length === 0 && isFusable(this, x, options ?? {});
    return isPlain ? fused(this, x as tf.Tensor3D, options?.initialState) : call.call(this, inputs, options);
  });
}

function isFusable({ cell, stateful }: Lstm, x: tf.Tensor, { mask, training, initialState }: CallOptions): boolean {
  if (!isNative() || !mayFuse() || stateful || mask) return false;
  if (cell.activation.getClassName() !== "tanh" || cell.recurrentActivation.getClassName() !== "sigmoid") return false;
  if (training && (cell.dropout > 0 || cell.recurrentDropout > 0)) return false;
  if (initialState && initialState.length !== 2) return false;
  return x.rank === 3 && x.dtype === "float32" && x.size > 0;
}

function fused(layer: Lstm, x: tf.Tensor3D, initialState: CallOptions["initialState"]): tf.Tensor | tf.Tensor[] {
  const { cell, goBackwards, returnSequences, returnState } = layer;
  return tf.tidy(() => {
    const [batch, steps] = x.shape;
    const timeFirst = tf.transpose(goBackwards ? tf.reverse(x, 1) : x, [1, 0, 2]);
    const [before, stateBefore] = initialState ?? [tf.zeros([batch, cell.units]), tf.zeros([batch, cell.units])];
    const { h, c } = lstmBlock(
      timeFirst,
      before as tf.Tensor2D,
      stateBefore as tf.Tensor2D,
      tf.concat([cell.kernel.read(), cell.recurrentKernel.read()] as tf.Tensor2D[]),
      (cell.bias?.read() ?? tf.zeros([4 * cell.units])) as tf.Tensor1D,
    );
    const last = (all: tf.Tensor3D) => tf.squeeze(tf.slice(all, [steps - 1, 0, 0], [1, -1, -1]), [0]);
    const output = returnSequences ? tf.transpose(h, [1, 0, 2]) : last(h);
    return returnState ? [output, last(h), last(c)] : output;
  });
}
