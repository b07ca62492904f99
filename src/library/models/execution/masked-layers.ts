/** Layers that compute something else where their inputs are masked, as in Keras 3; in TensorFlow.js (4.22) they do not. */
import { tf } from "../../engine/tf";
import { methodOf, type RegisteredClass, registeredClass, replaceMethod } from "../layers/layer-classes";
import { asBool, eitherMask, joinedMask, type Mask, spreadOver, withRank } from "./masks";

interface CallOptions {
  readonly mask?: Mask | Mask[];
  readonly training?: boolean;
}

type Call = (this: unknown, inputs: tf.Tensor | tf.Tensor[], options: CallOptions) => tf.Tensor;

export function mendMaskedLayers(): void {
  for (const name of ["Add", "Average", "Maximum", "Minimum", "Multiply"]) {
    replaceMethod(registeredClass(name), "computeMask", eitherMask as never);
  }
  const concatenate = registeredClass("Concatenate");
  replaceMethod(concatenate, "computeMask", function (this: { axis: number }, inputs: tf.Tensor[], masks: Mask[]) {
    return joinedMask(inputs, masks, this.axis);
  });
  whereMasked("Multiply", productOfMasked);
  whereMasked("Maximum", (inputs, masks) => extremeOfMasked(inputs, masks, tf.maximum));
  whereMasked("Minimum", (inputs, masks) => extremeOfMasked(inputs, masks, tf.minimum));
  whereMasked("GlobalAveragePooling1D", ([x], [mask]) => meanOfMasked(x, mask as tf.Tensor));
  whereMasked("Softmax", ([x], [mask], layer) => softmaxOfMasked(x, mask as tf.Tensor, layer as SoftmaxLayer));
  maskTimeSteps();
}

type Masked = (inputs: tf.Tensor[], masks: Mask[], layer: unknown) => tf.Tensor;

/** Computes with masks where there are some. */
function whereMasked(className: string, compute: Masked): void {
  const target: RegisteredClass = registeredClass(className);
  const call = methodOf(target, "call") as Call;
  const masked: Call = function (inputs, options) {
    const masks = [options?.mask].flat();
    if (!masks.some((mask) => mask)) return call.call(this, inputs, options);
    return tf.tidy(() => compute([inputs].flat(), masks, this));
  };
  replaceMethod(target, "call", masked as never);
}

/** A masked number counts as 1. */
function productOfMasked(inputs: tf.Tensor[], masks: Mask[]): tf.Tensor {
  const factors = inputs.map((x, i) => (masks[i] ? tf.where(spreadOver(x, masks[i]), x, tf.onesLike(x)) : x));
  return factors.reduce((a, b) => tf.mul(a, b));
}

/** A masked number gives way to the other one. */
function extremeOfMasked(
  inputs: tf.Tensor[],
  masks: Mask[],
  extreme: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const full = inputs.map((x, i) => (masks[i] ? spreadOver(x, masks[i]) : undefined));
  let [output, known] = [inputs[0], full[0]];
  inputs.slice(1).forEach((input, i) => {
    const mask = full[i + 1];
    const other = mask ? tf.where(mask, input, output) : input;
    output = extreme(known ? tf.where(known, output, other) : output, other);
    known = known && mask ? tf.logicalOr(known, mask) : undefined;
  });
  return output;
}

/** The mean over the steps that count. */
function meanOfMasked(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const counts = tf.cast(withRank(mask, x.rank), "float32");
  return tf.div(tf.sum(tf.where(spreadOver(x, mask), x, tf.zerosLike(x)), 1), tf.sum(counts, 1));
}

interface SoftmaxLayer {
  readonly name: string;
  readonly axis: number;
}

/** Shares among the numbers that count. */
function softmaxOfMasked(x: tf.Tensor, mask: tf.Tensor, { name, axis }: SoftmaxLayer): tf.Tensor {
  if (mask.shape.join() !== x.shape.join()) {
    throw new Error(
      `Layer '${name}' (softmax) takes a mask of the shape of its input, [${x.shape.join(", ")}], and is reached by one of ` +
        `[${mask.shape.join(", ")}]. For class probabilities use dense({ units, activation: "softmax" }).`,
    );
  }
  const counts = asBool(mask);
  const shares = tf.softmax(tf.where(counts, x, tf.fill(x.shape, LOWEST)), axis);
  return tf.mul(shares, tf.cast(counts, "float32"));
}

/** Keras' stand-in for −∞. */
const LOWEST = -1e9;

interface TimeDistributed {
  readonly name: string;
  readonly layer: tf.layers.Layer;
}

/** `timeDistributed` gives its layer the mask of each step; TensorFlow.js gives it that of all steps. */
function maskTimeSteps(): void {
  const target = registeredClass("TimeDistributed");
  const call = methodOf(target, "call") as Call;
  const masked = function (this: TimeDistributed, inputs: tf.Tensor | tf.Tensor[], options: CallOptions) {
    const mask = [options?.mask].flat()[0];
    if (!mask) return call.call(this, inputs, options);
    const [x] = [inputs].flat();
    checkStepMask(this.name, x, mask);
    return tf.tidy(() => {
      const steps = tf.unstack(x, 1);
      const masks = mask.rank > 2 ? tf.unstack(mask, 1) : [];
      const outputs = steps.map((step, i) => this.layer.call(step, { ...options, mask: masks[i] }));
      return tf.stack(outputs.map((output) => [output].flat()[0]) as tf.Tensor[], 1);
    });
  };
  replaceMethod(target, "call", masked as never);
}

/** A mask says for each step of each sample whether it counts (Keras refuses others, but for 3.9 to 3.13: keras#22037). */
function checkStepMask(name: string, { shape }: tf.Tensor, mask: tf.Tensor): void {
  if (mask.shape[0] === shape[0] && mask.shape[1] === shape[1]) return;
  throw new Error(
    `Layer '${name}' (timeDistributed) takes a mask of [${shape[0]}, ${shape[1]}, …] beside inputs of ` +
      `[${shape.join(", ")}], and is reached by one of [${mask.shape.join(", ")}].`,
  );
}
