/** Repairs, done once, of TensorFlow.js layers that compute or train differently from Keras'. */
import { tf } from "../../engine/tf";
import { mendExecution } from "../execution";
import "../layers/activation-strings";
import { BatchNormalization } from "../layers/batch-normalization";
import { refuseUnknownOptions } from "../layers/unknown-options";
import { takeKerasDefaults } from "../recurrent/defaults";
import { fuseLstm } from "../recurrent/fused-lstm";
import { mendRecurrentLayers } from "../recurrent/masks-and-states";
import { mendConvolutions } from "./convolutions";
import { mendLayerNormalization } from "./layer-normalization";
import { keepOldHardSigmoid } from "./old-hard-sigmoid";
import { mendPreprocessing } from "./preprocessing";
import { mendSequential } from "./sequential";
import { mendTrainable } from "./trainable";
import { mendWholeModels } from "./whole-models";

const DONE = Symbol.for("dnn-lab.mended");

/** Mends them, once, also when this file is loaded twice. */
export function mendPlainLayers(): void {
  const mark = tf.layers as unknown as Record<symbol, boolean>;
  if (mark[DONE]) return;
  refuseUnknownOptions();
  mendExecution();
  mendRecurrentLayers();
  fuseLstm();
  takeKerasDefaults();
  mendConvolutions();
  mendLayerNormalization();
  mendPreprocessing();
  mendTrainable();
  mendSequential();
  mendWholeModels();
  keepOldHardSigmoid();
  // Its own follows the data even when it is frozen, and fails with { scale: false }.
  const factories = tf.layers as unknown as Record<string, unknown>;
  factories.batchNormalization = (options = {}) => new BatchNormalization(options as object);
  Object.defineProperty(mark, DONE, { value: true });
}
