/**
 * Measures Jupyter kernels side by side: this one, ipykernel, stock tslab and Deno (`DNN_LAB_DENO`, its program file; `npm run
 * bench` gets it from npm). The kernels take turns within each round, so that all meet the same noise; figures are medians
 * over the rounds.
 *
 * usage: node dist/scripts/bench/kernel.js [--rounds 5] [--json file]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KernelClient } from "dnn-lab-kernel/internal/client";
import { kernelSpec } from "dnn-lab-kernel/internal/install";
import { findUpward, writeFileAtomic } from "dnn-lab-core/files";

interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  readonly code: typeof TYPESCRIPT;
}

/** The same programs in two languages. */
const TYPESCRIPT = {
  trivial: "1 + 1",
  unchecked: "%check off\n1 + 1",
  loop: "let total = 0\nfor (let i = 0; i < 2e7; i++) { total += i % 7 }\ntotal",
  define: "const settings = { learningRate: 0.1, batchSize: 32 }",
  complete: "settings.lea",
  inspect: "settings",
  types: "import type * as tf from '@tensorflow/tfjs'\nconst shapeOf = (x: tf.Tensor): number[] => x.shape",
};
const PYTHON: typeof TYPESCRIPT = {
  trivial: "1 + 1",
  unchecked: "1 + 1",
  loop: "total = 0\nfor i in range(20_000_000): total += i % 7\ntotal",
  define: "class settings: learningRate = 0.1; batchSize = 32",
  complete: "settings.lea",
  inspect: "settings",
  types: "pass",
};
const TRIVIAL_CELLS = 30;
const COMPLETIONS = 10;
const TYPED_CELLS = 100;

type Figures = Record<string, number>;

function subjects(root: string): Subject[] {
  const python = join(root, ".venv", "bin", "python");
  const tslab = join(root, "node_modules", "tslab", "bin", "tslab");
  const deno = process.env["DNN_LAB_DENO"] ?? "deno";
  const unmagical = { ...TYPESCRIPT, unchecked: TYPESCRIPT.trivial };
  const all: Subject[] = [
    { name: "dnn-lab", argv: kernelSpec().argv, code: TYPESCRIPT },
    {
      name: "ipykernel",
      argv: [existsSync(python) ? python : "python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
      code: PYTHON,
    },
    { name: "tslab", argv: [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"], code: unmagical },
    { name: "deno", argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"], code: unmagical },
  ];
  const present: Readonly<Record<string, boolean>> = { tslab: existsSync(tslab), deno: existsSync(deno) };
  if (!present["deno"]) process.stderr.write("Deno is left out: DNN_LAB_DENO names no program file.\n");
  return all.filter(({ name }) => present[name] ?? true);
}

/** One kernel, from its start to its end. */
async function measure({ argv, code }: Subject, cwd: string): Promise<Figures> {
  const kernel = await KernelClient.start(argv, { cwd });
  const start = kernel.started;
  try {
    await kernel.request("kernel_info_request");
    const info = performance.now() - start;
    await kernel.ready();
    await kernel.execute(code.trivial);
    const first = performance.now() - start;
    const checked = await repeat(TRIVIAL_CELLS, () => kernel.execute(code.trivial));
    const unchecked = await repeat(TRIVIAL_CELLS, () => kernel.execute(code.unchecked));
    const loop = (await kernel.execute(code.loop)).milliseconds;
    await kernel.execute(code.define);
    const complete = await repeat(COMPLETIONS, () =>
      kernel.request("complete_request", { code: code.complete, cursor_pos: code.complete.length }),
    );
    const inspect = await repeat(COMPLETIONS, () =>
      kernel.request("inspect_request", { code: code.inspect, cursor_pos: 3, detail_level: 0 }),
    );
    const memory = residentMegabytes(kernel.process.pid as number);
    const withTypes = await memoryWithTypes(kernel, code);
    return {
      "start to kernel_info, ms": info,
      "start to first result, ms": first,
      "trivial cell, checked, ms": checked,
      "trivial cell, unchecked, ms": unchecked,
      "top-level loop of 2e7, ms": loop,
      "completion, ms": complete,
      "inspection, ms": inspect,
      "resident memory, MB": memory,
      "resident memory with TensorFlow.js' types, MB": withTypes,
    };
  } finally {
    kernel.stop();
  }
}

/** After many cells that use the types of a large package: what they need grows at first. */
async function memoryWithTypes(kernel: KernelClient, code: typeof TYPESCRIPT): Promise<number> {
  await kernel.execute(code.types);
  for (let cell = 0; cell < TYPED_CELLS; cell += 1) await kernel.execute(`${code.types}\n${cell}`);
  return residentMegabytes(kernel.process.pid as number);
}

async function repeat(times: number, action: () => Promise<{ milliseconds: number }>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) all.push((await action()).milliseconds);
  return median(all);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/** Resident memory of a process; NaN where there is no /proc. */
function residentMegabytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

function table(results: ReadonlyMap<string, readonly Figures[]>): {
  header: string[];
  rows: string[][];
  medians: Record<string, Figures>;
} {
  const names = [...results.keys()];
  const figures = Object.keys([...results.values()][0]?.[0] ?? {});
  const medians = Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        figures.map((figure) => [figure, median((results.get(name) ?? []).map((round) => round[figure] as number))]),
      ),
    ]),
  );
  const rows = figures.map((figure) => [
    figure,
    ...names.map((name) => (medians[name]?.[figure] ?? NaN).toPrecision(3)),
  ]);
  return { header: ["", ...names], rows, medians };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, json: { type: "string" } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`bench: --rounds must be a positive whole number, received ${values.rounds}`);
  const root = findUpward(__dirname, "package.json") ?? process.cwd();
  const kernels = subjects(root);
  // Within the package, so that its TypeScript sources find TensorFlow.js.
  const cwd = mkdtempSync(join(root, ".cache", "bench-"));
  const results = new Map<string, Figures[]>(kernels.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const kernel of kernels) {
      process.stderr.write(`round ${round} of ${rounds}: ${kernel.name}\n`);
      results.get(kernel.name)?.push(await measure(kernel, cwd));
    }
  }
  rmSync(cwd, { recursive: true });
  const { header, rows, medians } = table(results);
  for (const row of [header, header.map(() => "---"), ...rows]) process.stdout.write(`| ${row.join(" | ")} |\n`);
  if (values.json !== undefined)
    writeFileAtomic(
      values.json,
      `${JSON.stringify({ rounds, node: process.version, medians, results: Object.fromEntries(results) }, null, 2)}\n`,
    );
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
