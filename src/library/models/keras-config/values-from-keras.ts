/** Settings of layers, from how Keras 3 writes them. */
import { isRecord } from "dnn-lab-core/objects";
import { tf } from "../../engine/tf";
import { camelKey } from "./layer-table";

interface Described {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const INITIALIZERS: Readonly<Record<string, string>> = {
  LecunNormal: "LeCunNormal",
  LecunUniform: "LeCunUniform",
  OrthogonalInitializer: "Orthogonal",
  IdentityInitializer: "Identity",
};
/** Settings of Keras' initializers that no initializer here has; they change nothing once the weights are read. */
const IDLE = new Set(["input_axes", "output_axes", "dtype"]);
const WORDS = new Set(["data_format", "output_mode", "merge_mode", "interpolation"]);

/** One setting of a layer; `refuse` throws for what does not exist here. */
export function valueFromKeras(key: string, value: unknown, refuse: (what: string) => never): unknown {
  if (value === null) return null;
  if (/activation$/.test(key)) return activation(value, refuse);
  if (/initializer$/.test(key)) return initializer(value, refuse);
  if (/regularizer$/.test(key)) return regularizer(value, refuse);
  if (/constraint$/.test(key)) return constraint(value, refuse);
  if (key === "seed") return typeof value === "number" ? value : undefined;
  return WORDS.has(key) && typeof value === "string" ? camelKey(value) : value;
}

function activation(value: unknown, refuse: (what: string) => never): string {
  if (isRecord(value) && value.class_name === "__lambda__") return refuse("an activation that is Python code");
  const name = isRecord(value) ? (value.config ?? value.class_name) : value;
  if (typeof name !== "string") return refuse("an activation that is an object of Python");
  // Keras' names in both spellings are registered; of TensorFlow.js' own only camel case is.
  const found = [name, camelKey(name)].find((each) => isRegistered(each));
  return found ?? refuse(`the activation '${name}'`);
}

function initializer(value: unknown, refuse: (what: string) => never): unknown {
  if (typeof value === "string") return camelKey(value);
  const { class_name: className, config } = object(value, "initializer", refuse);
  const name = INITIALIZERS[className] ?? className;
  if (!isRegistered(name)) return refuse(`the initializer ${className}`);
  const entries = Object.entries(config)
    .filter(([key]) => !IDLE.has(key))
    .map(([key, item]) => [camelKey(key), key === "mode" ? camelKey(String(item)) : item] as const)
    .filter(([key, item]) => key !== "seed" || typeof item === "number");
  const settings = Object.fromEntries(entries) as Record<string, unknown>;
  if (typeof settings.distribution === "string") {
    settings.distribution = settings.distribution === "uniform" ? "uniform" : "normal";
  }
  return described(name, settings);
}

function regularizer(value: unknown, refuse: (what: string) => never): unknown {
  if (typeof value === "string") return value;
  const { class_name: className, config } = object(value, "regularizer", refuse);
  if (!["L1", "L2", "L1L2"].includes(className)) return refuse(`the regularizer ${className}`);
  return described("L1L2", { l1: config.l1 ?? 0, l2: config.l2 ?? 0 });
}

function constraint(value: unknown, refuse: (what: string) => never): unknown {
  if (typeof value === "string") return camelKey(value);
  const { class_name: className, config } = object(value, "constraint", refuse);
  if (!["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"].includes(className))
    return refuse(`the constraint ${className}`);
  return described(className, Object.fromEntries(Object.entries(config).map(([key, item]) => [camelKey(key), item])));
}

function described(className: string, config: Readonly<Record<string, unknown>>): Described {
  return { className, config };
}

function object(value: unknown, what: string, refuse: (what: string) => never) {
  if (!isRecord(value) || typeof value.class_name !== "string") return refuse(`no readable ${what}`);
  return { class_name: value.class_name, config: isRecord(value.config) ? value.config : {} };
}

/** Whether a class (or an activation) of that name is known to TensorFlow.js. */
export function isRegistered(name: string): boolean {
  return Object.hasOwn(tf.serialization.SerializationMap.getMap().classNameMap, name);
}
