/** Each kernel against TensorFlow.js' complete cpu backend and, where it is linked, TensorFlow's own library. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  difference,
  type Input,
  integers,
  onBackend,
  type Operation,
  reals,
  references,
  useWasm,
  valueAndGradients,
} from "./helpers";

type Images = tf.Tensor4D;
type Case = [name: string, operation: Operation, inputs: Input[], except?: string[]];

const shapes: [images: number[], filter: number[]][] = [
  [
    [2, 7, 8, 3],
    [3, 3, 3, 4],
  ],
  [
    [1, 5, 5, 1],
    [2, 2, 1, 1],
  ],
  [
    [2, 6, 6, 2],
    [1, 1, 2, 5],
  ],
  [
    [1, 9, 4, 2],
    [5, 2, 2, 3],
  ],
  [
    [20, 12, 12, 4],
    [3, 3, 4, 8],
  ],
];
const strides: [number, number][] = [
  [1, 1],
  [2, 2],
  [1, 2],
  [2, 1],
  [3, 3],
];
/** TensorFlow.js passes explicit padding to cpu and wasm only. */
const explicit: [[number, number], [number, number], [number, number], [number, number]] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [0, 0],
];
const paddings = ["same", "valid", explicit] as const;

const windows = shapes.flatMap(([images, filter]) =>
  strides.flatMap((stride) =>
    paddings.map((pad) => {
      const name = `${images} by ${filter}, strides ${stride}, ${pad === explicit ? "explicit" : pad}`;
      // TensorFlow's: no explicit padding; unequal strides not for depthwise, and wrong for convolutions of 1 channel.
      const except = pad === explicit || stride[0] !== stride[1] ? ["tensorflow"] : [];
      return { name, images, filter, stride, pad, except };
    }),
  ),
);

/** Gradients of windows that reach over the border: see pool-gradients.ts on what the cpu backend does. */
const overBorder = (pad: unknown): string[] => (pad === "valid" ? [] : ["cpu"]);

const convolutions = windows.flatMap(({ name, images, filter, stride, pad, except }): Case[] => [
  [
    `conv2d ${name}`,
    (x, f) => tf.conv2d(x as Images, f as Images, stride, pad),
    [reals(images), reals(filter)],
    except,
  ],
  ...[1, 2].map((multiplier): Case => [
    `depthwise × ${multiplier} ${name}`,
    (x, f) => tf.depthwiseConv2d(x as Images, f as Images, stride, pad),
    [reals(images), reals([filter[0], filter[1], images[3], multiplier])],
    except,
  ]),
]);

const transposed = windows
  .filter(({ pad }) => pad === "same")
  .map(({ name, images: [batch, height, width, channels], filter, stride, except }): Case => {
    const shape: [number, number, number, number] = [batch, height * stride[0], width * stride[1], 4];
    return [
      `conv2dTranspose ${name}`,
      (x, f) => tf.conv2dTranspose(x as Images, f as Images, shape, stride, "same"),
      [reals([batch, height, width, channels]), reals([filter[0], filter[1], 4, channels])],
      except,
    ];
  });

const pools = windows
  // A window of nothing but padding has no maximum.
  .filter(({ filter, pad }) => pad !== explicit || filter[0] > 1)
  .flatMap(({ name, images, filter, stride, pad, except }): Case[] => {
    const size: [number, number] = [filter[0], filter[1]];
    return [
      [`maxPool ${name}`, (x) => tf.maxPool(x as Images, size, stride, pad), [reals(images, -1, 0.5)], except],
      [
        `avgPool ${name}`,
        (x) => tf.avgPool(x as Images, size, stride, pad),
        [reals(images)],
        [...except, ...overBorder(pad)],
      ],
    ];
  });

const volumes = [1, 2].flatMap((stride) =>
  (["same", "valid"] as const).flatMap((pad): Case[] => [
    [
      `conv3d, stride ${stride}, ${pad}`,
      (x, f) => tf.conv3d(x as tf.Tensor5D, f as tf.Tensor5D, stride, pad),
      [reals([2, 4, 5, 4, 2]), reals([2, 3, 2, 2, 3])],
    ],
    [
      `maxPool3d, stride ${stride}, ${pad}`,
      (x) => tf.maxPool3d(x as tf.Tensor5D, 2, stride, pad),
      [reals([2, 4, 5, 4, 2], -1, 0)],
    ],
    [
      `avgPool3d, stride ${stride}, ${pad}`,
      (x) => tf.avgPool3d(x as tf.Tensor5D, 2, stride, pad),
      [reals([2, 4, 5, 4, 2])],
      overBorder(pad),
    ],
  ]),
);

