/**
 * Measures Jupyter kernels side by side: this one, ipykernel, stock tslab and Deno (`DNN_LAB_DENO`, its program file; `npm run
 * bench` gets it from npm). The kernels take turns within each round, so that all meet the same noise; figures are medians
 * over the rounds.
 *
 * usage: node dist/scripts/bench/kernel.js [--rounds 5] [--only dnn-lab,ipykernel,tslab,deno] [--json file]
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KernelClient } from "dnn-lab-kernel/internal/client";
import { kernelSpec } from "dnn-lab-kernel/internal/install";
import { findUpward, writeFileAtomic } from "dnn-lab-core/files";
import { measureWidgets, PYTHON_WIDGETS, TYPESCRIPT_WIDGETS, type WidgetCode } from "./support/kernel-widgets";
import { median, processorMilliseconds, residentMegabytes } from "./support/kernel-figures";

interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  readonly code: typeof TYPESCRIPT;
  readonly widgets?: WidgetCode;
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
  names: (n: number): string => `const a${n} = ${n === 0 ? "1" : `a${n - 1} + 1`}; const b${n} = { x: a${n} }`,
  typed: (n: number): string =>
    `import type * as tf from '@tensorflow/tfjs'\nconst f${n} = (x: tf.Tensor2D): tf.Tensor => x.matMul(x).relu().mean()`,
  typedMember: (n: number): string => `f${n}(null as never).`,
  many: (n: number): string => Array.from({ length: n }, (_, i) => `const many${i} = { value: ${i} }`).join("\n"),
};
const PYTHON: typeof TYPESCRIPT = {
  trivial: "1 + 1",
  unchecked: "1 + 1",
  loop: "total = 0\nfor i in range(20_000_000): total += i % 7\ntotal",
  define: "class settings: learningRate = 0.1; batchSize = 32",
  complete: "settings.lea",
  inspect: "settings",
  types: "pass",
  names: (n) => `a${n} = ${n === 0 ? "1" : `a${n - 1} + 1`}; b${n} = {"x": a${n}}`,
  typed: (n) => `f${n} = lambda x: x`,
  typedMember: (n) => `f${n}.`,
  many: (n) => Array.from({ length: n }, (_, i) => `many${i} = {"value": ${i}}`).join("\n"),
};
const TRIVIAL_CELLS = 30;
const COMPLETIONS = 10;
const TYPED_CELLS = 100;
/** A day's work: cells with two new names each, and cells that declare functions of TensorFlow.js' types. */
const DAY_CELLS = 1_500;
const DAY_TYPED_CELLS = 300;
/** A kernel that has not ended its day by then has no figure for the end of it. */
const LONGEST_DAY_MS = 180_000;
/** The declarations of one large cell. */
const MANY = 3_000;
/** The cells over which the figures for the beginning and the end of a day are taken. */
const PART = 50;

type Figures = Record<string, number>;

