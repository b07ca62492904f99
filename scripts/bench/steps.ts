/**
 * What stands before and around training steps: loading the library, the first recording, and calls of `fit`, `evaluate` and
 * `predict` for one batch, with the course's network.
 *
 *     npm run bench -- steps [--rounds 7] [--json file]
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import {
  type Dataset,
  datasetFromArrays,
  evaluate,
  fit,
  predict,
  provenance,
  setRandomSeed,
  sgd,
  tf,
  useEngine,
} from "dnn-lab";
import { writeFileAtomic } from "dnn-lab-core/files";
import { CompiledStep } from "dnn-lab/internal/engine/compile/compiled-step";
import { forgetRecordings } from "dnn-lab/internal/training/steps/kept-steps";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { checkRounds } from "./support/rounds";
import { rounded, summaryOf } from "./support/statistics";

interface Measurement {
  readonly what: string;
  /** Milliseconds of one time. */
  readonly once: () => Promise<number>;
}

const BATCH = 16;
/** Calls for one figure. */
const CALLS = 20;

function mlp(): tf.LayersModel {
  setRandomSeed(1);
  const dense = (units: number, activation: "relu" | "softmax") => tf.layers.dense({ units, activation });
  const flatten = tf.layers.flatten({ inputShape: [28, 28] });
  const model = tf.sequential({ layers: [flatten, dense(50, "relu"), dense(50, "relu"), dense(10, "softmax")] });
  const optimizer = sgd({ learningRate: 0.01 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

function images(batches: number) {
  const rows = batches * BATCH;
  const features = Uint8Array.from({ length: rows * 784 }, (_, i) => (i * 7) % 251);
  const labels = Uint8Array.from({ length: rows }, (_, i) => i % 10);
  return datasetFromArrays({ features, labels, shape: [28, 28] })
    .rescale(1 / 255)
    .batch(BATCH);
}

/** Loading in a process of its own. */
async function importing(): Promise<number> {
  const code = "const t = performance.now(); require('dnn-lab'); console.log(performance.now() - t)";
  const { stdout } = spawnSync(process.execPath, ["-e", code], { cwd: __dirname, encoding: "utf8" });
  return Promise.resolve(Number(stdout));
}

/** From the call of `fit` on a new model to the end of its first step, which is recorded. */
async function firstStep(): Promise<number> {
  const model = mlp();
  const started = performance.now();
  let first = NaN;
  const watching = { onTrainBatchEnd: () => void (first = Number.isNaN(first) ? performance.now() - started : first) };
  await fit(model, images(50), { verbose: 0, callbacks: [watching] });
  model.dispose();
  return first;
}

function calls(call: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const started = performance.now();
    for (let i = 0; i < CALLS; i++) await call();
    return (performance.now() - started) / CALLS;
  };
}

async function predicted(model: tf.LayersModel, data: Dataset, compile: "auto" | false = "auto"): Promise<void> {
  (await predict(model, data, { compile })).dispose();
}

/** The same without the time in the compiled step. */
function around(call: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const { prototype } = CompiledStep;
    const { run } = prototype;
    let inside = 0;
    prototype.run = function (options) {
      const started = performance.now();
      const outputs = run.call(this, options);
      inside += performance.now() - started;
      return outputs;
    };
    try {
      return (await calls(call)()) - inside / CALLS;
    } finally {
      prototype.run = run;
    }
  };
}

async function measurements(): Promise<Measurement[]> {
  const [model, other, one, many] = [mlp(), mlp(), images(1), images(125)];
  // Small fits run op by op until there have been 40 steps.
  for (let i = 0; i < 50; i++) await fit(model, one, { verbose: 0 });
  for (let i = 0; i < 50; i++) (await predict(model, one)).dispose();
  const silent = { verbose: 0 } as const;
  return [
    { what: 'require("dnn-lab")', once: importing },
    { what: "first fit of a model, to the end of its first step", once: firstStep },
    { what: "fit of one batch", once: calls(() => fit(model, one, silent)) },
    { what: "fit of one batch, all but its compiled step", once: around(() => fit(model, one, silent)) },
    { what: "fit of one batch, op by op", once: calls(() => fit(model, one, { ...silent, compile: false })) },
    { what: "evaluate, 2,000 samples", once: calls(() => evaluate(model, many, silent)) },
    {
      what: "evaluate, 2,000 samples, recorded anew",
      once: calls(() => (forgetRecordings(other), evaluate(other, many, silent))),
    },
    { what: "predict, one batch", once: calls(() => predicted(model, one)) },
    { what: "predict, one batch, all but its compiled step", once: around(() => predicted(model, one)) },
    { what: "predict, one batch, op by op", once: calls(() => predicted(model, one, false)) },
    { what: "predict, 2,000 samples", once: calls(() => predicted(model, many)) },
    {
      what: "predict, 2,000 samples, recorded anew",
      once: calls(() => (forgetRecordings(other), predicted(other, many))),
    },
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" }, json: { type: "string" } } });
  const rounds = checkRounds(values.rounds);
  await useEngine();
  const all = await measurements();
  for (const { once } of all) await once();
  const times = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) for (const [i, { once }] of all.entries()) times[i].push(await once());
  const results = all.map(({ what }, i) => ({ what, unit: "ms", ...summaryOf(times[i]) }));
  const rows = results.map(({ what, median, least, most }) => [what, ...[median, least, most].map(rounded)]);
  process.stdout.write(`${textTable(["what", "median ms", "least", "most"], rows)}\n`);
  if (values.json) writeFileAtomic(values.json, `${JSON.stringify({ ...provenance(), rounds, results }, null, 2)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
