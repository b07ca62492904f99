/** Whole models: saved, loaded, and used on raw inputs. */
export { loadModel, type LoadModelOptions } from "./load-model";
export { type FilePrediction, predictFile } from "./predict-file";
export { type Preprocessing, preprocessingOf } from "./preprocessing";
export { saveModel, type SaveModelOptions } from "./save-model";
