/** The top of a model, counted in layers or in blocks. */
import { checkNumber, checkOptions, list, show } from "dnn-lab-core/check";
import type { tf } from "../../engine/tf";

type Layer = tf.layers.Layer;

/** How much of a model is meant, from the output downwards: one of the two. */
export interface TopOptions {
  /** Number of layers. */
  layers?: number;
  /**
   * Layers whose names begin alike form a block (`block_16_expand` …, `conv5_block3_1_conv` …, `block2_conv1` …), and so
   * do neighbouring layers between such blocks.
   */
  blocks?: number;
}

const BLOCK_NAME = /^(expanded_conv|block_?\d+|conv\d+_block\d+)(?=_|$)/;

/** The layers in blocks, the lowest first. */
function blocksOf(layers: readonly Layer[]): Layer[][] {
  const named = new Map<string, Layer[]>();
  const blocks: Layer[][] = [];
  let loose: Layer[] | undefined;
  for (const layer of layers) {
    const name = BLOCK_NAME.exec(layer.name)?.[1];
    if (name === undefined) {
      if (!loose) blocks.push((loose = []));
      loose.push(layer);
      continue;
    }
    loose = undefined;
    let block = named.get(name);
    if (!block) {
      blocks.push((block = []));
      named.set(name, block);
    }
    block.push(layer);
  }
  return blocks;
}

/**
 * The layers of the top. Only what `counts` says is counted; what stands between comes along, and of a block all.
 * Throws when neither or both of `layers` and `blocks` are given, or the model has fewer.
 */
export function topLayers(
  owner: string,
  layers: readonly Layer[],
  options: TopOptions,
  counts: (layer: Layer) => boolean = () => true,
): Layer[] {
  checkOptions(owner, options, { layers: true, blocks: true });
  const { layers: layerCount, blocks: blockCount } = options;
  if ((layerCount === undefined) === (blockCount === undefined)) {
    throw new TypeError(`${owner}: pass either layers or blocks, such as { layers: 2 }, received ${show(options)}.`);
  }
  const units = layerCount === undefined ? blocksOf(layers) : layers.map((layer) => [layer]);
  const countable = units.filter((unit) => unit.some(counts));
  const [name, count] = layerCount === undefined ? ["blocks", blockCount] : ["layers", layerCount];
  checkNumber(owner, name, count, { integer: true, min: 1, max: countable.length, fix: known(countable, name) });
  const lowest = units.indexOf(countable[countable.length - (count as number)]);
  return units.slice(lowest).flat();
}

function known(units: readonly (readonly Layer[])[], name: string): string {
  const top = units.slice(-5).map(([{ name }]) => name);
  return `The model has ${units.length} ${name} to choose from; the top ones begin with ${list(top)}.`;
}
