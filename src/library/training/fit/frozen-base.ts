/** A model whose lower part is frozen is trained on what that part makes of the data, computed once. */
import { isOwnTransform } from "../../data/augment/transform";
import type { Dataset } from "../../data/dataset";
import { rowLength } from "../../data/storage";
import type { tf } from "../../engine/tf";
import { frozenFeatures } from "../../models/transfer/frozen-features";
import { leafLayers } from "../../models/transfer/graph";
import { modelHash } from "../../models/transfer/model-hash";
import { makesMask } from "../../models/transfer/pure-layers";
import { type FrozenBase, isFixed, pureBase } from "../../models/transfer/split-frozen";
import type { Network } from "../steps/plan";
import type { Forward } from "../steps/step";

/** What is trained in the place of the whole model; the weights are the model's own. */
export interface HeadTraining {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly forward: Forward;
  /** The layers that run in each step. */
  readonly network: Network;
  /** Whether the base still is what the features were computed with: a callback may unfreeze or change it. */
  holds(): boolean;
}

export interface HeadTrainingOptions {
  readonly model: tf.LayersModel;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  /** Shows no progress. */
  readonly silent: boolean;
  readonly notice: (line: string) => void;
}

/** Samples that the base computes at a time. */
const BATCH_SIZE = 64;
/** Features of more bytes are not kept: they would crowd out everything else from memory. */
const MOST_BYTES = 2 * 1024 ** 3;

/**
 * Runs the frozen base of a model once over the data; undefined when it has none, or when its outputs for a sample are
 * not the same in each epoch (the user is told).
 */
export async function headTraining(options: HeadTrainingOptions): Promise<HeadTraining | undefined> {
  const { model, train, validation, silent, notice } = options;
  const { found, limit } = pureBase(model);
  const obstacle = found ? obstacleTo(found, train, validation) : limit;
  if (obstacle) notice(`The frozen base runs in every epoch: ${obstacle}.`);
  if (!found || obstacle) return undefined;
  const { base, chain } = found;
  if (limit) notice(`A part of the frozen base runs in every epoch: ${limit}.`);
  const job = (data: Dataset) => {
    const { transforms } = data;
    return frozenFeatures({ owner: "fit", base, data, transforms, batchSize: BATCH_SIZE, cache: true, silent });
  };
  const jobs = [train, ...(validation ? [validation] : [])].map(job);
  const samples = jobs.map((one) => one.samples).join(" + ");
  const how = jobs.every(({ kept }) => kept) ? "has run before" : "runs once";
  notice(
    `The frozen base ${how} over the ${samples} samples; epochs train the ${layersOf(chain)} above it on its kept features ` +
      "(cacheFeatures: false turns this off).",
  );
  const features: Dataset[] = [];
  for (const one of jobs) features.push(await one.features());
  return {
    train: features[0],
    validation: features[1],
    forward: (x, training) => chain.reduce((y, layer) => layer.apply(y, { training }) as tf.Tensor, x),
    network: { layers: [...chain], weights: chain.flatMap(({ weights }) => weights) },
    holds: watchBase(base),
  };
}

/** Looks at the weights' numbers only when some have been written since the last time. */
function watchBase(base: tf.LayersModel): () => boolean {
  const layers = leafLayers(base);
  const data = () => layers.flatMap(({ weights }) => weights.map((weight) => weight.read().dataId));
  const hash = modelHash(base);
  let seen = data();
  return () => {
    if (!layers.every(isFixed)) return false;
    const now = data();
    if (now.every((id, i) => id === seen[i])) return true;
    seen = now;
    return modelHash(base) === hash;
  };
}

function layersOf(chain: FrozenBase["chain"]): string {
  return chain.length === 1 ? "layer" : `${chain.length} layers`;
}

/** Why features computed once would not do. */
function obstacleTo({ base, chain }: FrozenBase, train: Dataset, validation: Dataset | undefined): string | undefined {
  const transforms = [train, validation].flatMap((data) => data?.transforms ?? []);
  const random = transforms.find((transform) => transform.random);
  if (random) return `${random.key} gives other images at each step`;
  const foreign = transforms.find((transform) => !isOwnTransform(transform));
  if (foreign) return `${foreign.key} may compute anything, since it is not one of the library's transforms`;
  const masking = [...leafLayers(base), ...chain].find(makesMask);
  if (masking) return `'${masking.name}' makes a mask, which the layers above it need`;
  const shape = base.outputs[0].shape.slice(1);
  if (shape.includes(null)) return "its output has an open size";
  const samples = [train, validation].reduce((sum, data) => sum + (data?.usedRows().length ?? 0), 0);
  const bytes = 4 * samples * rowLength(shape as number[]);
  if (bytes > MOST_BYTES) return `its features would take ${(bytes / 1024 ** 3).toFixed(1)} GB`;
  return undefined;
}
