/** Figures that others have published for the runs of our notebooks, kept as data beside this file with their source. */
import { list, show } from "dnn-lab-core/check";
import cifar10ResNet50 from "./published/cifar10-resnet50.json";
import fashionMnistCaseStudy from "./published/fashion-mnist-case-study.json";
import fashionMnistDeep from "./published/fashion-mnist-deep.json";
import fashionMnistMlp from "./published/fashion-mnist-mlp.json";
import type { EpochMetrics } from "./record-shape";

/** One published training run. */
export interface PublishedSection {
  /** Key of the section, such as `power`. */
  readonly name: string;
  /** Title in tables. */
  readonly title: string;
  /** First and last execution count of the section in the published notebook. */
  readonly cells: readonly number[];
  /** Execution count of the cell that printed the figures. */
  readonly fitCell: number;
  /** Loss and metrics of every epoch. */
  readonly history: EpochMetrics;
}

/** A section of which only the best figure is known. */
export interface PublishedBest extends Omit<PublishedSection, "history"> {
  /** The largest validation accuracy of its epochs. */
  readonly bestValAccuracy: number;
}

/** What a course has published for a notebook. */
export interface PublishedRuns {
  /** Where it was published. */
  readonly source: string;
  /** On which data. */
  readonly dataset: string;
  /** Which part of them was for training. */
  readonly split: string;
  /** The training runs, in order. */
  readonly sections: readonly PublishedSection[];
  /** Sections without their epochs. */
  readonly bests?: readonly PublishedBest[];
  /** The test at the end. */
  readonly test: PublishedTest;
  /** What accuracies must reach in a run that is not comparable; default see `CompareOptions`. */
  readonly floor?: number;
}

/** A published test of the best model. */
export interface PublishedTest {
  /** What was tested, in tables; default `Best model`. */
  readonly title?: string;
  /** Execution count of the cell that printed it. */
  readonly cell: number;
  /** Test loss; null where it is not known. */
  readonly loss: number | null;
  /** Test accuracy. */
  readonly accuracy: number;
}

/** The slides' code example, p3_c2_s2 In[16]–In[49]: the course's multilayer perceptron on Fashion-MNIST. */
export const publishedRuns: PublishedRuns = fashionMnistMlp;

/** What was published for each notebook, by its path below `notebooks/`. */
export const publishedNotebooks: Readonly<Record<string, PublishedRuns>> = {
  "p3_c2_s2_training_deep_neural_networks/code_example.ipynb": publishedRuns,
  "p3_c2_s1_deep_neural_networks/code_example.ipynb": fashionMnistDeep,
  "p3_c2_s2_training_deep_neural_networks/case_study.ipynb": fashionMnistCaseStudy,
  "p3_c2_s3_convolutional_neural_networks/case_study.ipynb": cifar10ResNet50,
};

/** The figures published for a notebook, as its record names it; those of the slides' code example for one of your own. */
export function publishedFor(notebook: string): PublishedRuns {
  return publishedNotebooks[notebook.replace(/^.*notebooks\//, "")] ?? publishedRuns;
}

/**
 * One published section, to be drawn beside ours: `learningCurve(history, { published: publishedRun("power") })`.
 *
 * @param runs where to look (default: in all notebooks).
 * @throws RangeError when there is none of that name.
 * @example learningCurve(history, { published: publishedRun("power") })
 */
export function publishedRun(name: string, runs?: PublishedRuns): { history: Record<string, number[]> } {
  const sections = (runs ? [runs] : Object.values(publishedNotebooks)).flatMap((each) => each.sections);
  const section = sections.find((candidate) => candidate.name === name);
  if (section)
    return { history: Object.fromEntries(Object.entries(section.history).map(([key, values]) => [key, [...values]])) };
  throw new RangeError(
    `publishedRun: there is no ${show(name)}; there are ${list(sections.map((known) => known.name))}.`,
  );
}
