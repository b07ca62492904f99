/** Options of `npm run reproduce`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { engineNames, type EngineName } from "../src/engine/names";
import { checkOneOf } from "../src/core/check";

export const usage = `Usage: npm run reproduce -- [options]

Executes the slides' code example headlessly and compares its figures with the published ones.

  --engine <name>   engine that computes: ${engineNames.join(", ")} (default: the fastest there is)
  --data <folder>   folder that holds fashion-mnist/ (default: DNN_LAB_DATA, else the cache, else a download,
                    else a generated stand-in, on which published figures are not comparable)
  --out <folder>    where results go (default: results/p3_c2_s2_training_deep_neural_networks)
  --epochs <n>      epochs of each section (default: 10; any other number is a trial, not comparable)
  --seed <n>        seed of the run (default: 42, the course's)
  --seeds <n>       repeats the run with n seeds, from --seed on, and shows mean and standard deviation of each figure
                    and where the published value lies
  --help            this text

Ends with 0 when all figures lie within the tolerance, 1 when one does not or the notebook fails, 2 for wrong usage.`;

/** Epochs of the published runs. */
export const publishedEpochs = 10;
/** Seed of the published runs. */
const publishedSeed = 42;

export interface ReproduceOptions {
  readonly engine?: EngineName;
  /** Absolute path. */
  readonly data?: string;
  /** Absolute path. */
  readonly out?: string;
  readonly epochs: number;
  readonly seed: number;
  /** How many seeds, from `seed` on. */
  readonly seeds: number;
  readonly help: boolean;
}

/** Reads the command line. Throws a `TypeError` that says what is wrong with it. */
export function parseReproduceOptions(args: readonly string[]): ReproduceOptions {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ engine: option, data: option, out: option, epochs: option, seed: option, seeds: option },
      help: { type: "boolean", short: "h" },
    },
    strict: true,
  });
  const folder = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  return {
    engine: values.engine === undefined ? undefined : checkOneOf("reproduce", "--engine", values.engine, engineNames),
    data: folder(values.data),
    out: folder(values.out),
    epochs: parseCount("--epochs", values.epochs, publishedEpochs),
    seed: parseCount("--seed", values.seed, publishedSeed, 0),
    seeds: parseCount("--seeds", values.seeds, 1),
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
  { engine, data, epochs, seed }: ReproduceOptions,
  results: string,
): Record<string, string> {
  return {
    DNN_LAB_RESULTS: results,
    DNN_LAB_EPOCHS: String(epochs),
    DNN_LAB_SEED: String(seed),
    ...(engine ? { DNN_LAB_ENGINE: engine } : {}),
    ...(data ? { DNN_LAB_DATA: data } : {}),
  };
}
