/** (d) What the best network gets wrong. */
import { confusionMatrix, type ConfusionMatrix, type Dataset, html } from "dnn-lab";
import { bitmapUrl } from "dnn-lab/internal/data/bitmap";
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
    const source = bitmapUrl(pixels, width, height);
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
