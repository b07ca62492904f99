/**
 * A few samples through a small dense network, computed in JavaScript: there a call of TensorFlow takes longer than the
 * network. An agent that asks for one state at a time, or a form on a page, predicts so.
 */
import { nativeBackend, isNative } from "../../engine/compile/native";
import { tf } from "../../engine/tf";
import { BatchNormalization } from "../../models/layers/batch-normalization";

/** Multiplications up to which JavaScript is ahead. */
const SMALL = 2e5;
/** More samples are the same to the bit however they are given; here sums are rounded otherwise. */
const FEW = 8;

type Layer = tf.layers.Layer;
type Weights = Float32Array | undefined;

/** `rows × width` numbers. */
interface Rows {
  readonly values: Float32Array;
  readonly width: number;
}

/** What a layer does with rows at test time. */
type Stage = (input: Rows, rows: number) => Rows;

/** The parts of TensorFlow.js' layers that are read here. */
interface Parts {
  readonly kernel: tf.LayerVariable;
  readonly bias?: tf.LayerVariable | null;
  readonly units: number;
  readonly activation: { getClassName(): string } | null;
  readonly dataFormat?: string;
  readonly _callHook?: unknown;
}

interface Chain {
  /** As they were when the stages were made: what is replaced later is seen by it. */
  readonly parts: readonly unknown[];
  /** Undefined where a layer does more than is known here. */
  readonly stages: readonly Stage[] | undefined;
  readonly multiplications: number;
}

const chains = new WeakMap<tf.LayersModel, Chain>();

/**
 * The outputs for a float32 tensor `[samples, ...sample shape]`; undefined where the model is more than a chain of dense
 * layers, flatten, dropout, activations and batch normalization, or too large for the number of samples. The sums are in
 * double precision, the outputs of each layer in float32.
 */
export function predictSmall(model: tf.LayersModel, samples: tf.Tensor): tf.Tensor | undefined {
  if (samples.dtype !== "float32" || !isHere()) return undefined;
  const [rows, ...shape] = samples.shape;
  const { stages, multiplications } = chainOf(model);
  if (!stages || rows > FEW || rows * multiplications > SMALL || !fits(model, shape)) return undefined;
  let made: Rows = { values: samples.dataSync<"float32">(), width: tf.util.sizeFromShape(shape) };
  for (const stage of stages) made = stage(made, rows);
  // A chain without a stage that computes would hand on the caller's numbers.
  const values = made.values.slice();
  return tf.tensor(values, [rows, ...(model.outputs[0].shape.slice(1) as number[])]);
}

/** Whether tensors lie in the memory of the processor. */
function isHere(): boolean {
  return isNative() ? !nativeBackend().binding.isUsingGpuDevice() : ["cpu", "wasm"].includes(tf.getBackend());
}

function fits(model: tf.LayersModel, shape: readonly number[]): boolean {
  const expected = model.inputs[0].shape.slice(1);
  return expected.length === shape.length && expected.every((size, i) => size === shape[i]);
}

function chainOf(model: tf.LayersModel): Chain {
  const known = chains.get(model);
  const parts = [model, ...model.layers].flatMap(partsOf);
  if (known && known.parts.length === parts.length && known.parts.every((part, i) => part === parts[i])) return known;
  const chain = { parts, ...stagesOf(model) };
  chains.set(model, chain);
  return chain;
}

/** What of a layer may be replaced. */
function partsOf(layer: Layer): unknown[] {
  const { activation, _callHook: hook } = layer as unknown as Parts;
  return [layer, activation, hook, layer.call, layer.apply];
}

function stagesOf(model: tf.LayersModel): Omit<Chain, "parts"> {
  const none = { stages: undefined, multiplications: 0 };
  if (
    (model.constructor as unknown) !== tf.Sequential ||
    isChanged(model) ||
    model.inputs.length !== 1 ||
    model.outputs.length !== 1
  )
    return none;
  const stages: Stage[] = [];
  let multiplications = 0;
  for (const layer of model.layers) {
    const made = stageOf(layer);
    if (!made) return none;
    stages.push(...made);
    if (isA(layer, "Dense"))
      multiplications += tf.util.sizeFromShape((layer as unknown as Parts).kernel.shape as number[]);
  }
  return { stages, multiplications };
}

