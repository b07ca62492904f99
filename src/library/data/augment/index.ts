/** Changes of batches on the engine, on their way to a model. */
export { preprocessInput, rescaleImages, resize, standardizeImages } from "./images";
export { mixup } from "./mixup";
export { cutout, randomCrop, randomFlip } from "./random-images";
export type { Transform, TransformBatch } from "./transform";
