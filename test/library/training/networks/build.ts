/** Builds a network of the table with the library's own factories, as a user would write it. */
import * as lab from "../../../../src/library/index";
import { tf } from "../../../../src/library/index";
import { type Case, firstValue, inputShape, type LossSpec, type ModelSpec, type Node, type Thing } from "./cases";

type Factory = (...options: unknown[]) => unknown;

const camel = (text: string): string => text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The library's factory for a class of Keras, else TensorFlow.js'. */
function factory(name: string): Factory {
  const places = [lab, lab.losses, tf.layers, tf.regularizers, tf.constraints] as unknown as Record<
    string,
    Factory | undefined
  >[];
  const lower = name.toLowerCase();
  const aliases: Readonly<Record<string, string>> = {
    exponentialdecay: "exponentialschedule",
    piecewiseconstantdecay: "piecewiseconstantschedule",
    polynomialdecay: "polynomialschedule",
    cosinedecay: "cosineschedule",
    cosinedecayrestarts: "cosinerestartsschedule",
    conv2dtranspose: "conv2dtranspose",
  };
  for (const place of places) {
    // Classes begin with a capital, factories do not.
    const key = Object.keys(place).find(
      (each) => /^[a-z]/.test(each) && each.toLowerCase() === (aliases[lower] ?? lower),
    );
    const found = key === undefined ? undefined : place[key];
    if (typeof found === "function") return found.bind(place);
  }
  throw new Error(`The library has no ${name}.`);
}

const isThing = (value: unknown): value is Thing => typeof value === "object" && value !== null && "class" in value;

function made(value: unknown, extra: object = {}): unknown {
  if (Array.isArray(value)) return value.map((each) => made(each));
  if (!isThing(value)) return value;
  return factory(value.class)({ ...options(value), ...extra });
}

const RENAMED: Readonly<Record<string, string>> = { negativeSlope: "alpha" };

function options({ config }: Thing): Record<string, unknown> {
  const entries = Object.entries(config).map(([key, value]) => {
    const name = RENAMED[camel(key)] ?? camel(key);
    if (/activation$/.test(key) && typeof value === "string") return [name, camel(value)];
    return [name, made(value)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

export interface Built {
  readonly model: tf.LayersModel;
  readonly layers: ReadonlyMap<string, Built | tf.layers.Layer>;
}

export function build(spec: ModelSpec): Built {
  const tensors = new Map<string, tf.SymbolicTensor>();
  const layers = new Map<string, Built | tf.layers.Layer>();
  for (const [name, shape] of Object.entries(spec.inputs))
    tensors.set(name, tf.input({ shape: inputShape(shape), name }));
  const inputs = [...tensors.values()];
  for (const node of spec.layers) {
    const layer = node.class === "Shared" ? layers.get(node.config.layer as string) : layerOf(node);
    if (layer === undefined) throw new Error(`There is no layer for ${node.name}.`);
    layers.set(node.name, layer);
    const sources = node.from.map((name) => tensors.get(name) as tf.SymbolicTensor);
    const target = "model" in layer ? (layer.model as unknown as tf.layers.Layer) : layer;
    // As `x, { initialState }` or as a list: both are TensorFlow.js' ways.
    const { initial_state: hasState, ...call } = node.call ?? {};
    const [inputs, options] = hasState
      ? [sources.slice(0, 1), { ...call, initialState: sources.slice(1) }]
      : [sources, call];
    const results = [target.apply(inputs.length === 1 ? inputs[0] : inputs, options)].flat() as tf.SymbolicTensor[];
    results.forEach((tensor, i) => tensors.set(i === 0 ? node.name : `${node.name}.${i}`, tensor));
  }
  const outputs = spec.outputs.map((name) => tensors.get(name) as tf.SymbolicTensor);
  return { model: tf.model({ inputs, outputs: outputs.length === 1 ? outputs[0] : outputs }), layers };
}

function layerOf(node: Node): Built | tf.layers.Layer {
  if (node.class !== "Nested") return made(node, { name: node.name }) as tf.layers.Layer;
  const built = build(node.config.model as ModelSpec);
  built.model.trainable = node.config.trainable !== false;
  return built;
}

/** The weights layer by layer in the order of the table; shared ones once. */
export function weightsInOrder(spec: ModelSpec, { layers }: Built): tf.LayerVariable[] {
  return spec.layers.flatMap((node) => {
    const layer = layers.get(node.name) as Built | tf.layers.Layer;
    if (node.class === "Shared") return [];
    if ("model" in layer) return weightsInOrder(node.config.model as ModelSpec, layer);
    return layer.weights;
  });
}

export function setFirstWeights(weights: readonly tf.LayerVariable[]): void {
  tf.tidy(() =>
    weights.forEach((weight, place) => {
      const variable = weight.read() as tf.Variable;
      variable.assign(tf.tensor(firstValue(weight.originalName, variable.size, place), variable.shape));
    }),
  );
}

export function compile(model: tf.LayersModel, { loss, optimizer, metrics, loss_weights }: Case): void {
  const isNamed = typeof loss === "object" && !isThing(loss);
  const losses = isNamed
    ? Object.fromEntries(Object.entries(loss).map(([name, value]) => [name, lossOf(value)]))
    : lossOf(loss as LossSpec);
  model.compile({
    optimizer: typeof optimizer === "string" ? optimizer : (made(optimizer) as tf.Optimizer),
    loss: losses,
    ...(metrics && { metrics }),
    ...(loss_weights && { lossWeights: loss_weights }),
  } as tf.ModelCompileArgs);
}

function lossOf(loss: LossSpec): unknown {
  return typeof loss === "string" ? camel(loss) : made(loss);
}
