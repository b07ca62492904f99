/** Options that a layer of TensorFlow.js never looks at, such as `groups` of a convolution or a misspelt `activaton`. */
import { guess } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";

type Options = Readonly<Record<string, unknown>>;
type Factory = (options?: Options, ...rest: unknown[]) => unknown;

/** Of every layer; some are looked at in company of others only. */
const OF_EVERY_LAYER = ["name", "trainable", "dtype", "weights", "updatable"];
const OF_FIRST_LAYERS = ["inputShape", "batchInputShape", "batchSize", "inputDType"];
export const SHARED_OPTIONS = [...OF_EVERY_LAYER, ...OF_FIRST_LAYERS];

/** Lets every function of `tf.layers` that makes a layer refuse options that have no effect. */
export function refuseUnknownOptions(): void {
  const factories = tf.layers as unknown as Record<string, unknown>;
  for (const [name, make] of Object.entries(factories)) {
    if (typeof make === "function" && /^[a-z]/.test(name) && name !== "input")
      factories[name] = refusing(name, make as Factory);
  }
}

function refusing(name: string, make: Factory): Factory {
  return (options, ...rest) => {
    if (!isPlainObject(options)) return make(options, ...rest);
    const read = new Set<string>();
    const made = make(watched(options, read), ...rest);
    for (const [key, value] of Object.entries(options)) {
      if (value === undefined || read.has(key) || SHARED_OPTIONS.includes(key) || isSeed(key, read)) continue;
      const known = [...new Set([...read, ...SHARED_OPTIONS])];
      throw new TypeError(
        `tf.layers.${name}: the option '${key}' is unknown to TensorFlow.js, and would have no effect.${guess(key, known)}`,
      );
    }
    return made;
  };
}

/** Random layers are seeded by this library, whether TensorFlow.js knows the option or not. */
const isSeed = (key: string, read: ReadonlySet<string>): boolean =>
  key === "seed" && (read.has("rate") || read.has("stddev"));

const isPlainObject = (value: unknown): value is Options =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The same options, noting which are looked at. */
function watched(options: Options, read: Set<string>): Options {
  const note = (key: string | symbol): void => void read.add(String(key));
  return new Proxy(options, {
    get(target, key) {
      note(key);
      return Reflect.get(target, key) as unknown;
    },
    has(target, key) {
      note(key);
      return Reflect.has(target, key);
    },
  });
}
