/** (d) What the best network gets wrong. */
import { confusionMatrix, type ConfusionMatrix, type Dataset, html } from "dnn-lab";
import type { TransferTask } from "./base";
import type { FineTuned } from "./transfer";

export interface Mistake {
  /** Position in the test data. */
  readonly position: number;
  readonly label: string;
  readonly predicted: string;
  /** Probability that the network gave to the true class. */
  readonly probability: number;
}

/** The test images by true and predicted class. */
export function confusion({ predictions }: FineTuned, { classNames }: TransferTask): ConfusionMatrix {
  return confusionMatrix(
    predictions.map(([label]) => label),
    predictions.map(([, predicted]) => predicted),
    { classNames },
  );
}

/** The mistakes in which the true class got the least probability. */
export function worstMistakes({ predictions }: FineTuned, { classNames }: TransferTask, count = 12): Mistake[] {
  return predictions
    .map(([label, predicted, probability], position) => ({
      ...{ position, probability, label: classNames[label], predicted: classNames[predicted] },
    }))
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => a.probability - b.probability || a.position - b.position)
    .slice(0, count);
}

/** The images of mistakes, enlarged, with what they are and what they were taken for. */
export function mistakePictures(mistakes: readonly Mistake[], test: Dataset, scale = 3) {
  const order = test.order(0);
  const [height, width] = test.features.shape;
  const pictures = mistakes.map(({ position, label, predicted, probability }) => {
    const row = order[position];
    const pixels = test.features.values.subarray(row * height * width * 3, (row + 1) * height * width * 3);
    const source = `data:image/bmp;base64,${bitmap(pixels, width, height).toString("base64")}`;
    const size = `width="${width * scale}" height="${height * scale}" style="image-rendering: pixelated"`;
    const text = `${label}, taken for ${predicted}; p(${label}) = ${probability.toFixed(3)}`;
    const caption = `<figcaption><b>${label}</b>,<br>taken for ${predicted}<br>p = ${probability.toFixed(3)}</figcaption>`;
    return `<figure style="display: inline-block; margin: 0.5em; text-align: center"><img src="${source}" ${size} alt="${text}">${caption}</figure>`;
  });
  const lines = mistakes.map(
    ({ position, label, predicted }) => `test image ${position}: ${label}, taken for ${predicted}`,
  );
  return html(`<div>${pictures.join("")}</div>`, lines.join("\n"));
}

/** Rows of red, green and blue as a Windows bitmap (24 bit, rows from below, each padded to four bytes). */
export function bitmap(pixels: ArrayLike<number>, width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const headers = 54;
  const file = Buffer.alloc(headers + stride * height);
  file.write("BM");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(headers, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = headers + (height - 1 - y) * stride + x * 3;
      for (let channel = 0; channel < 3; channel++) file[to + channel] = pixels[from + 2 - channel];
    }
  }
  return file;
}
