/** The notebooks of a batch: those that are found, without what is passed over, and of them one part. */
import { configurationFor, fits } from "./configuration";
import { findNotebooks } from "./find";

export interface Choice {
  /** Notebooks and folders; none: the working folder. */
  readonly paths: readonly string[];
  /** Patterns of notebooks that are passed over, relative to the working folder; the project's are added. */
  readonly exclude: readonly string[];
  /** Which of how many parts, from 1. */
  readonly shard?: { readonly part: number; readonly of: number };
}

/** Paths of the notebooks that are asked for. Folders that are not searched are told on standard error. */
export function chosenNotebooks({ paths, exclude, shard }: Choice): string[] {
  const found = findNotebooks(paths.length ? paths : ["."], ({ path, why }) =>
    console.error(`not searched: ${path}, ${why} (name it to have it searched)`),
  );
  const kept = found.filter((path) => {
    const project = configurationFor(path);
    return (
      !exclude.some((each) => fits(path, each, process.cwd())) &&
      !project.exclude.some((each) => fits(path, each, project.folder))
    );
  });
  return shard ? kept.filter((_, i) => i % shard.of === shard.part - 1) : kept;
}
