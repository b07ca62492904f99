/** The images of test/expected/make_convnets.py: waves from −1 to 1 that differ between images and channels. */
import { tf } from "../../../src/library/engine/tf";

export function waves(height: number, width: number, count = 2): tf.Tensor4D {
  const values = new Float32Array(count * height * width * 3);
  let i = 0;
  for (let n = 0; n < count; n++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < 3; c++) values[i++] = Math.sin(0.1 * (h + 1) * (c + 1) + 0.07 * w * (n + 1));
      }
    }
  }
  return tf.tensor4d(values, [count, height, width, 3]);
}
