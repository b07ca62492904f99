/** Figures that others have published for the runs of our notebooks, kept as data beside this file with their source. */
import { list, show } from "../core/check";
import fashionMnistMlp from "./published/fashion-mnist-mlp.json";
import type { EpochMetrics } from "./record";

export interface PublishedSection {
  readonly name: string;
  readonly title: string;
  /** First and last execution count of the section in the published notebook. */
  readonly cells: readonly number[];
  /** Execution count of the cell that printed the figures. */
  readonly fitCell: number;
  readonly history: EpochMetrics;
}

export interface PublishedRuns {
  readonly source: string;
  readonly dataset: string;
  readonly split: string;
  readonly sections: readonly PublishedSection[];
  readonly test: { readonly cell: number; readonly loss: number; readonly accuracy: number };
}

/** The slides' code example, p3_c2_s2 In[16]–In[49]: the course's multilayer perceptron on Fashion-MNIST. */
export const publishedRuns: PublishedRuns = fashionMnistMlp;

/**
 * One published section, to be drawn beside ours: `learningCurve(history, { published: publishedRun("power") })`.
 *
 * @throws RangeError when there is none of that name.
 */
export function publishedRun(name: string, runs: PublishedRuns = publishedRuns): { history: Record<string, number[]> } {
  const section = runs.sections.find((candidate) => candidate.name === name);
  if (section)
    return { history: Object.fromEntries(Object.entries(section.history).map(([key, values]) => [key, [...values]])) };
  throw new RangeError(
    `publishedRun: there is no ${show(name)}; there are ${list(runs.sections.map((known) => known.name))}.`,
  );
}
