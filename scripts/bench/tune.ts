/**
 * Searches over settings on a part of Fashion-MNIST (layers, units, rate, activation), beside Optuna and Keras Tuner over
 * Keras in the same run, in turn: at random, and with successive halving. Trials and epochs a minute, and the best
 * validation accuracy that each seed finds.
 *
 *     npm run bench -- tune [--only random,halving,workers] [--trials 12] [--halving-trials 27] [--epochs 9] [--seeds 3]
 *                           [--images 10000] [--json file]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Dataset, fashionMnist, hp, provenance, tune } from "dnn-lab";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";
import { findUpward, writeFileAtomic } from "dnn-lab-core/files";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { PythonPeer } from "./support/python-peer";
import { rounded, summaryOf } from "./support/statistics";
import { tunePython } from "./support/tune-environment";

const CASES = ["random", "halving", "workers"] as const;
type Case = (typeof CASES)[number];

/** What a search took and found. */
interface Found {
  readonly seconds: number;
  readonly trials: number;
  /** Epochs of all trials together. */
  readonly epochs: number;
  readonly best: number;
}

interface Result extends Found {
  readonly case: Case;
  readonly who: string;
  readonly seed: number;
  /** Processes that wanted to run in the last minute, at its end. */
  readonly load: number;
}

interface Budget {
  readonly trials: number;
  readonly epochs: number;
}

const network = join(
  findUpward(__dirname, "package.json") as string,
  "scripts",
  "bench",
  "support",
  "tune-network.mjs",
);
const space = {
  layers: hp.int(1, 3),
  units: hp.int(10, 100),
  learningRate: hp.logUniform(1e-3, 1),
  activation: hp.choice(["relu", "selu", "tanh"]),
};

async function ours(strategy: "random" | "halving", workers: number, seed: number, budget: Budget): Promise<Found> {
  const options = { space, strategy, seed, verbose: 0, ...budget, ...(workers ? { workers } : {}) } as const;
  const { trials, best, seconds, model } = await tune(network, network, options);
  model.optimizer.dispose();
  model.dispose();
  const epochs = trials.reduce((sum, trial) => sum + trial.epochs, 0);
  return { seconds, trials: trials.length, epochs, best: best.value };
}

type Contestant = (seed: number) => Promise<Found>;

/** Who takes part in a case. */
function contestants(one: Case, budget: Budget, python: PythonPeer): Record<string, Contestant> {
  const theirs =
    (who: string): Contestant =>
    (seed) =>
      python.ask<Found>(JSON.stringify({ who, seed, ...budget }));
  const own =
    (workers: number): Contestant =>
    (seed) =>
      ours(one === "random" ? "random" : "halving", workers, seed, budget);
  if (one === "workers") return { "one worker": own(1), "two workers": own(2) };
  if (one === "random")
    return {
      "this process": own(0),
      "two workers": own(2),
      Optuna: theirs("optuna-random"),
      "Keras Tuner": theirs("kt-random"),
    };
  return {
    ...{ "this process": own(0), "two workers": own(2), "Optuna, random": theirs("optuna-asha") },
    ...{ "Optuna, TPE": theirs("optuna-tpe"), "Keras Tuner, Hyperband": theirs("kt-hyperband") },
  };
}

/** The images for the peers, as bytes. */
function exportData(folder: string, parts: Readonly<Record<string, Dataset>>): void {
  for (const [name, data] of Object.entries(parts)) {
    const { features, labels } = data.batch(data.size).tensors();
    writeFileSync(join(folder, `${name}_features.bin`), Uint8Array.from(features.dataSync()));
    writeFileSync(join(folder, `${name}_labels.bin`), Uint8Array.from(labels.dataSync()));
    features.dispose();
    labels.dispose();
  }
}

function tableOf(results: readonly Result[]): string {
  const groups = new Set(results.map(({ case: name, who }) => `${name}\0${who}`));
  const rows = [...groups].map((group) => {
    const all = results.filter(({ case: name, who }) => `${name}\0${who}` === group);
    const per = (value: (one: Result) => number): string => rounded(summaryOf(all.map(value)).median);
    const bests = summaryOf(all.map(({ best }) => best));
    return [
      ...[all[0].case, all[0].who, per((one) => one.trials), per((one) => one.epochs), per((one) => one.seconds)],
      ...[per((one) => (60 * one.trials) / one.seconds), per((one) => (60 * one.epochs) / one.seconds)],
      ...[bests.median.toFixed(4), bests.least.toFixed(4), bests.most.toFixed(4)],
    ];
  });
  const header = ["case", "who", "trials", "epochs", "seconds", "trials/min", "epochs/min", "best", "least", "most"];
  return textTable(header, rows);
}

async function main(): Promise<void> {
  const text = (otherwise: string) => ({ type: "string", default: otherwise }) as const;
  const { values } = parseArgs({
    options: {
      ...{ only: text(CASES.join()), trials: text("12"), "halving-trials": text("27"), epochs: text("9") },
      ...{ seeds: text("3"), images: text("10000"), json: { type: "string" } },
    },
  });
  const count = (name: "trials" | "halving-trials" | "epochs" | "seeds" | "images"): number =>
    checkNumber("bench", `--${name}`, Number(values[name]), { integer: true, min: 1 });
  const [epochs, seeds, images] = [count("epochs"), count("seeds"), count("images")];
  process.env.TUNE_BENCH_IMAGES = String(images);
  const [train, valid] = await fashionMnist.load({ split: [`train[:${images}]`, "train[70%:75%]"] });
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-bench-"));
  const results: Result[] = [];
  exportData(folder, { train, valid });
  const python = new PythonPeer("tune_peers.py", [folder], tunePython());
  try {
    for (const name of values.only.split(",")) {
      const one = checkOneOf("bench", "--only", name, CASES);
      const budget = { trials: count(one === "random" ? "trials" : "halving-trials"), epochs };
      const all = Object.entries(contestants(one, budget, python));
      for (let seed = 1; seed <= seeds; seed++)
        for (const [who, search] of all) {
          results.push({ case: one, who, seed, ...(await search(seed)), load: loadavg()[0] });
          process.stderr.write(`${one}, seed ${seed}: ${who}: ${JSON.stringify(results.at(-1))}\n`);
          const record = { ...provenance(), images, epochs, seeds, source: train.info.source, results };
          if (values.json) writeFileAtomic(values.json, `${JSON.stringify(record, null, 2)}\n`);
        }
    }
  } finally {
    python.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${tableOf(results)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
