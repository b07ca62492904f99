/**
 * Milliseconds per training step: eager, each plan of a compiled step, and Keras, in turn within each round.
 *
 *     npm run bench -- compiled [mlp16 mlp128 convnet] [--rounds 7] [--json]
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { RandomStream } from "dnn-lab-core/random";
import { findUpward } from "dnn-lab-core/files";
import {
  recordStep,
  deviceData,
  type Plan,
  type StepFunction,
  type StepInputs,
} from "dnn-lab/internal/engine/compile/index";
import { tf } from "dnn-lab/internal/engine/tf";
import { benchCases, type BenchCase } from "./support/compiled-cases";

const ROWS = 6000;

interface Contestant {
  readonly name: string;
  /** Runs `steps` steps and returns milliseconds per step. */
  readonly round: () => Promise<number> | number;
}

function inputsFor(batch: number, steps: number) {
  const random = new RandomStream(1);
  return {
    rows: Int32Array.from({ length: steps * batch }, () => random.integer(ROWS)),
    rate: new Float32Array(steps).fill(0.01),
  };
}

function at({ rows, rate }: ReturnType<typeof inputsFor>, batch: number, i: number): StepInputs {
  return { rows: tf.tensor1d(rows.slice(i * batch, (i + 1) * batch), "int32"), rate: tf.scalar(rate[i]) };
}

function timed(steps: number, run: () => void): number {
  const started = performance.now();
  run();
  return (performance.now() - started) / steps;
}

function eager(step: StepFunction, batch: number, steps: number): Contestant {
  const inputs = inputsFor(batch, steps);
  const run = () => {
    for (let i = 0; i < steps; i++) tf.tidy(() => void step(at(inputs, batch, i), tf.scalar(i, "int32")));
  };
  return { name: "eager", round: () => timed(steps, run) };
}

function compiledUnder(plan: Plan, step: StepFunction, batch: number, steps: number): Contestant {
  const examples = [0, 1].map((i) => at(inputsFor(batch, 2), batch, i)) as [StepInputs, StepInputs];
  const compiled = recordStep({ step, examples, plan });
  const run = () => {
    const { loss, correct } = compiled.run({ steps, inputs: inputsFor(batch, steps) });
    for (const output of [loss, correct]) output.dataSync();
    tf.dispose([loss, correct]);
  };
  run();
  return { name: plan, round: () => timed(steps, run) };
}

/** Starts Keras' process; each round answers with both of its times. */
async function keras(name: string, steps: number): Promise<{ contestants: Contestant[]; stop: () => void }> {
  const root = findUpward(__dirname, "package.json") as string;
  const python = join(root, ".venv", "bin", "python");
  const child = spawn(python, [join(root, "scripts/bench/support/keras_compiled.py"), name, String(steps)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async () => {
    child.stdin.write("\n");
    const { value, done } = await lines.next();
    if (done) throw new Error("Keras' process ended; run `npm run setup` to install it.");
    return JSON.parse(value as string) as { plain: number; best: number };
  };
  let last = await ask();
  const plain: Contestant = { name: "keras", round: async () => (last = await ask()).plain };
  return { contestants: [plain, { name: "keras best", round: () => last.best }], stop: () => child.stdin.end() };
}

async function bench(name: string, { batch, steps, shape, plans, makeStep }: BenchCase, rounds: number) {
  const random = new RandomStream(2);
  const features = deviceData(
    Uint8Array.from({ length: ROWS * tf.util.sizeFromShape([...shape]) }, () => random.integer(256)),
    shape,
  );
  const labels = deviceData(
    Uint8Array.from({ length: ROWS }, () => random.integer(10)),
    [],
  );
  const step = makeStep({ features, labels });
  const python = await keras(name, steps);
  const contestants = [
    eager(step, batch, Math.max(2, Math.ceil(steps / 50))),
    ...plans.map((plan) => compiledUnder(plan, step, batch, steps)),
    ...python.contestants,
  ];
  const times = new Map(contestants.map((one) => [one.name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const one of contestants) times.get(one.name)?.push(await one.round());
    process.stderr.write(`\r${name}: round ${round + 1} of ${rounds}${round + 1 === rounds ? "\n" : ""}`);
  }
  python.stop();
  return [...times].map(([contestant, values]) => ({ case: name, contestant, ...summary(values) }));
}

function summary(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const rounded = (value: number) => Number(value.toPrecision(3));
  return {
    medianMs: rounded(sorted[sorted.length >> 1]),
    leastMs: rounded(sorted[0]),
    mostMs: rounded(sorted[sorted.length - 1]),
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: "string", default: "7" }, json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const results = [];
  for (const name of positionals.length ? positionals : Object.keys(benchCases)) {
    results.push(...(await bench(name, benchCases[name], Number(values.rounds))));
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else console.table(results);
}

void main();
