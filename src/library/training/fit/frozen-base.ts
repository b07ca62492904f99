/** A model whose lower part is frozen is trained on what that part makes of the data, computed once. */
import type { Dataset } from "../../data/dataset";
import { rowLength } from "../../data/storage";
import { withStateRestored } from "../../engine/compile/state";
import { tf } from "../../engine/tf";
import { withTrainingStep } from "../../models/layers/training-step";
import { frozenFeatures } from "../../models/transfer/frozen-features";
import { frozenBase, type FrozenBase } from "../../models/transfer/split-frozen";
import type { Network } from "../steps/plan";
import type { Forward } from "../steps/step";

/** What is trained in the place of the whole model; the weights are the model's own. */
export interface HeadTraining {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly forward: Forward;
  /** The layers that run in each step. */
  readonly network: Network;
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
  const found = frozenBase(model);
  if (!found) return undefined;
  const { base, chain } = found;
  const obstacle = obstacleTo(found, train, validation);
  if (obstacle) {
    notice(`The frozen base runs in every epoch: ${obstacle}.`);
    return undefined;
  }
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
  };
}

function layersOf(chain: FrozenBase["chain"]): string {
  return chain.length === 1 ? "layer" : `${chain.length} layers`;
}

/** Why features computed once would not do. */
function obstacleTo({ base }: FrozenBase, train: Dataset, validation: Dataset | undefined): string | undefined {
  const random = [train, validation].flatMap((data) => data?.transforms ?? []).find((transform) => transform.random);
  if (random) return `${random.key} gives other images at each step`;
  const shape = base.outputs[0].shape.slice(1);
  if (shape.includes(null)) return "its output has an open size";
  const samples = [train, validation].reduce((sum, data) => sum + (data?.usedRows().length ?? 0), 0);
  const bytes = 4 * samples * rowLength(shape as number[]);
  if (bytes > MOST_BYTES) return `its features would take ${(bytes / 1024 ** 3).toFixed(1)} GB`;
  if (changesInTraining(base, train)) return "one of its layers works otherwise in training than outside of it";
  return undefined;
}

/** Whether the base gives other outputs in training mode, as a layer of the user's own might. */
function changesInTraining(base: tf.LayersModel, data: Dataset): boolean {
  return withStateRestored(() =>
    tf.tidy(() => {
      const rows = data.usedRows().subarray(0, 2);
      const { features } = data.rowsAsBatch(rows);
      const outputs = (training: boolean) =>
        withTrainingStep(0, () => base.apply(features, { training }) as tf.Tensor).dataSync();
      const [inTraining, outside] = [outputs(true), outputs(false)];
      return inTraining.some((value, i) => Math.abs(value - outside[i]) > 1e-4 * Math.max(1, Math.abs(value)));
    }),
  );
}
