/** Einstein sums, which the backend lacks, as products of matrices. */
import * as tf from "@tensorflow/tfjs";
import { addKernel } from "./wasm-kernel";

interface Factor {
  /** A letter for each axis. */
  readonly axes: string;
  readonly x: tf.Tensor;
}

export function registerEinsum(): void {
  addKernel<tf.Tensor[], { equation: string }>("Einsum", ({ inputs, attrs }) => {
    const [left, output] = attrs.equation.replace(/\s/g, "").split("->");
    const factors = left.split(",").map((axes, i): Factor => ({ axes, x: inputs[i] }));
    const needed = factors.map((factor, i) => {
      const others = factors.filter((_, k) => k !== i).map(({ axes }) => axes);
      return summed(factor, [output, ...others].join(""));
    });
    const all = needed.length === 1 ? needed[0] : product(needed[0], needed[1], output);
    return arranged(all, output);
  });
}

/** Sums over the axes that nothing else needs. */
function summed({ axes, x }: Factor, needed: string): Factor {
  const over = [...axes].flatMap((axis, i) => (needed.includes(axis) ? [] : [i]));
  return { axes: [...axes].filter((axis) => needed.includes(axis)).join(""), x: over.length > 0 ? tf.sum(x, over) : x };
}

/** Axes of both that the output has are a batch, those that it has not are summed over. */
function product(a: Factor, b: Factor, output: string): Factor {
  const common = [...a.axes].filter((axis) => b.axes.includes(axis));
  const batch = common.filter((axis) => output.includes(axis)).join("");
  const inner = common.filter((axis) => !output.includes(axis)).join("");
  const only = (one: Factor): string => [...one.axes].filter((axis) => !common.includes(axis)).join("");
  const [rows, columns] = [only(a), only(b)];
  const made = tf.matMul(matrices(a, [batch, rows, inner]), matrices(b, [batch, inner, columns]));
  const sizes = new Map([a, b].flatMap(({ axes, x }) => [...axes].map((axis, i) => [axis, x.shape[i]] as const)));
  const axes = batch + rows + columns;
  return {
    axes,
    x: tf.reshape(
      made,
      [...axes].map((axis) => sizes.get(axis) as number),
    ),
  };
}

/** The axes of three groups in order, each group as one axis. */
function matrices(factor: Factor, groups: readonly [string, string, string]): tf.Tensor {
  const size = (group: string): number =>
    [...group].reduce((all, axis) => all * factor.x.shape[factor.axes.indexOf(axis)], 1);
  return tf.reshape(arranged(factor, groups.join("")), groups.map(size));
}

function arranged({ axes, x }: Factor, wanted: string): tf.Tensor {
  return axes === wanted
    ? tf.clone(x)
    : tf.transpose(
        x,
        [...wanted].map((axis) => axes.indexOf(axis)),
      );
}
