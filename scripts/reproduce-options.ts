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
  --help            this text

Ends with 0 when all figures lie within the tolerance, 1 when one does not or the notebook fails, 2 for wrong usage.`;

/** Epochs of the published runs. */
export const publishedEpochs = 10;

export interface ReproduceOptions {
  readonly engine?: EngineName;
  /** Absolute path. */
  readonly data?: string;
  /** Absolute path. */
  readonly out?: string;
  readonly epochs: number;
  readonly help: boolean;
}

/** Reads the command line. Throws a `TypeError` that says what is wrong with it. */
export function parseReproduceOptions(args: readonly string[]): ReproduceOptions {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { engine: option, data: option, out: option, epochs: option, help: { type: "boolean", short: "h" } },
    strict: true,
  });
  const folder = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  return {
    engine: values.engine === undefined ? undefined : checkOneOf("reproduce", "--engine", values.engine, engineNames),
    data: folder(values.data),
    out: folder(values.out),
    epochs: parseEpochs(values.epochs),
    help: values.help ?? false,
  };
}

function parseEpochs(text: string | undefined): number {
  if (text === undefined) return publishedEpochs;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new TypeError(`reproduce: --epochs must be an integer from 1 to 9999, received '${text}'.`);
}

/** Environment of the notebook: what it reads of the options. */
export function notebookEnvironment(
  { engine, data, epochs }: ReproduceOptions,
  results: string,
): Record<string, string> {
  return {
    DNN_LAB_RESULTS: results,
    DNN_LAB_EPOCHS: String(epochs),
    ...(engine ? { DNN_LAB_ENGINE: engine } : {}),
    ...(data ? { DNN_LAB_DATA: data } : {}),
  };
}
