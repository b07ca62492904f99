/**
 * Faults of TensorFlow.js that its users meet on every engine, mended once, when the engine is loaded. What the
 * WebAssembly backend alone lacks is in `wasm-kernels`.
 */
import { dilateNativeDepthwise, registerDilatedGradients } from "./dilated-convolutions";
import { handleFiles } from "./file-models";
import { addMissingGradients } from "./missing-gradients";
import { cutGradientsOfDiscreteValues } from "./no-gradient";
import { endScopesAtOnce } from "./tidy-ends";
import { mendSecondDerivatives } from "./second-derivatives";
import { allowSoftmaxOverAnyAxis } from "./softmax";
import { mendWrongGradients } from "./wrong-gradients";

let mended = false;

/** Mends them, once. */
export function mendTensorFlow(): void {
  if (mended) return;
  mended = true;
  cutGradientsOfDiscreteValues();
  registerDilatedGradients();
  dilateNativeDepthwise();
  addMissingGradients();
  mendWrongGradients();
  mendSecondDerivatives();
  allowSoftmaxOverAnyAxis();
  handleFiles();
  endScopesAtOnce();
}
