/** Options of `npm run reproduce`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { engineNames, type EngineName } from "dnn-lab/internal/engine/names";
import { checkOneOf } from "dnn-lab-core/check";
import { reproducedNotebooks, type ReproducedNotebook } from "./reproduce-notebooks";

const notebookNames = reproducedNotebooks.map(({ name }) => name);

export const usage = `Usage: npm run reproduce -- [options]

Executes the course's notebooks headlessly and compares their figures with the published ones.

  --notebook <name> only this one: ${notebookNames.join(", ")} (default: all)
  --engine <name>   engine that computes: ${engineNames.join(", ")} (default: the fastest there is)
  --data <folder>   folder that holds fashion-mnist/ (default: DNN_LAB_DATA, else the cache, else a download,
                    else a generated stand-in, on which published figures are not comparable)
  --out <folder>    where results go (default: results)
  --epochs <n>      epochs of the course's trainings, at most (default: the published number; fewer are a trial, not
                    comparable)
  --full            all images of CIFAR-10 (hours on two cores; stages that are done are kept); default: a part of them
  --seed <n>        seed of the run (default: 42, the course's)
  --seeds <n>       repeats the course's notebooks with n seeds, from --seed on, and shows mean and standard deviation of each figure
                    and where the published value lies
  --help            this text

Ends with 0 when all figures lie within the tolerance, 1 when one does not or the notebook fails, 2 for wrong usage.`;

/** Seed of the published runs. */
const publishedSeed = 42;

export interface ReproduceOptions {
  readonly notebooks: readonly ReproducedNotebook[];
  readonly engine?: EngineName;
  /** Absolute path. */
  readonly data?: string;
  /** Absolute path. */
  readonly out?: string;
  /** Undefined: as many as published. */
  readonly epochs?: number;
  readonly seed: number;
  /** How many seeds, from `seed` on. */
  readonly seeds: number;
  /** Everything on all images, and not the quick profile. */
  readonly full: boolean;
  readonly help: boolean;
}

/** Reads the command line. Throws a `TypeError` that says what is wrong with it. */
export function parseReproduceOptions(args: readonly string[]): ReproduceOptions {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ notebook: option, engine: option, data: option, out: option, epochs: option, seed: option, seeds: option },
      full: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
    strict: true,
  });
  const folder = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  const name = values.notebook && checkOneOf("reproduce", "--notebook", values.notebook, notebookNames);
  const seeds = parseCount("--seeds", values.seeds, 1);
  // A case study has its own seeds.
  const chosen = reproducedNotebooks.filter((notebook) => seeds === 1 || notebook.folder !== "case-studies");
  return {
    notebooks: chosen.filter((notebook) => !name || notebook.name === name),
    engine: values.engine === undefined ? undefined : checkOneOf("reproduce", "--engine", values.engine, engineNames),
    data: folder(values.data),
    out: folder(values.out),
    epochs: values.epochs === undefined ? undefined : parseCount("--epochs", values.epochs, 1),
    seed: parseCount("--seed", values.seed, publishedSeed, 0),
    seeds,
    full: values.full ?? false,
    help: values.help ?? false,
  };
}

function parseCount(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  if (/^\d{1,4}$/.test(text) && Number(text) >= least) return Number(text);
  throw new TypeError(`reproduce: ${name} must be an integer from ${least} to 9999, received '${text}'.`);
}

/** Environment of the notebook: what it reads of the options. */
export function notebookEnvironment(
  { engine, data, epochs, seed, full }: Omit<ReproduceOptions, "notebooks">,
  results: string,
): Record<string, string> {
  return {
    DNN_LAB_RESULTS: results,
    DNN_LAB_SEED: String(seed),
    DNN_LAB_PROFILE: full ? "full" : "quick",
    // What takes hours goes on where it was ended; what takes minutes is computed.
    ...(full ? {} : { DNN_LAB_FRESH: "1" }),
    ...(epochs === undefined ? {} : { DNN_LAB_EPOCHS: String(epochs) }),
    ...(engine ? { DNN_LAB_ENGINE: engine } : {}),
    ...(data ? { DNN_LAB_DATA: data } : {}),
  };
}
