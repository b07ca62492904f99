/** Writes the numbers of a training, and histograms of its weights, for TensorBoard. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { Logs } from "dnn-lab-core/types";
import { appendFileSync, join, mkdirSync, process } from "../../platform";
import type { Callback, TrainingContext } from "./callback";
import { histogramRecord, scalarRecord, startRecord, versionRecord } from "./tensor-board-events";
import { histogramBuckets } from "./tensor-board-histogram";

/** Options of {@link tensorBoard}. */
export interface TensorBoardOptions {
  /** The folder that `tensorboard --logdir` gets; it is made. A folder of its own for each run, to compare them. */
  logDir: string;
  /** Epochs from one histogram of the weights to the next, counted from epoch 0 (default 0: none). */
  histogramFreq?: number;
}

/** Appends records to a file. */
type Append = (...records: readonly Buffer[]) => void;

/** Tells files apart that one process begins within one second. */
let files = 0;

/**
 * Keras' TensorBoard callback: at the end of each epoch the loss, the metrics and the learning rate as scalars `epoch_loss` …,
 * those of the training in the folder `train`, those of the validation in `validation`; with `histogramFreq` also the weights
 * of each layer, as `dense/kernel/histogram`. The step is the number of the epoch, from 0.
 *
 * The files are there to read while training runs. A run that goes on (`resume`, `initialEpoch`) writes a file of its own
 * and tells TensorBoard to forget what the folder holds of the same and later epochs. Not written are the graph, profiles,
 * embeddings, pictures, and scalars of single steps.
 *
 * @example tensorBoard({ logDir: "results/logs/power", histogramFreq: 1 })
 */
export function tensorBoard(options: TensorBoardOptions): Callback {
  const owner = "tensorBoard";
  checkOptions(owner, options, { logDir: true, histogramFreq: true });
  const { logDir, histogramFreq = 0 } = options;
  if (typeof logDir !== "string" || logDir === "") {
    throw new TypeError(`${owner}: logDir must be the path of a folder, received ${show(logDir)}.`);
  }
  checkNumber(owner, "histogramFreq", histogramFreq, { integer: true, min: 0 });
  let train: Append | undefined;
  let validation: Append | undefined;

  return {
    name: "TensorBoard",
    addsToLogs: [],
    onTrainBegin() {
      train = validation = undefined;
    },
    async onEpochEnd(epoch, logs, context) {
      const { ofTraining, ofValidation } = scalars(logs, context.learningRate());
      const now = Date.now() / 1000;
      const records = (values: Logs) =>
        Object.entries(values).map(([name, value]) => scalarRecord(now, epoch, `epoch_${name}`, value));
      train ??= eventFile(join(logDir, "train"), epoch);
      train(...records(ofTraining));
      if (Object.keys(ofValidation).length > 0) {
        validation ??= eventFile(join(logDir, "validation"), epoch);
        validation(...records(ofValidation));
      }
      if (histogramFreq > 0 && epoch % histogramFreq === 0) train(...(await histograms(epoch, now, context)));
    },
  };
}

/** A new file in the folder, which begins at this epoch. */
function eventFile(folder: string, epoch: number): Append {
  mkdirSync(folder, { recursive: true });
  const now = Date.now() / 1000;
  const name = `events.out.tfevents.${Math.floor(now)}.dnn-lab.${process.pid}.${files++}.v2`;
  const append: Append = (...records) => appendFileSync(join(folder, name), Buffer.concat(records));
  append(versionRecord(now), startRecord(now, epoch));
  return append;
}

function scalars(logs: Logs, learningRate: number): { ofTraining: Logs; ofValidation: Logs } {
  const entries = Object.entries(logs);
  const isValidation = ([name]: readonly [string, number]) => name.startsWith("val_");
  return {
    ofTraining: {
      ...Object.fromEntries(entries.filter((entry) => !isValidation(entry))),
      learning_rate: learningRate,
    },
    ofValidation: Object.fromEntries(entries.filter(isValidation).map(([name, value]) => [name.slice(4), value])),
  };
}

async function histograms(epoch: number, now: number, context: TrainingContext): Promise<Buffer[]> {
  const values = await context.getWeights();
  const places = new Map(context.model.weights.map((weight, i) => [weight, i]));
  const records: Buffer[] = [];
  const notFinite: string[] = [];
  for (const layer of context.model.layers) {
    for (const weight of layer.weights) {
      const name = weightPath(layer.name, weight.originalName);
      const buckets = histogramBuckets(values[places.get(weight) as number]);
      if (buckets) records.push(histogramRecord(now, epoch, `${name}/histogram`, buckets));
      else notFinite.push(name);
    }
  }
  if (notFinite.length > 0) {
    context.notify(
      `tensorBoard: no histogram of ${notFinite.join(", ")} in epoch ${epoch + 1}: values are not finite.`,
    );
  }
  return records;
}

/** Keras' path of a weight in a functional model: `dense/kernel`; a layer within a layer keeps its own name between. */
function weightPath(layer: string, weight: string): string {
  return weight.startsWith(`${layer}/`) ? weight : `${layer}/${weight}`;
}
