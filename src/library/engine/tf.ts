/**
 * The one place from which the library imports TensorFlow.js: importing it loads the engine that computes
 * (see `load.ts`), so that a tensor is never made on another backend first.
 */
import * as tf from "@tensorflow/tfjs";
import { loadEngine } from "./load";
import { mendTensorFlow } from "./mended";

loadEngine();
mendTensorFlow();

export { tf };