/** The stages of a layer; undefined for layers that are not known here. */
function stageOf(layer: Layer): Stage[] | undefined {
  const { activation, dataFormat, _callHook: hook } = layer as unknown as Parts;
  if (hook || isChanged(layer)) return undefined;
  if (isA(layer, "InputLayer") || isA(layer, "Dropout")) return [];
  if (isA(layer, "Flatten")) return dataFormat === "channelsFirst" ? undefined : [];
  if (layer instanceof BatchNormalization) return isFlat(layer) ? [normalized(layer)] : undefined;
  const isDense = isA(layer, "Dense");
  if (!isFlat(layer) || !(isDense || isA(layer, "Activation"))) return undefined;
  const function_ = ACTIVATIONS[activation?.getClassName() ?? "linear"];
  return function_ && [...(isDense ? [dense(layer as unknown as Parts)] : []), function_];
}

/** Whether somebody has replaced what a layer does. */
const isChanged = (layer: Layer): boolean => Object.hasOwn(layer, "call") || Object.hasOwn(layer, "apply");

/** Whether a layer is TensorFlow.js' own of this class, and no subclass. */
function isA(layer: Layer, className: string): boolean {
  return layer.constructor === registered(className);
}

function registered(className: string): unknown {
  return tf.serialization.SerializationMap.getMap().classNameMap[className]?.[0];
}

/** Whether a layer takes one row of numbers a sample. */
function isFlat(layer: Layer): boolean {
  return (layer.input as tf.SymbolicTensor).shape.length === 2;
}

function dense({ kernel, bias, units }: Parts): Stage {
  const sums = new Float64Array(units);
  return ({ values, width }, rows) => {
    const [weights, offsets] = [numbersOf(kernel), bias ? numbersOf(bias) : undefined];
    const made = new Float32Array(rows * units);
    for (let row = 0; row < rows; row++) {
      product(sums, values.subarray(row * width, (row + 1) * width), weights, offsets);
      made.set(sums, row * units);
    }
    return { values: made, width: units };
  };
}

/** sums = offsets + inputs · weights; four inputs at a time, so that a sum is fetched and put back once for four. */
function product(sums: Float64Array, inputs: Float32Array, weights: Float32Array, offsets: Weights): void {
  const units = sums.length;
  if (offsets) sums.set(offsets);
  else sums.fill(0);
  let i = 0;
  for (; i + 4 <= inputs.length; i += 4) {
    const [a, b, c, d] = [inputs[i], inputs[i + 1], inputs[i + 2], inputs[i + 3]];
    const start = i * units;
    for (let j = 0; j < units; j++) {
      const at = start + j;
      sums[j] += a * weights[at] + b * weights[at + units] + c * weights[at + 2 * units] + d * weights[at + 3 * units];
    }
  }
  for (; i < inputs.length; i++) {
    for (let j = 0; j < units; j++) sums[j] += inputs[i] * weights[i * units + j];
  }
}

/** By the moving statistics, as at test time; of both kinds. */
function normalized(layer: BatchNormalization): Stage {
  return ({ values, width }) => {
    const { gamma, beta, movingMean, movingVariance, epsilon } = layer;
    const [mean, variance] = [numbersOf(movingMean), numbersOf(movingVariance)];
    const [scale, shift] = [gamma && numbersOf(gamma), beta && numbersOf(beta)];
    const made = values.map((value, i) => {
      const column = i % width;
      const centred = (value - mean[column]) / Math.sqrt(variance[column] + epsilon);
      return centred * (scale?.[column] ?? 1) + (shift?.[column] ?? 0);
    });
    return { values: made, width };
  };
}

const each =
  (compute: (value: number) => number): Stage =>
  ({ values, width }) => ({ values: values.map(compute), width });

/** By TensorFlow.js' class names. */
const ACTIVATIONS: Readonly<Record<string, Stage | undefined>> = {
  linear: (input) => input,
  relu: each((value) => Math.max(0, value)),
  tanh: each(Math.tanh),
  sigmoid: each((value) => 1 / (1 + Math.exp(-value))),
  softmax: ({ values, width }, rows) => {
    const made = new Float32Array(values.length);
    for (let row = 0; row < rows; row++) softmax(values.subarray(row * width, (row + 1) * width), made, row * width);
    return { values: made, width };
  },
};

function softmax(logits: Float32Array, made: Float32Array, at: number): void {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  powers.forEach((power, i) => (made[at + i] = power / sum));
}

/** Variable → its numbers and whose they are: a variable that is assigned to has other data. */
const fetched = new WeakMap<tf.Variable, { readonly dataId: object; readonly values: Float32Array }>();

function numbersOf(weight: tf.LayerVariable): Float32Array {
  const variable = weight.read() as tf.Variable;
  const known = fetched.get(variable);
  if (known?.dataId === variable.dataId) return known.values;
  const values = variable.dataSync<"float32">();
  fetched.set(variable, { dataId: variable.dataId, values });
  return values;
}
