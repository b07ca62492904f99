/**
 * Measures Jupyter kernels side by side: this one, ipykernel, stock tslab and, where npm's `deno` is installed, Deno. The kernels
 * take turns within each round, so that all meet the same noise; figures are medians over the rounds.
 *
 * usage: node dist/scripts/bench/kernel.js [--rounds 5] [--json file]
 */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KernelClient } from "../../src/kernel/client";
import { kernelSpec } from "../../src/kernel/install";
import { findUpward, writeFileAtomic } from "../../src/core/files";

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
};
const PYTHON: typeof TYPESCRIPT = {
  trivial: "1 + 1",
  unchecked: "1 + 1",
  loop: "total = 0\nfor i in range(20_000_000): total += i % 7\ntotal",
  define: "class settings: learningRate = 0.1; batchSize = 32",
  complete: "settings.lea",
  inspect: "settings",
};
const TRIVIAL_CELLS = 30;
const COMPLETIONS = 10;

type Figures = Record<string, number>;

function subjects(root: string): Subject[] {
  const python = join(root, ".venv", "bin", "python");
  const tslab = join(root, "node_modules", "tslab", "bin", "tslab");
  const deno = join(root, "node_modules", ".bin", "deno");
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
  return all.filter(({ name }) => present[name] ?? true);
}

/** One kernel, from its start to its end. */
async function measure({ argv, code }: Subject): Promise<Figures> {
  const cwd = mkdtempSync(join(tmpdir(), "dnn-lab-bench-"));
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
    return {
      "start to kernel_info, ms": info,
      "start to first result, ms": first,
      "trivial cell, checked, ms": checked,
      "trivial cell, unchecked, ms": unchecked,
      "top-level loop of 2e7, ms": loop,
      "completion, ms": complete,
      "inspection, ms": inspect,
      "resident memory, MB": residentMegabytes(kernel.process.pid as number),
    };
  } finally {
    kernel.stop();
  }
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
  const kernels = subjects(findUpward(__dirname, "package.json") ?? process.cwd());
  const results = new Map<string, Figures[]>(kernels.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const kernel of kernels) {
      process.stderr.write(`round ${round} of ${rounds}: ${kernel.name}\n`);
      results.get(kernel.name)?.push(await measure(kernel));
    }
  }
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
