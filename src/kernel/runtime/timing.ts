import { Math, Number, performance } from "../intrinsics";
import type { Program } from "../protocol/bridge";
import type { Evaluation, Evaluator } from "./evaluator";

const BATCHES = 7;
const BATCH_MS = 150;

/** Runs a program once or, for `%timeit`, many times, and prints how long it took. */
export async function evaluateTimed(
  evaluator: Evaluator,
  program: Program,
  print: (line: string) => void,
): Promise<Evaluation> {
  const start = performance.now();
  const evaluation = await evaluator.evaluate(program);
  print(`Wall time: ${duration(performance.now() - start)}`);
  return evaluation;
}

/** Mean and standard deviation of the time of one run, over batches long enough to be measured. */
export async function timeRepeatedly(
  evaluator: Evaluator,
  program: Program,
  print: (line: string) => void,
): Promise<Evaluation> {
  const isAsync = /\bawait\b|__dnn_import/.test(program.code);
  // One line, so that lines in errors stay those of the cell.
  const code = `(${isAsync ? "async " : ""}function () { ${program.code}\n})`;
  const made = await evaluator.evaluate({ name: program.name, code });
  if (made.kind !== "value") return made;
  const body = made.value as () => unknown;
  try {
    const loops = await calibrate(body, isAsync);
    const times: number[] = [];
    for (let batch = 0; batch < BATCHES; batch += 1) times.push((await run(body, loops, isAsync)) / loops);
    print(summary(times, loops));
    return { kind: "value", value: undefined };
  } catch (error) {
    return { kind: "thrown", error };
  }
}

/** How many runs fill a batch. */
async function calibrate(body: () => unknown, isAsync: boolean): Promise<number> {
  for (let loops = 1; ; loops *= 10) {
    const time = await run(body, loops, isAsync);
    if (time >= BATCH_MS / 10 || loops >= 1e9)
      return Math.max(1, Math.round((loops * BATCH_MS) / Math.max(time, 1e-3)));
  }
}

async function run(body: () => unknown, loops: number, isAsync: boolean): Promise<number> {
  const start = performance.now();
  if (isAsync) for (let loop = 0; loop < loops; loop += 1) await body();
  else for (let loop = 0; loop < loops; loop += 1) body();
  return performance.now() - start;
}

function summary(times: readonly number[], loops: number): string {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length);
  return `${duration(mean)} ± ${duration(deviation)} a run (mean ± standard deviation of ${times.length} batches, ${loops} run(s) each)`;
}

/** A time with three significant digits and its unit. */
export function duration(milliseconds: number): string {
  const [scale, unit] =
    milliseconds >= 1_000
      ? [1e-3, "s"]
      : milliseconds >= 1
        ? [1, "ms"]
        : milliseconds >= 1e-3
          ? [1e3, "µs"]
          : [1e6, "ns"];
  return `${Number((milliseconds * scale).toPrecision(3))} ${unit}`;
}
