/**
 * The regularization terms of a model, as Keras 3 counts them: once for each weight that is trained, however often its
 * layer is used; a frozen weight has none.
 *
 * TensorFlow.js adds a layer's terms once for each use, frozen or not, and forgets those of a recurrent layer's cell
 * and of a wrapped layer. So each weight's regularizer is noted where the weight is made.
 */
import { tf } from "../../engine/tf";

type Layer = tf.layers.Layer;
type Regularizer = { apply(weight: tf.Tensor): tf.Scalar };
type Term = () => tf.Scalar;

const regularizers = new WeakMap<object, Regularizer>();
/** Terms that TensorFlow.js has made of regularizers: these are counted by weight. */
const ofWeights = new WeakSet<Term>();

const prototype = tf.layers.Layer.prototype as unknown as {
  addWeight(this: unknown, ...args: unknown[]): tf.LayerVariable;
};
const { addWeight } = prototype;

/** Position of the regularizer among the arguments of `addWeight`. */
const REGULARIZER = 4;

prototype.addWeight = function (this: { readonly losses: Term[] }, ...args: unknown[]) {
  const before = this.losses.length;
  const weight = addWeight.apply(this, args);
  const regularizer = args[REGULARIZER] as Regularizer | null | undefined;
  if (regularizer) regularizers.set(weight, regularizer);
  for (const term of this.losses.slice(before)) ofWeights.add(term);
  return weight;
};

/** Sum of the terms, rank 0; undefined when there are none. */
export function penaltyOf(model: tf.LayersModel): tf.Scalar | undefined {
  const weights = [...new Set(model.trainableWeights)];
  const terms = weights.flatMap((weight) => {
    const regularizer = regularizers.get(weight);
    return regularizer ? [regularizer.apply(weight.read())] : [];
  });
  const others = [...new Set(ownTerms(model.layers))].map((term) => term());
  const all = [...terms, ...others];
  return all.length === 0 ? undefined : all.reduce((a, b) => tf.add(a, b));
}

/** What layers have added with `addLoss`. */
function ownTerms(layers: readonly Layer[]): Term[] {
  return layers.flatMap((layer) => {
    const { layers: inner, losses = [] } = layer as unknown as { layers?: Layer[]; losses?: Term[] };
    return [...(inner ? ownTerms(inner) : []), ...losses.filter((term) => !ofWeights.has(term))];
  });
}
