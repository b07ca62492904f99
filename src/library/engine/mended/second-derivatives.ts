/**
 * Gradients of gradients (gradient penalties). What an operation saves for its gradient is a copy that TensorFlow.js does
 * not connect with the operation's inputs, unless it is an input itself. So the derivative of tanh, 1 − y², is taken for a
 * constant in y, and gradients of it come out wrong, without a word. Here, while gradients are nested:
 *
 * - operations that save their result compute it again from their inputs;
 * - custom gradients get inputs and result connected, and are refused where they use something else that they saved.
 */
import * as tf from "@tensorflow/tfjs";

/** Operation that saves its result → its inputs. */
const SAVING_RESULTS: Readonly<Record<string, readonly string[]>> = {
  Elu: ["x"],
  Exp: ["x"],
  LRN: ["x"],
  LogSoftmax: ["logits"],
  Max: ["x"],
  MaxPool: ["x"],
  MaxPool3D: ["x"],
  Min: ["x"],
  Pow: ["a", "b"],
  Sigmoid: ["x"],
  Softmax: ["logits"],
  Tanh: ["x"],
};

interface TapeNode {
  saved?: tf.Tensor[];
}

interface Engine {
  readonly state: { readonly gradientDepth: number; readonly activeTape: TapeNode[] | null };
  customGrad(f: CustomFunction): (...inputs: tf.Tensor[]) => tf.Tensor;
}

type Save = (tensors: tf.Tensor[]) => void;
type CustomFunction = (...inputs: (tf.Tensor | Save)[]) => {
  value: tf.Tensor;
  gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
};

const engine = (): Engine => tf.engine() as unknown as Engine;

/** Corrects them. */
export function mendSecondDerivatives(): void {
  for (const [name, inputs] of Object.entries(SAVING_RESULTS)) computeAgain(name, inputs);
  connectCustomGradients();
}

function computeAgain(kernelName: string, inputs: readonly string[]): void {
  const plain = tf.getGradient(kernelName);
  const own = plain.inputsToSave?.length ?? 0;
  tf.registerGradient({
    kernelName,
    inputsToSave: [...inputs],
    outputsToSave: [true],
    gradFunc(dy, saved, attributes) {
      const given = saved.slice(0, inputs.length);
      // At depth 0 nobody will differentiate what is computed here.
      const isNested = engine().state.gradientDepth > 0;
      const named = Object.fromEntries(inputs.map((name, i) => [name, given[i]]));
      const result = isNested
        ? (tf.engine().runKernel(kernelName, named, attributes) as tf.Tensor)
        : saved[inputs.length];
      return plain.gradFunc(dy, [...given.slice(0, own), result], attributes);
    },
  });
}

function connectCustomGradients(): void {
  const target = engine();
  const plain = target.customGrad.bind(target);
  target.customGrad = (f) => {
    const { state } = target;
    // A function whose gradient is taken inside of another: only there are its gradients differentiated.
    if (state.gradientDepth < 2) return plain(f);
    return (...inputs) => {
      const linked = inputs.map((input) => tf.keep(input.clone()));
      const result = plain(withLinks(f, linked))(...linked);
      // The tape disposes what its nodes have saved.
      const node = state.activeTape?.at(-1);
      if (node) node.saved = [...(node.saved ?? []), ...linked];
      else tf.dispose(linked);
      return result;
    };
  };
}

function withLinks(f: CustomFunction, linked: readonly tf.Tensor[]): CustomFunction {
  return (...given) => {
    let captured: readonly tf.Tensor[] = [];
    const save = given.at(-1) as Save;
    const noting: Save = (tensors) => {
      captured = [...tensors];
      save(tensors);
    };
    const { value, gradFunc } = f(...given.slice(0, -1), noting);
    const ids = captured.map(({ id }) => id);
    const connected = (tensor: tf.Tensor, i: number): tf.Tensor =>
      linked.find(({ id }) => id === ids[i]) ??
      (ids[i] === value.id ? engine().customGrad(f)(...linked) : unusable(tensor));
    return { value, gradFunc: (dy, saved) => gradFunc(dy, saved.slice(0, ids.length).map(connected)) };
  };
}

/** Stands for a saved tensor whose use would give wrong second derivatives. */
function unusable(tensor: tf.Tensor): tf.Tensor {
  return new Proxy(tensor, {
    get(target, property) {
      if (property === "shape" || property === "dtype" || property === "rank") return target[property];
      throw new Error(
        "A gradient of a gradient goes through a function with a gradient of its own (tf.customGrad; batch normalization " +
          "and tf.losses.softmaxCrossEntropy have one), which has no second derivative. Write it with plain operations.",
      );
    },
  });
}
