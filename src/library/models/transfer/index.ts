/** Transfer learning in the slides' words. */
export { type TopOptions } from "./blocks";
export { bottleneckFeatures, type BottleneckOptions } from "./bottleneck-features";
export { freeze, unfreeze, unfreezeTop, type UnfreezeOptions } from "./freeze";
export { splitFrozen, type FrozenSplit } from "./split-frozen";
export { addOnTop, dropTop, replaceTop } from "./top";
