/** A model from a configuration that Keras 3 has written. What is unknown here is refused by name; no code is run. */
import { isRecord } from "dnn-lab-core/objects";
import { tf } from "../../engine/tf";
import { camelKey, KERAS_ALONE, KERAS_IDLE, type KerasObject, RENAMED, SHARED_LAYERS } from "./layer-table";
import { maskOperations } from "./mask-operations";
import { placesOf, type Place, tensorsIn } from "./places";
import { isRegistered, valueFromKeras } from "./values-from-keras";

type Config = Record<string, unknown>;

/** A layer or model as TensorFlow.js reads it. */
interface Described {
  readonly className: string;
  readonly config: Config;
}

/** A use of a layer: the tensors that go in, each by layer, use and output, with the call's options. */
type Node = [layer: string, use: number, output: number, options: Config][];

/** Layer → settings of this library's that Keras' configuration cannot hold. */
type OwnSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Makes the model, its weights all 0. Throws, naming the layer, for everything that it cannot make. */
export function modelFromKeras(saved: unknown, own: OwnSettings = {}): tf.LayersModel {
  const described = modelOf(object(saved, "the model"));
  applyOwn(described, own);
  const { className, config } = described;
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const [target, fromConfig] = classNameMap[className];
  const make = fromConfig as unknown as (...args: unknown[]) => tf.LayersModel;
  return make(target, config, {}, true);
}

function applyOwn({ className, config }: Described, own: OwnSettings): void {
  const name = String(config.name);
  if (className === "BatchNormalization" && Object.hasOwn(own, name)) {
    delete config.momentum;
    Object.assign(config, own[name]);
  }
  const held = [config.layer, ...((config.layers as unknown[] | undefined) ?? [])];
  for (const one of held) if (isRecord(one) && isRecord(one.config)) applyOwn(one as unknown as Described, own);
}

function modelOf(saved: KerasObject): Described {
  if (saved.class_name === "Sequential") return sequentialOf(saved);
  if (["Functional", "Model"].includes(saved.class_name) && Array.isArray(saved.config.layers)) {
    return functionalOf(saved);
  }
  const kind = saved.class_name === "Functional" ? "a model without layers" : `a ${saved.class_name}`;
  throw new Error(
    `loadModel: the file holds ${kind}; only Sequential and functional models can be rebuilt from a file. A subclass of ` +
      "Model is Python code: build its layers here and load the weights with loadKerasWeights.",
  );
}

function sequentialOf({ config }: KerasObject): Described {
  const [first, ...others] = list(config.layers, "the layers of a Sequential").map((one) => object(one, "a layer"));
  const isInput = first?.class_name === "InputLayer";
  const layers = (isInput ? others : [first, ...others]).map((one) => layerOf(one, undefined));
  const shape = isInput ? (first.config.batch_shape ?? first.config.batch_input_shape) : config.build_input_shape;
  if (layers.length === 0 || !Array.isArray(shape)) {
    throw new Error(
      "loadModel: the file's Sequential was saved before it knew the shape of its input, so it has no weights. Call it " +
        "once in Keras, or begin it with keras.Input, and save it again.",
    );
  }
  if (layers[0].config.layers === undefined) layers[0].config.batchInputShape = shape;
  return { className: "Sequential", config: { name: config.name, layers } };
}

function functionalOf({ config }: KerasObject): Described {
  const all = list(config.layers, "the layers of a functional model").map((one) => object(one, "a layer"));
  const masks = maskOperations(all);
  const saved = all.filter((one) => !masks.has(nameOf(one)));
  for (const one of saved) if (!isModelClass(one)) checkKnown(one, nameOf(one));
  // Models within have a first use for themselves in TensorFlow.js. Keras counts it at a functional model's ends alone.
  const models = new Map(saved.filter(isModelClass).map((one) => [nameOf(one), one.class_name]));
  const inside = ([name, use, output]: Place): Place => [name, models.has(name) ? use + 1 : use, output];
  const atEnd = ([name, use, output]: Place): Place => [
    name,
    models.get(name) === "Sequential" ? use + 1 : use,
    output,
  ];
  const layers = saved.map((one) => {
    const calls = nodesOf(one).map((node) => callOf(one, node, masks));
    const nodes = calls.map(({ tensors, options }) => tensors.map((tensor) => [...inside(tensor), options]));
    return { ...layerOf(one, causal(one, calls)), name: nameOf(one), inboundNodes: nodes as Node[] };
  });
  const { name, input_layers: inputs, output_layers: outputs } = config;
  const ends = { inputLayers: placesOf(inputs).map(atEnd), outputLayers: placesOf(outputs).map(atEnd) };
  return { className: "Functional", config: { name, layers, ...ends } };
}

