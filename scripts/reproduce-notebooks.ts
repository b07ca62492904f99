/** The notebooks of the course whose published figures `npm run reproduce` compares with ours. */
import { join } from "node:path";

export interface ReproducedNotebook {
  /** What `--notebook` calls it. */
  readonly name: string;
  /** Path below `folder`. */
  readonly path: string;
  /** Default `notebooks`. */
  readonly folder?: "notebooks" | "case-studies";
  /** The course's cells, which the slides cite by number: In[1] to In[lastCell]. */
  readonly lastCell: number;
  /** Epochs of the longest published run. */
  readonly epochs: number;
}

/** In the course's order. */
export const reproducedNotebooks: readonly ReproducedNotebook[] = [
  {
    name: "s1-code-example",
    path: join("p3_c2_s1_deep_neural_networks", "code_example.ipynb"),
    lastCell: 45,
    epochs: 20,
  },
  {
    name: "s2-code-example",
    path: join("p3_c2_s2_training_deep_neural_networks", "code_example.ipynb"),
    lastCell: 49,
    epochs: 10,
  },
  {
    name: "s2-case-study",
    path: join("p3_c2_s2_training_deep_neural_networks", "case_study.ipynb"),
    lastCell: 24,
    epochs: 10,
  },
  {
    name: "s3-case-study",
    path: join("p3_c2_s3_convolutional_neural_networks", "case_study.ipynb"),
    lastCell: 32,
    epochs: 5,
  },
  {
    name: "cifar-10",
    folder: "case-studies",
    path: join("cifar-10", "case_study.ipynb"),
    lastCell: 16,
    epochs: 1,
  },
];

/** Where the notebook lies, below the project's folder. */
export function sourcePath({ folder = "notebooks", path }: ReproducedNotebook): string {
  return join(folder, path);
}

/** Folder of a notebook's results below that of all: its path without the ending. */
export function resultsFolder(out: string, { folder, path }: ReproducedNotebook): string {
  return join(out, folder === "case-studies" ? folder : "", path.replace(/\.ipynb$/, ""));
}
