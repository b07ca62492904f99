/**
 * What limits training on this machine: arithmetic, memory, and the cost of an operation and of a call.
 *
 *     npm run bench -- machine [--rounds 7] [--json file]
 */
import { parseArgs } from "node:util";
import { provenance, tf, useEngine } from "dnn-lab";
import { writeFileAtomic } from "dnn-lab-core/files";
import { PLANS, recordStep } from "dnn-lab/internal/engine/compile/index";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { type Measurement, memory, product, secondsFor } from "./support/machine-limits";
import { rounded, summaryOf, type Summary } from "./support/statistics";

function convolution(): Measurement {
  const x = tf.randomUniform<tf.Rank.R4>([32, 32, 32, 32], 0, 1, "float32", 1);
  const filter = tf.randomUniform<tf.Rank.R4>([3, 3, 32, 32], 0, 1, "float32", 2);
  const work = 2 * 32 * 32 * 32 * 32 * 9 * 32;
  const once = () => work / secondsFor(3, () => tf.conv2d(x, filter, 1, "same")) / 1e9;
  return { what: "convolution 3 × 3, 32 → 32 channels, 32 images of 32 × 32", unit: "GFLOP/s", once };
}

function eagerOperation(): Measurement {
  const [a, b] = [tf.ones([8]), tf.ones([8])];
  return { what: "small operation, op by op", unit: "µs", once: () => secondsFor(2000, () => tf.add(a, b)) * 1e6 };
}

/** A chain that no optimizer can shorten: each operation needs the one before. */
function replayed(plan: (typeof PLANS)[number]): Measurement[] {
  const chain = 100;
  const compiled = [1, chain + 1].map((length) =>
    recordStep({
      step: ({ x }) => {
        let y = x;
        for (let i = 0; i < length; i++) y = i % 2 ? tf.sin(y) : tf.cos(y);
        return { y };
      },
      examples: [{ x: tf.tensor1d([1, 2]) }, { x: tf.tensor1d([3, 4]) }],
      plan,
    }),
  );
  const steps = 200;
  const x = new Float32Array(2 * steps);
  const seconds = (which: number, count: number) =>
    secondsFor(1, () => compiled[which].run({ steps: count, inputs: { x: x.subarray(0, 2 * count) } }).y);
  const perStep = (which: number) => (seconds(which, steps) - seconds(which, 1)) / (steps - 1);
  return [
    {
      what: `small operation, replayed under '${plan}'`,
      unit: "µs",
      once: () => ((perStep(1) - perStep(0)) / chain) * 1e6,
    },
    { what: `step of one operation under '${plan}'`, unit: "µs", once: () => perStep(0) * 1e6 },
    { what: `call of one such step under '${plan}'`, unit: "µs", once: () => seconds(0, 1) * 1e6 },
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" }, json: { type: "string" } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`bench: --rounds must be a positive whole number, received ${values.rounds}.`);
  }
  await useEngine();
  const measurements = [
    ...[product(1024, 1024, 1024), product(16, 784, 50), product(128, 784, 50), convolution(), memory()],
    ...[eagerOperation(), ...PLANS.flatMap(replayed)],
  ];
  for (const { once } of measurements) once();
  const measured = measurements.map((): number[] => []);
  for (let round = 0; round < rounds; round++) measurements.forEach(({ once }, i) => measured[i].push(once()));
  const results = measurements.map(({ what, unit }, i): Summary & { what: string; unit: string } => ({
    what,
    unit,
    ...summaryOf(measured[i]),
  }));
  const rows = results.map(({ what, unit, median, least, most }) => [
    what,
    ...[median, least, most].map(rounded),
    unit,
  ]);
  process.stdout.write(`${textTable(["what", "median", "least", "most", "unit"], rows)}\n`);
  if (values.json) writeFileAtomic(values.json, `${JSON.stringify({ ...provenance(), results }, null, 2)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
