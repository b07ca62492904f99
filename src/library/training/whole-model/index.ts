/** Whole models: saved, loaded, and used on raw inputs. */
export { loadModel, type LoadModelOptions } from "./load-model";
export { type Preprocessing, preprocessingOf } from "./preprocessing";
export { saveModel, type SaveModelOptions } from "./save-model";
