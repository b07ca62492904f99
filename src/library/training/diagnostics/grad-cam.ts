/** Where in a picture a convolutional network sees the class that it names. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { useEngine } from "../../engine/engine";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../../models/built";
import { withGradientHeard } from "./layer-taps";
import { mapLayer, onePicture, withOutputHeard } from "./map-layers";

type Layer = tf.layers.Layer;

/** Options of {@link gradCam}. */
export interface GradCamOptions {
  /** Name of the layer whose maps are weighed; one within a nested model too (default: the last that gives maps `[height, width, channels]`). */
  layer?: string;
  /** The class that is asked for (default: the one that the model names). */
  classIndex?: number;
}

/** What {@link gradCam} found. */
export interface GradCam {
  /** Name of the layer. */
  readonly layer: string;
  /** The class that was asked for. */
  readonly classIndex: number;
  /** The class's score before softmax or sigmoid. */
  readonly score: number;
  /** `[height][width]` of the layer's maps: 0 where nothing speaks for the class, 1 where most does. */
  readonly heatmap: readonly (readonly number[])[];
  /** The picture as the model got it, `[height][width][channels]`. */
  readonly image: readonly (readonly (readonly number[])[])[];
}

/**
 * Grad-CAM: the maps Aᵏ of a layer, each weighed by the mean of ∂y/∂Aᵏ over its places, with y the class's score before
 * softmax or sigmoid: max(0, Σₖ αₖ Aᵏ), divided by its largest value. Where nothing speaks for the class all is 0.
 *
 * The model has one picture as input and one row of scores as output; a single score is that of class 1, and class 0 has
 * the opposite one. Layers are in inference mode. The picture must be prepared as in training (scaled, resized). Source:
 * Selvaraju et al., "Grad-CAM", 2017.
 *
 * @param image `[height, width, channels]`, or this with a 1 before it: a tensor, which stays the caller's, or arrays.
 * @throws Error when no layer gives maps, the layer is used more than once, or the score does not depend on it.
 * @example const cam = await gradCam(pictureModel, picture);
 */
export async function gradCam(
  model: tf.LayersModel,
  image: tf.Tensor | readonly (readonly (readonly number[])[])[],
  options: GradCamOptions = {},
): Promise<GradCam> {
  const owner = "gradCam";
  const { layer: name, classIndex } = checkOptions(owner, options, { layer: true, classIndex: true });
  checkBuilt(owner, model);
  if (model.inputs.length !== 1 || model.outputs.length !== 1 || model.outputs[0].shape.length !== 2) {
    throw new Error(`${owner}: the model must have one input and one output [samples, classes].`);
  }
  const layer = mapLayer(owner, model, name);
  const units = model.outputs[0].shape[1] as number;
  const highest = { integer: true, min: 0, max: Math.max(1, units - 1) };
  if (classIndex !== undefined) checkNumber(owner, "classIndex", classIndex, highest);
  await useEngine();
  const kept: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => (kept.push(tf.keep(tensor.clone())), kept[kept.length - 1] as T);
  try {
    const [heatmap, score, picture, asked] = tf.tidy(() => {
      const batch = onePicture(owner, image);
      let maps: tf.Tensor4D | undefined;
      let gradient: tf.Tensor4D | undefined;
      let chosen = classIndex;
      const hear = (output: tf.Tensor) => {
        if (maps) throw new Error(`${owner}: layer '${layer.name}' is used more than once; name another one.`);
        maps = keep(output as tf.Tensor4D);
        return withGradientHeard(output, (dy) => (gradient = keep(dy as tf.Tensor4D)));
      };
      const classScore = (x: tf.Tensor): tf.Scalar => {
        const scores = withoutLastActivation(model, () =>
          withOutputHeard(layer, hear, () => model.apply(x, { training: false }) as tf.Tensor2D),
        );
        chosen ??= likeliest(scores.dataSync());
        return units === 1 ? tf.mul(chosen === 1 ? 1 : -1, tf.sum(scores)) : tf.sum(tf.gather(scores, [chosen], 1));
      };
      const { value } = tf.valueAndGrad(classScore)(batch);
      if (!maps || !gradient) throw new Error(`${owner}: the score does not depend on layer '${layer.name}'.`);
      const weights = tf.mean(gradient, [1, 2], true);
      // The absolute value makes 0 of −0.
      const map = tf.abs(tf.relu(tf.sum(tf.mul(maps, weights), 3)));
      const largest = tf.max(map);
      const heat = tf.squeeze<tf.Tensor2D>(tf.divNoNan(map, largest), [0]);
      return [heat.arraySync(), value.dataSync()[0], tf.squeeze<tf.Tensor3D>(batch, [0]).arraySync(), chosen as number];
    });
    return { layer: layer.name, classIndex: asked, score, heatmap, image: picture };
  } finally {
    tf.dispose(kept);
  }
}

const likeliest = (scores: ArrayLike<number>): number =>
  scores.length === 1
    ? Number(scores[0] > 0)
    : Array.from(scores).reduce((best, s, i) => (s > scores[best] ? i : best), 0);

interface Activated {
  activation?: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string };
}

/** Runs `body` with the identity in place of the softmax or sigmoid that the model ends with. */
function withoutLastActivation<T>(model: tf.LayersModel, body: () => T): T {
  let last = model.outputLayers[0];
  while ("layers" in last) last = (last as unknown as tf.LayersModel).outputLayers[0];
  if (last.getClassName() === "Softmax") return withOutputReplaced(last, body);
  const own = last as Layer & Activated;
  const { activation } = own;
  if (!activation || !/^(softmax|sigmoid)$/i.test(activation.getClassName())) return body();
  // A class name that TensorFlow.js cannot fuse with the product before it.
  own.activation = { apply: (x) => x.clone(), getClassName: () => "netInput" };
  try {
    return body();
  } finally {
    own.activation = activation;
  }
}

function withOutputReplaced<T>(layer: Layer, body: () => T): T {
  layer.call = (inputs) => [inputs].flat()[0].clone();
  try {
    return body();
  } finally {
    delete (layer as Partial<Layer>).call;
  }
}