function nodesOf(saved: KerasObject): unknown[] {
  return list((saved as { inbound_nodes?: unknown }).inbound_nodes ?? [], `the calls of '${nameOf(saved)}'`);
}

function nameOf(saved: KerasObject): string {
  return String((saved as { name?: unknown }).name ?? saved.config.name);
}

interface Call {
  readonly tensors: Place[];
  readonly options: Config;
  readonly causal: boolean;
}

function callOf(layer: KerasObject, node: unknown, masks: ReadonlySet<string>): Call {
  const name = nameOf(layer);
  // Keras 2 wrote a list of [layer, use, output, options].
  if (Array.isArray(node)) {
    const tensors = (node as [string, number, number, Config?][]).map(
      ([a, b, c]) => [a, b, c] as [string, number, number],
    );
    return { tensors, options: {}, causal: false };
  }
  const { args, kwargs } = isRecord(node) ? node : {};
  const named = isRecord(kwargs) ? kwargs : {};
  const tensors = tensorsIn(args);
  const options: Config = {};
  for (const [key, value] of Object.entries(named)) {
    const given = tensorsIn(value);
    // Masks that Keras has made itself are made here too.
    if (key === "mask" && given.every(([from]) => masks.has(from))) continue;
    if (given.length > 0 && ["initial_state", "value", "key", "inputs"].includes(key)) tensors.push(...given);
    else if (key === "training" && typeof value === "boolean") options.training = value;
    else if (given.length > 0 || (value !== null && value !== false && key !== "use_causal_mask")) {
      throw new Error(`loadModel: layer '${name}' is called with '${key}', which layers here do not take.`);
    }
  }
  const constant = list(args, `the arguments of '${name}'`).find((one) => tensorsIn(one).length === 0 && one !== null);
  if (constant !== undefined) {
    throw new Error(`loadModel: layer '${name}' is called with ${JSON.stringify(constant)}, which is no tensor.`);
  }
  return { tensors, options, causal: named.use_causal_mask === true };
}

/** Whether attention looks back alone, which Keras says at each call and a layer here once. */
function causal(layer: KerasObject, calls: readonly Call[]): boolean | undefined {
  if (layer.class_name !== "MultiHeadAttention") return undefined;
  const kinds = new Set(calls.map((call) => call.causal));
  if (kinds.size <= 1) return kinds.has(true);
  throw new Error(
    `loadModel: layer '${nameOf(layer)}' is called with use_causal_mask and without; here it is one of both.`,
  );
}

const isModelClass = ({ class_name: name }: KerasObject): boolean =>
  ["Sequential", "Functional", "Model"].includes(name);

function layerOf(saved: KerasObject, useCausalMask: boolean | undefined): Described {
  if (isModelClass(saved)) return modelOf(saved);
  const name = nameOf(saved);
  const refuse = (what: string): never => {
    throw new Error(`loadModel: layer '${name}' (${saved.class_name}) has ${what}, which does not exist here.`);
  };
  checkKnown(saved, name);
  const config = settingsOf(saved, refuse);
  if (saved.class_name === "InputLayer") return { className: "InputLayer", config: inputOf(config) };
  if (saved.class_name === "ReLU") return rectifier(config, refuse);
  return {
    className: saved.class_name,
    config: useCausalMask === undefined ? config : { ...config, useCausalMask },
  };
}

function checkKnown({ module, class_name: className, registered_name: registered }: KerasObject, name: string): void {
  const ofKeras = module === null || module === undefined || /^keras(\.|$)/.test(module);
  if (
    SHARED_LAYERS.has(className) &&
    ofKeras &&
    (registered === null || registered === undefined || registered === className)
  ) {
    // `x + y` in Keras is an operation, which has a layer's name and other arguments.
    if (!/\.ops\b/.test(module ?? "")) return;
  } else if (!SHARED_LAYERS.has(className) && isRegistered(className) && !/^keras(\.|$)/.test(module ?? "")) return;
  if (/\.ops\b/.test(module ?? "")) {
    throw new Error(
      `loadModel: '${name}' is the operation ${module}.${className}, and no layer. Use a layer such as keras.layers.Add.`,
    );
  }
  if (/^keras(\.|$)/.test(module ?? "")) {
    throw new Error(`loadModel: layer '${name}' is Keras' ${className}, which does not exist here.`);
  }
  throw new Error(
    `loadModel: layer '${name}' is of a class of its own, ${registered ?? className}. Write it as a subclass of ` +
      `tf.layers.Layer with static className = "${className}", and call tf.serialization.registerClass before loading.`,
  );
}

