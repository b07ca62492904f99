/** What is to be done with one notebook, found out before anything runs. */
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { rulesOf } from "../check/rules";
import { configurationFor, fits, generalRules } from "../notebook/configuration";
import { codeCells, kernelOf, readNotebook, type CodeCell, type Notebook } from "../notebook/notebook-file";
import { ParameterError, profileOf, withParameters, type Parameters } from "../notebook/parameters";
import { inputsOf, type Inputs } from "../results/run-provenance";
import type { Problem } from "../results/results";
import { isTextNotebook } from "../notebook/text-notebook";

export interface PlanOptions {
  /** Folder of results. */
  readonly results: string;
  readonly kernel?: string;
  readonly parameters?: Parameters;
  readonly profile?: string;
  /** Environment of the kernels. */
  readonly env?: Readonly<Record<string, string>>;
  /** A cell by its number (`In[3]`: `3`) or a section by its heading. */
  readonly only?: string;
}

export interface NotebookPlan {
  /** As it was given. */
  readonly path: string;
  /** Where the executed notebook goes. */
  readonly output: string;
  /** As in the file. */
  readonly notebook: Notebook;
  /** With the parameters in it. */
  readonly prepared: Notebook;
  readonly kernel: string;
  readonly env: Readonly<Record<string, string>>;
  /** Given and the profile's, for the reference. */
  readonly parameters: Parameters;
  /** Place of the last cell to be executed. */
  readonly until: number | undefined;
  readonly wanted: (cell: CodeCell) => boolean;
  /** Whether its author says what the results rest on (`input=`, `cache=pure`), so that they may be kept although not all is seen. */
  readonly pure: boolean;
  /** Rules for all its cells. */
  readonly general: readonly string[];
  readonly inputs: Inputs;
  /** Why the cache cannot be used. */
  readonly unknown: readonly string[];
}

/** A notebook that cannot be run as asked. */
export interface NoPlan {
  readonly path: string;
  readonly problem?: Problem;
  /** The project's reason to pass it over (`dnn-lab.json`). */
  readonly skip?: string;
}

/** Where results of a notebook go: its path below the working folder, below `results`. */
export function outputPath(path: string, results: string): string {
  const from = relative(process.cwd(), resolve(path));
  const parts = isAbsolute(from)
    ? from.split(sep).slice(1)
    : from.split(sep).map((part) => (part === ".." ? "up" : part));
  return join(results, ...parts) + (isTextNotebook(path) ? ".ipynb" : "");
}

export function planNotebook(path: string, options: PlanOptions): NotebookPlan | NoPlan {
  try {
    const project = configurationFor(path);
    const skip = Object.entries(project.skip).find(([pattern]) => fits(path, pattern, project.folder))?.[1];
    return skip === undefined ? planned(path, options) : { path, skip };
  } catch (error) {
    const kind = error instanceof ParameterError ? "bad-parameter" : "notebook";
    return { path, problem: { kind, message: (error as Error).message } };
  }
}

function planned(
  path: string,
  { results, kernel: given, parameters = {}, profile: name, env: outer = {}, only }: PlanOptions,
): NotebookPlan {
  const notebook = readNotebook(path);
  const profile = profileOf(notebook, name);
  const all = { ...profile.parameters, ...parameters };
  const prepared = withParameters(notebook, all);
  const kernel = given ?? kernelOf(notebook) ?? "tslab";
  const env = { ...profile.env, ...outer };
  const { wanted, until } = chosen(notebook, only);
  const { inputs, unknown } = inputsOf({ notebook: prepared, path, parameters: all, env, kernel, only });
  const general = generalRules(path, notebook);
  const settings = Object.fromEntries(Object.entries(profile.env).map(([key, value]) => [key, JSON.stringify(value)]));
  return {
    ...{ path, output: outputPath(path, results), notebook, prepared, kernel, env },
    ...{
      parameters: { ...settings, ...all },
      until,
      wanted,
      inputs,
      unknown,
      general,
      pure: isPure(notebook, general),
    },
  };
}

/** Whether a cell names its inputs, or says that it has no inputs beside those that were seen. */
function isPure(notebook: Notebook, general: readonly string[]): boolean {
  return codeCells(notebook).some((cell) => {
    try {
      const { cache, inputs } = rulesOf(cell, general);
      return cache === "pure" || inputs.length > 0;
    } catch {
      return false; // told elsewhere
    }
  });
}

/** `--only`: which cells are asked for. All before them are executed too, as they make the state that these need. */
function chosen(notebook: Notebook, only: string | undefined): Pick<NotebookPlan, "wanted" | "until"> {
  if (only === undefined) return { wanted: () => true, until: undefined };
  const cells = codeCells(notebook);
  const fits = ({ cell, section }: CodeCell) =>
    /^\d+$/.test(only) ? cell === Number(only) : section?.toLowerCase() === only.toLowerCase();
  const found = cells.filter(fits);
  if (found.length === 0) {
    const sections = [...new Set(cells.flatMap(({ section }) => section ?? []))];
    throw new ParameterError(
      `--only '${only}' names no cell (1 to ${cells.length}) and no section (${sections.join(", ") || "there are none"})`,
    );
  }
  return { wanted: fits, until: found.at(-1)!.index };
}

/** Where the cells run. */
export function folderOf({ path }: NotebookPlan): string {
  return dirname(resolve(path));
}