const factors: [a: number[], b: number[], transposeA: boolean, transposeB: boolean][] = [
  [[2, 3], [3, 4], false, false],
  [[3, 2], [3, 4], true, false],
  [[2, 3], [4, 3], false, true],
  [[3, 2], [4, 3], true, true],
  [[70, 100], [100, 60], false, false],
  [[100, 70], [100, 60], true, false],
  [[70, 100], [60, 100], false, true],
  [[100, 70], [60, 100], true, true],
  [[1, 100, 70], [1, 100, 60], true, false],
  [[5, 3, 2], [5, 3, 60], true, false],
  [[0, 3], [3, 4], false, false],
  [[3, 0], [0, 4], false, false],
];

const products = factors.flatMap(([a, b, transposeA, transposeB]): Case[] => [
  [
    `matMul ${a} ${transposeA} by ${b} ${transposeB}`,
    (x, y) => tf.matMul(x, y, transposeA, transposeB),
    [reals(a), reals(b)],
  ],
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const).map((activation): Case => [
    `fused matMul ${a} ${transposeA} by ${b} ${transposeB}, ${activation}`,
    (x, y, bias) => tf.fused.matMul({ a: x, b: y, transposeA, transposeB, bias, activation }),
    [reals(a), reals(b), reals([b.at(transposeB ? -2 : -1) as number])],
    // TensorFlow.js' binding refuses factors without numbers.
    a.includes(0) ? ["tensorflow"] : [],
  ]),
]);

const NaNs: Input = { shape: [6], values: Float32Array.of(NaN, 9, -9, 1, Infinity, -Infinity), dtype: "float32" };

const others: Case[] = [
  ["segment sum", (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 5), [reals([6, 3]), integers([6], 5)]],
  ["gradient of gather", (x, ids) => tf.gather(x, ids), [reals([5, 4]), integers([9], 5)]],
  ["gradient of gather, axis 1", (x, ids) => tf.gather(x, ids, 1), [reals([5, 4]), integers([2, 3], 4)]],
  ["product of integers", (x, y) => tf.matMul(x, y), [integers([3, 4], 9), integers([4, 2], 9)]],
  ["truth values of integers", (x) => tf.cast(x, "bool"), [integers([50], 600)]],
  ["truth values of fractions", (x) => tf.cast(x, "bool"), [reals([9], -0.5, 0.5)]],
  ["prelu, slopes of a middle axis", (x, a) => tf.prelu(x, a), [reals([2, 3, 4, 5], -3, 3), reals([1, 3, 1, 5])]],
  ["prelu, slopes of the last axes", (x, a) => tf.prelu(x, a), [reals([2, 3, 4], -3, 3), reals([3, 4])]],
  ["sign", (x) => tf.sign(x), [{ ...NaNs, shape: [4], values: Float32Array.of(1e-30, -1e-30, 0, -3) }]],
  ["clipByValue and NaN", (x) => tf.clipByValue(x, -2, 2), [NaNs]],
  ["maximum and NaN", (x, y) => tf.maximum(x, y), [NaNs, reals([6])]],
  ["minimum and NaN", (x, y) => tf.minimum(x, y), [reals([6]), NaNs]],
  // TensorFlow.js has no gradient for these of different shapes.
  ["maximum and NaN, broadcast", (x, y) => tf.isNaN(tf.maximum(x, y)), [NaNs, reals([3, 6])]],
  ["relu6 and NaN", (x) => tf.relu6(x), [NaNs]],
  ...[[0], [0, 1], [0, 1, 2]].flatMap((axes) =>
    [false, true].flatMap((keep): Case[] => [
      [`sum over ${axes} ${keep}`, (x) => tf.sum(x, axes, keep), [reals([20, 10, 12, 8])]],
      [`mean over ${axes} ${keep}`, (x) => tf.mean(x, axes, keep), [reals([20, 10, 12, 8])]],
    ]),
  ),
  ["sum of infinities", (x) => tf.sum(tf.tile(tf.reshape(x, [1, 6]), [3000, 1]), 0), [NaNs]],
  ["sum of nothing", (x) => tf.sum(x, 0), [reals([0, 3])]],
];

beforeAll(useWasm);

describe.each([
  ["convolutions", convolutions],
  ["transposed convolutions", transposed],
  ["pools", pools],
  ["volumes", volumes],
  ["products", products],
  ["others", others],
])("%s", (_, cases) => {
  it.each(cases)("%s", async (_name, operation, inputs, except = []) => {
    const found = valueAndGradients(operation, inputs);
    for (const reference of references.filter((each) => !except.includes(each))) {
      const wanted = await onBackend(reference, () => valueAndGradients(operation, inputs));
      const apart = found.map((result, i) => difference(wanted[i], result));
      expect(Math.max(...apart), `${reference}: ${apart}`).toBeLessThan(2e-5);
    }
  });
});