function settingsOf({ class_name: className, config }: KerasObject, refuse: (what: string) => never): Config {
  const isOwn = !SHARED_LAYERS.has(className);
  const renamed = Object.fromEntries(Object.entries(RENAMED[className] ?? {}).map(([ours, theirs]) => [theirs, ours]));
  const settings: Config = {};
  for (const [key, value] of Object.entries(config)) {
    if (key === "dtype") checkDtype(value, className, refuse);
    else if (isOwn) settings[camelKey(key)] = value;
    else if (key in KERAS_ALONE) {
      const neutral = KERAS_ALONE[key];
      if (!neutral.includes(value)) refuse(`${key} ${JSON.stringify(value)}`);
    } else if (!KERAS_IDLE.has(key) && key !== "backward_layer") {
      const held = heldOf(key, className === "Bidirectional" ? withoutZeros(value) : value);
      settings[renamed[key] ?? camelKey(key)] = held ?? valueFromKeras(key, value, refuse);
    }
  }
  if (className === "InputLayer") settings.dtype = config.dtype;
  if (className === "Bidirectional") checkBackward(config, refuse);
  return settings;
}

/** A Bidirectional makes its second layer from the first, and gives the first a name with "forward". */
function checkBackward({ layer, backward_layer: backward }: Readonly<Config>, refuse: (what: string) => never): void {
  if (!isRecord(layer) || !isRecord(backward)) return;
  const [a, b] = [layer.config, backward.config] as Config[];
  const same = ["units", "activation", "recurrent_activation", "use_bias", "reset_after", "filters"];
  if (layer.class_name === backward.class_name && same.every((key) => a[key] === b[key])) return;
  refuse("a backward_layer other than its layer");
}

/** Keras' Bidirectional lets its layers give zeros for masked steps, as the one here does anyway. */
function withoutZeros(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value.config)) return value;
  return { ...value, config: { ...value.config, zero_output_for_mask: false } };
}

/** Layers that a wrapper holds. */
function heldOf(key: string, value: unknown): Described | Described[] | undefined {
  if (!["layer", "cell", "cells"].includes(key)) return undefined;
  if (Array.isArray(value)) return value.map((one) => layerOf(object(one, `'${key}'`), undefined));
  const held = layerOf(object(value, `'${key}'`), undefined);
  const { name } = held.config;
  return {
    ...held,
    config: { ...held.config, ...(typeof name === "string" && { name: name.replace(/^forward_/, "") }) },
  };
}

/** A name, or a policy around one. */
function checkDtype(value: unknown, className: string, refuse: (what: string) => never): void {
  if (className === "InputLayer") return;
  const name = isRecord(value) && isRecord(value.config) ? value.config.name : value;
  if (name === "float32" || name === null || name === undefined) return;
  refuse(`the dtype ${JSON.stringify(name)} (save it in float32: keras.config.set_dtype_policy("float32"))`);
}

function inputOf({ batchInputShape, batchShape, name, dtype, sparse }: Config): Config {
  const kind = String(isRecord(dtype) && isRecord(dtype.config) ? dtype.config.name : (dtype ?? "float32"));
  const known = kind.startsWith("float") || kind.startsWith("bfloat") ? "float32" : /int/.test(kind) ? "int32" : kind;
  return { batchInputShape: batchInputShape ?? batchShape, name, dtype: known, sparse: sparse === true };
}

/** Keras' ReLU has three numbers; here each of them is a layer. */
function rectifier(
  { maxValue, negativeSlope = 0, threshold = 0, ...rest }: Config,
  refuse: (what: string) => never,
): Described {
  const bounded = maxValue !== null && maxValue !== undefined;
  if (negativeSlope === 0 && threshold === 0)
    return { className: "ReLU", config: bounded ? { ...rest, maxValue } : rest };
  if (bounded || (negativeSlope !== 0 && threshold !== 0)) {
    return refuse("negative_slope or threshold beside another bound");
  }
  return threshold === 0
    ? { className: "LeakyReLU", config: { ...rest, alpha: negativeSlope } }
    : { className: "ThresholdedReLU", config: { ...rest, theta: threshold } };
}

function object(value: unknown, what: string): KerasObject {
  if (isRecord(value) && typeof value.class_name === "string" && isRecord(value.config))
    return value as unknown as KerasObject;
  throw new Error(`loadModel: ${what} is not described as Keras 3 does it (class_name and config).`);
}

function list(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`loadModel: ${what} must be a list, found ${JSON.stringify(value)?.slice(0, 60)}.`);
}
