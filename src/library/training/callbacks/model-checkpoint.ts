/** Saves the model, or its weights, while it trains. */
import { checkBoolean, checkNumber, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import type { Logs } from "dnn-lab-core/types";
import { saveWeights } from "../../models/weights/weights-file";
import { BestValueRule, type BestValueRuleOptions, type BestValueState } from "../../techniques/best-value";
import type { TrainingContext } from "./callback";
import { saveModel } from "../whole-model/save-model";
import { saveModelFolder } from "./model-folder";
import { monitored, speaker, type ResumableCallback, type Verbose } from "./monitored";
import { checkTemplate, formatPath } from "./path-template";

/** Options of {@link modelCheckpoint}. */
export interface ModelCheckpointOptions extends BestValueRuleOptions {
  /**
   * Where to save; `{epoch:02d}` (from 1), `{batch}` and metrics such as `{val_loss:.2f}` are filled in. Ends in
   * `.weights.h5` with `saveWeightsOnly`; else in `.keras` for Keras' format (`saveModel`), or it is a folder for
   * TensorFlow.js' model.json and its weights.
   */
  filepath: string;
  /** Whether to save only when `monitor` is better than ever before (default false: always). */
  saveBestOnly?: boolean;
  /** Whether to save weights (Keras' file format) rather than the whole model (default false). */
  saveWeightsOnly?: boolean;
  /** `epoch` (default), or after how many batches to save. */
  saveFreq?: "epoch" | number;
  /** 1 for a line at each decision (default 0). */
  verbose?: Verbose;
}

/** The best value so far and, when it saves within epochs, where it stands. */
export interface ModelCheckpointState extends BestValueState {
  /** Number of the running epoch, from 0. */
  readonly epoch?: number;
  /** Batches since the last saving, for a `saveFreq` in batches. */
  readonly batchesSinceSaving?: number;
}

const OPTIONS: OptionNames<ModelCheckpointOptions> = {
  filepath: true,
  saveBestOnly: true,
  saveWeightsOnly: true,
  saveFreq: true,
  verbose: true,
  monitor: true,
  mode: true,
  initialValueThreshold: true,
};

/**
 * Keras' ModelCheckpoint: saves at the end of each epoch, or each epoch that is the best so far.
 *
 * The best so far outlives a training: a callback used for a second `fit` goes on from the first one's. First used in
 * In[19]. Throws when the monitored metric is missing.
 *
 * @example modelCheckpoint({ filepath: "results/best.weights.h5", saveBestOnly: true, saveWeightsOnly: true })
 * @example modelCheckpoint({ filepath: "results/best.keras", saveBestOnly: true })
 */
export function modelCheckpoint(options: ModelCheckpointOptions): ResumableCallback<ModelCheckpointState> {
  const owner = "modelCheckpoint";
  checkOptions(owner, options, OPTIONS);
  const {
    filepath,
    saveBestOnly = false,
    saveWeightsOnly = false,
    saveFreq = "epoch",
    verbose,
    ...ruleOptions
  } = options;
  checkBoolean(owner, "saveBestOnly", saveBestOnly);
  checkBoolean(owner, "saveWeightsOnly", saveWeightsOnly);
  if (saveFreq !== "epoch")
    checkNumber(owner, "saveFreq", saveFreq, { integer: true, min: 1, fix: "Or pass 'epoch'." });
  checkFilepath(owner, filepath, saveWeightsOnly);
  const say = speaker(owner, verbose);
  const rule = new BestValueRule(ruleOptions, owner);
  if (saveFreq !== "epoch" && saveBestOnly && rule.monitor.startsWith("val_")) {
    throw new TypeError(
      `${owner}: '${rule.monitor}' is known at the end of an epoch only, and saveFreq is ${saveFreq} batches. Monitor 'loss', or leave saveFreq out.`,
    );
  }
  const saveWhole = filepath.endsWith(".keras") ? saveModel : saveModelFolder;
  const write = saveWeightsOnly ? saveWeights : saveWhole;

  function isWanted(label: string, logs: Logs, path: string, context: TrainingContext): boolean {
    if (!saveBestOnly) {
      say(context, `${label}: saving model to ${path}`);
      return true;
    }
    const value = monitored(owner, rule.monitor, logs, context);
    if (value === undefined) return false;
    const before = rule.state.best === undefined ? "None" : rule.state.best.toFixed(5);
    const isBest = rule.update(value);
    const verdict = isBest
      ? `improved from ${before} to ${value.toFixed(5)}, saving model to ${path}`
      : `did not improve from ${before}`;
    say(context, `${label}: ${rule.monitor} ${verdict}`);
    return isBest;
  }

  async function save(places: Logs, logs: Logs, context: TrainingContext): Promise<void> {
    const path = formatPath(owner, filepath, { ...logs, ...places });
    const label = `Epoch ${places.epoch}`;
    if (!isWanted(label, logs, path, context)) return;
    await write(context.model, path);
    say(context, `${label}: finished saving model to ${path}`);
  }

  const description = { name: "ModelCheckpoint", addsToLogs: [], ...(saveBestOnly && { monitor: rule.monitor }) };
  if (saveFreq === "epoch") {
    return {
      ...description,
      exportState: () => rule.state,
      importState: ({ best }) => rule.restore({ best }),
      onEpochEnd: (epoch, logs, context) => save({ epoch: epoch + 1 }, logs, context),
    };
  }
  let epoch = 0;
  let batchesSinceSaving = 0;
  return {
    ...description,
    exportState: () => ({ ...rule.state, epoch, batchesSinceSaving }),
    importState({ best, ...place }) {
      rule.restore({ best });
      ({ epoch = 0, batchesSinceSaving = 0 } = place);
    },
    onEpochBegin(number) {
      epoch = number;
    },
    async onTrainBatchEnd(batch, logs, context) {
      batchesSinceSaving++;
      if (batchesSinceSaving < saveFreq) return;
      batchesSinceSaving = 0;
      await save({ epoch: epoch + 1, batch: batch + 1 }, logs, context);
    },
  };
}

function checkFilepath(owner: string, filepath: string, saveWeightsOnly: boolean): void {
  if (typeof filepath !== "string" || filepath === "") {
    throw new TypeError(`${owner}: filepath must be a path, received ${show(filepath)}.`);
  }
  checkTemplate(owner, filepath);
  if (saveWeightsOnly && !filepath.endsWith(".weights.h5")) {
    throw new TypeError(
      `${owner}: with saveWeightsOnly, filepath must end in '.weights.h5', received ${show(filepath)}.`,
    );
  }
  if (!saveWeightsOnly && filepath.endsWith(".h5")) {
    const fix = "Pass saveWeightsOnly: true for a file of weights.";
    throw new TypeError(
      `${owner}: a whole model is saved as a '.keras' file or a folder, received ${show(filepath)}. ${fix}`,
    );
  }
}
