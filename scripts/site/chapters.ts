/** The order in which the notebooks are read, and the ways from one to the next. */
import { escapeHtml } from "dnn-lab-core/html";
import { way } from "./page";

/** All notebooks, in the order of the slides: each topic before the code that uses it. */
export const chapters: readonly string[] = [
  "notebooks/topics/data_sets.ipynb",
  "notebooks/p3_c2_s1_deep_neural_networks/code_example.ipynb",
  "notebooks/topics/fine_tuning.ipynb",
  "notebooks/topics/learning_rate_schedules.ipynb",
  "notebooks/p3_c2_s2_training_deep_neural_networks/code_example.ipynb",
  "notebooks/topics/vanishing_and_exploding_gradients.ipynb",
  "notebooks/topics/activations.ipynb",
  "notebooks/topics/optimizers_and_initialization.ipynb",
  "notebooks/topics/batch_normalization.ipynb",
  "notebooks/topics/gradient_clipping.ipynb",
  "notebooks/topics/early_stopping.ipynb",
  "notebooks/topics/dropout.ipynb",
  "notebooks/p3_c2_s2_training_deep_neural_networks/case_study.ipynb",
  "notebooks/topics/transfer_learning.ipynb",
  "notebooks/p3_c2_s3_convolutional_neural_networks/case_study.ipynb",
  "notebooks/topics/your_own_data.ipynb",
  "notebooks/topics/playground.ipynb",
  "case-studies/cifar-10/case_study.ipynb",
];

/** The notebooks in their order, then those that are no chapters (assignments). @throws Error for one of the course that has no place. */
export function inOrder(notebooks: readonly string[]): string[] {
  const lost = notebooks.filter((file) => file.startsWith("notebooks/") && !chapters.includes(file));
  if (lost.length > 0)
    throw new Error(`site: ${lost.join(", ")} has no place in the order of chapters (scripts/site/chapters.ts).`);
  return [
    ...chapters.filter((file) => notebooks.includes(file)),
    ...notebooks.filter((file) => !chapters.includes(file)),
  ];
}

/** A page that can be the one before or after. */
export interface Neighbour {
  readonly place: string;
  readonly title: string;
}

/** Links to the pages before and after; nothing where there is neither. */
export function neighboursHtml(place: string, before: Neighbour | undefined, after: Neighbour | undefined): string {
  const link = (rel: "prev" | "next", word: string, to: Neighbour | undefined) =>
    to ? `<a rel="${rel}" href="${way(place, to.place)}"><span>${word}</span> ${escapeHtml(to.title)}</a>` : "";
  const links = [link("prev", "← Before:", before), link("next", "Next:", after)].filter(Boolean);
  return links.length ? `<nav class="neighbours" aria-label="Chapters">${links.join("\n")}</nav>` : "";
}
