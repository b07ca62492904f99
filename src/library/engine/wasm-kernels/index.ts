/**
 * Kernels that the WebAssembly backend of TensorFlow.js lacks or gets wrong, so that everything trains on it. It was
 * made for inference; what training needs beyond that is composed here from its fast kernels where possible, and
 * written as loops over its memory otherwise.
 */
import { registerConv2dGradients } from "./conv2d-gradients";
import { registerTrimmedConvolutions } from "./conv2d-trimmed";
import { registerConv3dGradients } from "./conv3d-gradients";
import { registerDepthwiseGradients } from "./depthwise-gradients";
import { registerEinsum } from "./einsum";
import { registerElementwise } from "./elementwise";
import { registerMatMul } from "./mat-mul";
import { registerPoolGradients } from "./pool-gradients";
import { registerPooling } from "./pooling";
import { registerReductions } from "./reductions";
import { registerSegmentSum } from "./segment-sum";
import { registerStridedSlice } from "./strided-slice";

let registered = false;

/** Registers them, once. The backend's package must be loaded; whether it has started does not matter. */
export function registerTrainingKernels(): void {
  if (registered) return;
  registered = true;
  registerMatMul();
  registerTrimmedConvolutions();
  registerConv2dGradients();
  registerConv3dGradients();
  registerDepthwiseGradients();
  registerPoolGradients();
  registerPooling();
  registerReductions();
  registerSegmentSum();
  registerElementwise();
  registerEinsum();
  registerStridedSlice();
}
