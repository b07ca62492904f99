/**
 * What a saved model tells of its loss and metrics: their names. TensorFlow.js would write down nonsense for a function,
 * or a function's name without its options; such a model is saved uncompiled, which is said.
 */
import { informOnce } from "../../data/notice";
import { tf } from "../../engine/tf";

interface Compiled {
  readonly name: string;
  readonly loss: unknown;
  readonly metrics: unknown;
}

type Identifiers = (this: Compiled) => unknown;

const prototype = tf.LayersModel.prototype as unknown as {
  getLossIdentifiers: Identifiers;
  getMetricIdentifiers: Identifiers;
};
const { getLossIdentifiers, getMetricIdentifiers } = prototype;

prototype.getLossIdentifiers = function () {
  if (namesAlone(this.loss)) return getLossIdentifiers.call(this);
  informOnce(
    `The model '${this.name}' is saved without its loss, which is a function and no name. Compile it again after loading.`,
  );
  return undefined;
};

prototype.getMetricIdentifiers = function () {
  if (namesAlone(this.loss) && namesAlone(this.metrics ?? [])) return getMetricIdentifiers.call(this);
  if (namesAlone(this.loss)) {
    informOnce(
      `The model '${this.name}' is saved without its metrics, some of which are functions. Compile it again after loading.`,
    );
  }
  return [];
};

function namesAlone(given: unknown): boolean {
  if (typeof given === "string") return true;
  return typeof given === "object" && given !== null && Object.values(given).every(namesAlone);
}
