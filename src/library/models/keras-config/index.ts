/** Configurations of models in Keras 3's words, both ways. */
export { kerasJson } from "./python-json";
export { camelKey, type KerasObject, snakeKey } from "./layer-table";
export { modelFromKeras } from "./read-config";
export { modelToKeras } from "./write-config";
