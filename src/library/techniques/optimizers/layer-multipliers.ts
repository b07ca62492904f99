/** Learning rates by layer: the rate of some layers is a multiple of the optimizer's. */
import { checkNumber, checkOptions, guess, list, type OptionNames, show } from "dnn-lab-core/check";
import type { tf } from "../../engine/tf";

/** The rate of some layers. */
export interface LayerMultiplier {
  /** The layers, or their names; a model among them stands for all of its layers. */
  layers: readonly (tf.layers.Layer | string)[];
  /** What the learning rate of their weights is multiplied by; at least 0. */
  multiplier: number;
}

/** Options of rates by layer. */
export interface LayerMultiplierOptions {
  /**
   * Layers with another learning rate, such as `[{ layers: ["block1_conv1"], multiplier: 0.1 }]` (default none). Weight
   * decay follows the rate.
   */
  layerMultipliers?: readonly LayerMultiplier[];
}

export const LAYER_MULTIPLIER_OPTIONS: OptionNames<LayerMultiplierOptions> = { layerMultipliers: true };

/** A layer as far as it matters here; models are layers with layers. */
type AnyLayer = Pick<tf.layers.Layer, "name" | "weights"> & { readonly layers?: readonly AnyLayer[] };

export class LayerMultipliers {
  /** All multipliers, 1 for the others first; the number of a weight's group is its place here. */
  readonly values: readonly number[];
  private readonly groups = new Map<string, number>();
  /** What has not been found yet: names wait for a model, layers for their weights. */
  private pending: readonly { layer: tf.layers.Layer | string; group: number }[];

  constructor(
    private readonly owner: string,
    private readonly given: readonly LayerMultiplier[] = [],
  ) {
    if (!Array.isArray(given)) {
      throw new TypeError(
        `${owner}: layerMultipliers must be an array of { layers, multiplier }, received ${show(given)}.`,
      );
    }
    given.forEach((each: LayerMultiplier, i) => checkEntry(`${owner}: layerMultipliers[${i}]`, each));
    this.values = [1, ...given.map(({ multiplier }) => multiplier)];
    this.pending = (given as readonly LayerMultiplier[]).flatMap((each, i) =>
      each.layers.map((layer) => ({ layer, group: i + 1 })),
    );
  }

  /** Finds the layers in a model that is built; throws for a name that it does not have. */
  resolve(model: AnyLayer): void {
    const known = allLayers(model);
    for (const { layer, group } of this.pending) {
      const found = typeof layer === "string" ? known.find(({ name }) => name === layer) : layer;
      if (!found) {
        const names = known.map(({ name }) => name);
        throw new Error(
          `${this.owner}: layerMultipliers names the layer ${show(layer)}, which the model does not have; its layers are ${list(names)}.${guess(layer, names)}`,
        );
      }
      this.assign(found, group);
    }
    this.pending = [];
  }

  /** The group of a weight. */
  groupOf(variable: string): number {
    if (this.pending.length > 0) {
      if (this.pending.some(({ layer }) => typeof layer === "string")) {
        throw new Error(
          `${this.owner}: layerMultipliers gives layers by name, which only fit can find; pass the layers themselves.`,
        );
      }
      this.resolve({ name: "", weights: [] });
    }
    return this.groups.get(variable) ?? 0;
  }

  /** Plain data, the layers by their names; undefined for none. */
  toConfig(): LayerMultiplier[] | undefined {
    if (this.given.length === 0) return undefined;
    const nameOf = (layer: tf.layers.Layer | string) => (typeof layer === "string" ? layer : layer.name);
    return this.given.map(({ layers, multiplier }) => ({ layers: layers.map(nameOf), multiplier }));
  }

  private assign(layer: AnyLayer, group: number): void {
    for (const weight of layer.weights) {
      const { name } = weight.read() as tf.Variable;
      if ((this.groups.get(name) ?? group) !== group) {
        throw new Error(`${this.owner}: layerMultipliers names the layer '${layer.name}' more than once.`);
      }
      this.groups.set(name, group);
    }
  }
}

function allLayers({ layers = [] }: AnyLayer): AnyLayer[] {
  return layers.flatMap((layer) => [layer, ...allLayers(layer)]);
}

function checkEntry(owner: string, entry: LayerMultiplier): void {
  const { layers, multiplier } = checkOptions(owner, entry, { layers: true, multiplier: true });
  checkNumber(owner, "multiplier", multiplier, { min: 0 });
  const isLayer = (value: unknown) =>
    (typeof value === "string" && value !== "") || typeof (value as AnyLayer | null)?.name === "string";
  if (Array.isArray(layers) && layers.length > 0 && layers.every(isLayer)) return;
  throw new TypeError(`${owner}: layers must be an array of layers or of their names, received ${show(layers)}.`);
}
