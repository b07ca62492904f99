/** Compares what a saved model computes with what a model here computes, layer by layer. */
import type { tf } from "../../engine/tf";
import { OLD_HARD_SIGMOID } from "../layers/activation-strings";
import type { SavedConfig, SavedLayer } from "./keras-config";
import { kerasClassOf } from "./weights-layout";

type Layer = tf.layers.Layer;
type Settings = Readonly<Record<string, unknown>>;

/** Settings that decide what a layer computes outside of training, in Keras' spelling. */
const DECISIVE = [
  "activation recurrent_activation use_bias reset_after epsilon axis center scale padding strides dilation_rate",
  "data_format kernel_size depth_multiplier go_backwards return_sequences alpha max_value theta mask_zero mask_value",
  "pool_size size interpolation cropping units filters num_heads key_dim value_dim merge_mode",
].flatMap((names) => names.split(" "));

/** Settings that no layer here has: with any other value the layer computes something else. */
const NOT_HERE: Readonly<Record<string, unknown>> = {
  groups: 1,
  rms_scaling: false,
  output_padding: null,
  sliding_window: null,
  use_gate: false,
  threshold: 0,
};

/** Keras 3's names of settings that Keras 2 and TensorFlow.js call otherwise. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LeakyReLU: { negative_slope: "alpha" },
};

/** Layers that compute the same under two names, and activations. */
const SAME: Readonly<Record<string, string>> = { swish: "silu", hardswish: "hardsilu", functional: "model" };

/** A layer of the file that computes something else than the layer in its place, with what differs. */
export interface Difference {
  readonly layer: string;
  readonly reason: string;
}

/**
 * What differs, in one line for each layer; none when nothing is known to differ. Layers are paired by name, or in order:
 * all of them where the two lists are of the same classes, else those with weights.
 */
export function compareConfig(model: tf.LayersModel, saved: SavedConfig, byName: boolean): Difference[] {
  return compareLists(model.layers, saved.model.layers, { byName, oldSigmoid: /^[012]\./.test(saved.kerasVersion) });
}

interface How {
  readonly byName: boolean;
  /** Whether the file's `hard_sigmoid` is that of Keras 2. */
  readonly oldSigmoid: boolean;
}

function compareLists(layers: readonly Layer[], saved: readonly SavedLayer[], how: How): Difference[] {
  return pairs(layers, saved, how.byName).flatMap(([layer, one]) => comparePair(layer, one, how));
}

function pairs(layers: readonly Layer[], saved: readonly SavedLayer[], byName: boolean): [Layer, SavedLayer][] {
  if (byName) {
    const named = new Map(saved.map((one) => [one.name, one]));
    return layers.flatMap((layer) => (named.has(layer.name) ? [[layer, named.get(layer.name)!]] : [])) as [
      Layer,
      SavedLayer,
    ][];
  }
  const [ours, theirs] = [
    layers.filter((one) => !isInput(one.getClassName())),
    saved.filter((one) => !isInput(one.className)),
  ];
  const isSame = (layer: Layer, one: SavedLayer | undefined) => one && sameClass(layer, one);
  if (ours.length === theirs.length && ours.every((layer, i) => isSame(layer, theirs[i]))) {
    return ours.map((layer, i) => [layer, theirs[i]]);
  }
  // Lists that differ are compared only as far as they plainly correspond: the n-th layer of a class with weights.
  const weighted = ours.filter(({ weights }) => weights.length > 0);
  const classes = new Set(weighted.map(kerasClassOf));
  return [...classes].flatMap((name) => {
    const here = weighted.filter((layer) => kerasClassOf(layer) === name);
    const there = theirs.filter((one) => one.className === name);
    return here.length === there.length ? here.map((layer, i): [Layer, SavedLayer] => [layer, there[i]]) : [];
  });
}

const isInput = (className: string): boolean => className === "InputLayer";

function sameClass(layer: Layer, { className }: SavedLayer): boolean {
  return plain(kerasClassOf(layer)) === plain(className);
}

function comparePair(layer: Layer, saved: SavedLayer, how: How): Difference[] {
  if (!sameClass(layer, saved)) {
    return [{ layer: layer.name, reason: `the file has a ${saved.className}, the model a ${kerasClassOf(layer)}` }];
  }
  const inner = heldLayers(layer);
  if (inner.length > 0)
    return [...own(layer, saved, how), ...compareLists(inner, saved.layers, { ...how, byName: false })];
  return own(layer, saved, how);
}

function heldLayers(layer: Layer): readonly Layer[] {
  const { layers, layer: one } = layer as unknown as { layers?: readonly Layer[]; layer?: Layer };
  return layers ?? (one ? [one] : []);
}

function own(layer: Layer, saved: SavedLayer, how: How): Difference[] {
  const here = snakeKeys(layer.getConfig());
  const there = renamed(saved);
  const rank = rankOf(layer);
  const reasons = Object.keys(there).flatMap((name) => {
    if (name in NOT_HERE && !(name in here)) {
      const fits = same(there[name] ?? NOT_HERE[name], NOT_HERE[name]);
      return fits ? [] : [`${name} ${text(there[name])}, which layers here do not have`];
    }
    if (!DECISIVE.includes(name) || !(name in here)) return [];
    const [theirs, ours] = [normal(name, there[name], rank, how.oldSigmoid), normal(name, here[name], rank, false)];
    return same(theirs, ours) ? [] : [`${name} ${text(there[name])} in the file, ${text(here[name])} in the model`];
  });
  return reasons.length > 0 ? [{ layer: layer.name, reason: reasons.join("; ") }] : [];
}

/** Of the first input; undefined for a layer that has none yet. */
function rankOf({ inboundNodes }: Layer): number | undefined {
  const shapes = inboundNodes[0]?.inputShapes as tf.Shape | tf.Shape[] | undefined;
  const first = Array.isArray(shapes?.[0]) ? shapes[0] : shapes;
  return (first as tf.Shape | undefined)?.length;
}

function renamed({ className, config }: SavedLayer): Settings {
  const names = RENAMED[className] ?? {};
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [names[name] ?? name, value]));
}

/** `recurrentActivation` → `recurrent_activation`. */
function snakeKeys(config: Settings): Settings {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [snake(name), value]));
}

const plain = (word: string): string => {
  const short = word.replaceAll("_", "").toLowerCase();
  return SAME[short] ?? short;
};

/** A value as both sides write it: words without case, numbers in lists, axes counted from the front. */
function normal(name: string, value: unknown, rank: number | undefined, oldSigmoid: boolean): unknown {
  if (/activation$/.test(name)) return activation(value, oldSigmoid);
  if (name === "axis") {
    const axes = [value].flat() as number[];
    return axes.map((axis) => (axis < 0 && rank !== undefined ? axis + rank : axis));
  }
  if (typeof value === "string") return plain(value);
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** Keras writes a name, or an object around it. */
function activation(value: unknown, oldSigmoid: boolean): string {
  const inner = typeof value === "object" && value !== null ? (value as { config?: unknown }).config : value;
  const name = plain(typeof inner === "string" ? inner : inner ? JSON.stringify(inner) : "linear");
  return oldSigmoid && name === "hardsigmoid" ? plain(OLD_HARD_SIGMOID) : name;
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number")
    return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function text(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value ?? null);
}