function subjects(root: string): Subject[] {
  const python = join(root, ".venv", "bin", "python");
  const tslab = join(root, "node_modules", "tslab", "bin", "tslab");
  const deno = process.env["DNN_LAB_DENO"] ?? "deno";
  const unmagical = { ...TYPESCRIPT, unchecked: TYPESCRIPT.trivial };
  const all: Subject[] = [
    { name: "dnn-lab", argv: kernelSpec().argv, code: TYPESCRIPT, widgets: TYPESCRIPT_WIDGETS },
    {
      name: "ipykernel",
      argv: [existsSync(python) ? python : "python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
      code: PYTHON,
      widgets: PYTHON_WIDGETS,
    },
    { name: "tslab", argv: [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"], code: unmagical },
    { name: "deno", argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"], code: unmagical },
  ];
  const present: Readonly<Record<string, boolean>> = { tslab: existsSync(tslab), deno: existsSync(deno) };
  if (!present["deno"]) process.stderr.write("Deno is left out: DNN_LAB_DENO names no program file.\n");
  return all.filter(({ name }) => present[name] ?? true);
}

/** The kernels that `--only` names; all without it. */
function chosen(all: readonly Subject[], only: string | undefined): readonly Subject[] {
  if (only === undefined) return all;
  const names = only.split(",");
  const unknown = names.find((name) => !all.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new RangeError(
      `bench: --only ${unknown} is not here; expected of ${all.map((each) => each.name).join(", ")}`,
    );
  return all.filter(({ name }) => names.includes(name));
}

/** One kernel, from its start to its end. What it has answered is in `figures` also when it fails half-way. */
async function measure({ argv, code, widgets }: Subject, cwd: string, figures: Figures): Promise<void> {
  const kernel = await KernelClient.start(argv, { cwd });
  try {
    await measureStart(kernel, code, figures);
    await measureCells(kernel, code, figures);
    figures["resident memory, MB"] = residentMegabytes(kernel.process.pid as number);
    figures["resident memory with TensorFlow.js' types, MB"] = await memoryWithTypes(kernel, code);
    await measureDay(kernel, code, figures);
    figures["a cell of 3,000 declarations, ms"] = (await kernel.execute(code.many(MANY))).milliseconds;
    if (widgets) await measureWidgets(kernel, widgets, figures);
  } finally {
    kernel.stop();
  }
}

async function measureStart(kernel: KernelClient, code: typeof TYPESCRIPT, figures: Figures): Promise<void> {
  const start = kernel.started;
  await kernel.request("kernel_info_request");
  figures["start to kernel_info, ms"] = performance.now() - start;
  await kernel.ready();
  await kernel.execute(code.trivial);
  figures["start to first result, ms"] = performance.now() - start;
}

async function measureCells(kernel: KernelClient, code: typeof TYPESCRIPT, figures: Figures): Promise<void> {
  figures["trivial cell, checked, ms"] = await repeat(TRIVIAL_CELLS, () => kernel.execute(code.trivial));
  figures["trivial cell, unchecked, ms"] = await repeat(TRIVIAL_CELLS, () => kernel.execute(code.unchecked));
  figures["top-level loop of 2e7, ms"] = (await kernel.execute(code.loop)).milliseconds;
  await kernel.execute(code.define);
  figures["completion, ms"] = await repeat(COMPLETIONS, () =>
    kernel.request("complete_request", { code: code.complete, cursor_pos: code.complete.length }),
  );
  figures["inspection, ms"] = await repeat(COMPLETIONS, () =>
    kernel.request("inspect_request", { code: code.inspect, cursor_pos: 3, detail_level: 0 }),
  );
}

async function measureDay(kernel: KernelClient, code: typeof TYPESCRIPT, figures: Figures): Promise<void> {
  const names = await day(kernel, DAY_CELLS, code.names);
  figures[`first cells of ${DAY_CELLS} with two new names each, CPU ms`] = names.begin;
  figures[`last cells of ${DAY_CELLS} with two new names each, CPU ms`] = names.end;
  const typed = await day(kernel, DAY_TYPED_CELLS, code.typed);
  figures[`first cells of ${DAY_TYPED_CELLS} with TensorFlow.js' types, CPU ms`] = typed.begin;
  figures[`last cells of ${DAY_TYPED_CELLS} with TensorFlow.js' types, CPU ms`] = typed.end;
  const member = code.typedMember(0);
  figures["completion after them, ms"] = await repeat(COMPLETIONS, () =>
    kernel.request("complete_request", { code: member, cursor_pos: member.length }),
  );
  figures["resident memory after them, MB"] = residentMegabytes(kernel.process.pid as number);
}

/** What a cell costs at the beginning and at the end of a day's work, in processor time of the whole kernel. */
async function day(
  kernel: KernelClient,
  cells: number,
  code: (n: number) => string,
): Promise<{ begin: number; end: number }> {
  const pid = kernel.process.pid as number;
  const cost = async (from: number): Promise<number> => {
    const before = processorMilliseconds(pid);
    for (let cell = from; cell < from + PART; cell += 1) await kernel.execute(code(cell));
    return (processorMilliseconds(pid) - before) / PART;
  };
  const begin = await cost(0);
  const limit = performance.now() + LONGEST_DAY_MS;
  for (let cell = PART; cell < cells - PART; cell += 1) {
    if (performance.now() > limit) return { begin, end: NaN };
    await kernel.execute(code(cell));
  }
  return { begin, end: await cost(cells - PART) };
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

function table(results: ReadonlyMap<string, readonly Figures[]>): {
  header: string[];
  rows: string[][];
  medians: Record<string, Figures>;
} {
  const names = [...results.keys()];
  const figures = [...new Set([...results.values()].flat().flatMap((round) => Object.keys(round)))];
  const medians = Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        figures.map((figure) => [figure, median((results.get(name) ?? []).map((round) => round[figure] ?? NaN))]),
      ),
    ]),
  );
  const rows = figures.map((figure) => [figure, ...names.map((name) => shown(medians[name]?.[figure] ?? NaN))]);
  return { header: ["", ...names], rows, medians };
}

function shown(value: number): string {
  return Number.isNaN(value) ? "–" : value.toPrecision(3);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, only: { type: "string" }, json: { type: "string" } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`bench: --rounds must be a positive whole number, received ${values.rounds}`);
  const root = findUpward(__dirname, "package.json") ?? process.cwd();
  const kernels = chosen(subjects(root), values.only);
  // Within the package, so that its TypeScript sources find TensorFlow.js.
  const cwd = mkdtempSync(join(root, ".cache", "bench-"));
  const results = new Map<string, Figures[]>(kernels.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const kernel of kernels) {
      process.stderr.write(`round ${round} of ${rounds}: ${kernel.name}\n`);
      const figures: Figures = {};
      results.get(kernel.name)?.push(figures);
      try {
        await measure(kernel, cwd, figures);
      } catch (error) {
        // A peer that fails or is silent costs what is left of its own column, not the run.
        process.stderr.write(`${kernel.name}: ${(error as Error).message}\n`);
      }
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
