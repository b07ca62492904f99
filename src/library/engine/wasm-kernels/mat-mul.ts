/**
 * Matrix products. The backend is fast (XNNPACK) where neither factor is transposed, as in a forward pass; gradients
 * have one transposed, for which it uses plain loops, measured 2 to 10 times slower than transposing first.
 */
import * as tf from "@tensorflow/tfjs";
import { emptyTensor, type Kernel, replaceKernel, valuesOf } from "./wasm-kernel";

interface Factors {
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
}

interface FusedInputs extends Factors {
  readonly bias?: tf.Tensor;
  readonly preluActivationWeights?: tf.Tensor;
}

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface Fused extends Transposed {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

/** Below this many multiplications the plain loops take less time than two calls. */
const SMALL = 16_384;

export function registerMatMul(): void {
  replaceKernel<Factors, Transposed>("BatchMatMul", (own) => (call) => product(own, call.inputs, call.attrs, call));
  replaceKernel<FusedInputs, Fused>("_FusedMatMul", fusedProduct);
}

/** Number of matrices in a stack. */
const count = ({ shape }: tf.Tensor): number => tf.util.sizeFromShape(shape.slice(0, -2));

function product<A extends Transposed>(
  own: Kernel<Factors, A>,
  { a, b }: Factors,
  attrs: A,
  { backend }: { backend: unknown },
): tf.Tensor {
  if (a.dtype !== "float32" || b.dtype !== "float32") return ofIntegers(a, b, attrs);
  const { transposeA, transposeB } = attrs;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  if (a.size === 0 || b.size === 0) {
    const stack = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return tf.zeros([...stack, rows, columns]);
  }
  const inner = a.size / count(a) / rows;
  const loops = count(a) !== 1 || count(b) !== 1 || (rows * inner * columns < SMALL && (transposeA || transposeB));
  if (loops) return own({ inputs: { a, b }, attrs, backend });
  const left = transposeA ? swapped(a) : a;
  const right = transposeB ? swapped(b) : packable(b);
  return own({ inputs: { a: left, b: right }, attrs: { ...attrs, transposeA: false, transposeB: false }, backend });
}

/** Exact while the sums stay below 2²⁴. */
function ofIntegers(a: tf.Tensor, b: tf.Tensor, { transposeA, transposeB }: Transposed): tf.Tensor {
  return tf.cast(tf.matMul(tf.cast(a, "float32"), tf.cast(b, "float32"), transposeA, transposeB), "int32");
}

/** A matrix transposed; a stack of one stays a stack of one. */
function swapped(matrix: tf.Tensor): tf.Tensor {
  const { rank } = matrix;
  return tf.transpose(matrix, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

/** The shape in which each second factor was first used, by the identity of its data. */
const packedShapes = new WeakMap<object, string>();

/**
 * The backend keeps the second factor packed for further products, by the identity of its data: a reshaped tensor has
 * the same, and multiplying by it would run over the end of the memory. Such a one is copied.
 */
function packable(matrix: tf.Tensor): tf.Tensor {
  const shape = matrix.shape.slice(-2).join();
  const packed = packedShapes.get(matrix.dataId);
  if (packed === undefined) packedShapes.set(matrix.dataId, shape);
  if (packed === undefined || packed === shape) return matrix;
  const copy = emptyTensor(matrix.shape);
  valuesOf(copy).set(valuesOf(matrix));
  packedShapes.set(copy.dataId, shape);
  return copy;
}

/** The backend adds a bias wrongly in its plain loops (several times over, to the wrong columns). */
function fusedProduct(own: Kernel<FusedInputs, Fused>): Kernel<FusedInputs, Fused> {
  return ({ inputs, attrs, backend }) => {
    const { a, b, bias } = inputs;
    const { transposeA, transposeB } = attrs;
    const plain = !transposeA && !transposeB && count(a) === 1 && count(b) === 1 && (bias?.rank ?? 1) === 1;
    if (plain && a.size > 0 && b.size > 0 && a.dtype === "float32") {
      return own({ inputs: { ...inputs, b: packable(b) }, attrs, backend });
    }
    const y = tf.matMul(a, b, transposeA, transposeB);
    return activate(bias ? tf.add(y, bias) : y, inputs, attrs);
  };
}

function activate(y: tf.Tensor, { preluActivationWeights }: FusedInputs, attrs: Fused): tf.Tensor {
  switch (attrs.activation) {
    case "linear":
      return y;
    case "relu":
      return tf.relu(y);
    case "relu6":
      return tf.relu6(y);
    case "elu":
      return tf.elu(y);
    case "sigmoid":
      return tf.sigmoid(y);
    case "leakyrelu":
      return tf.leakyRelu(y, attrs.leakyreluAlpha);
    case "prelu":
      return tf.prelu(y, preluActivationWeights!);
    default:
      throw new Error(
        `matMul: activation '${attrs.activation}' cannot be fused on the wasm engine; apply it afterwards.`,
      );
  }
}
