/**
 * Many small notebooks: ours beside `jupyter execute` (one after the other, in one process) and nbmake (two workers: two
 * processes with half of the notebooks each). Seconds, memory, and what starting and comparing cost.
 *
 *     npm run bench -- notebooks [--notebooks 50] [--json file]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeFileAtomic } from "dnn-lab-core/files";
import { venvPython } from "dnn-lab-notebooks";
import { projectFolder } from "../project-folder";
import type { StoredResults } from "dnn-lab-notebooks/internal/report/stored";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { measureCommand, type Measured } from "./support/process-tree";
import { rounded, summaryOf } from "./support/statistics";

const cells = (i: number): string[] => [
  `const n: number = ${i};\nconsole.log("notebook", n);`,
  "const values = Array.from({ length: 100 }, (_, k) => Math.sin(k + n));\nvalues.reduce((sum, value) => sum + value, 0)",
  "await display({ data: [{ y: values, name: 'sine' }], layout: {} });",
];

function write(folder: string, count: number): string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `n${String(i).padStart(3, "0")}.ipynb`);
    const code = cells(i).map((source, k) => ({
      id: `c${k}`,
      cell_type: "code",
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    }));
    const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: code }));
    return path;
  });
}

function must(name: string, measured: Measured): Measured {
  if (measured.code !== 0) throw new Error(`${name} ended with ${measured.code}: ${measured.output}`);
  return measured;
}

const OBSERVING_ROUNDS = 5;

/**
 * What it costs to note which files and variables a run reads: runs with an empty cache beside runs without one, in turns; the
 * median of the rounds' ratios, less 1. Writing the cache is part of it.
 */
async function observingCost(ours: (...args: string[]) => Promise<Measured>, folder: string): Promise<number> {
  const ratios: number[] = [];
  for (let round = 1; round <= OBSERVING_ROUNDS; round += 1) {
    process.stderr.write(`observing, round ${round} of ${OBSERVING_ROUNDS} …\n`);
    const plain = must("run", await ours("run", "--parallel", "1", "--no-cache"));
    rmSync(join(folder, "results"), { recursive: true, force: true });
    const observed = must("run", await ours("run", "--parallel", "1"));
    ratios.push(observed.seconds / plain.seconds);
  }
  return summaryOf(ratios).median - 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { notebooks: { type: "string", default: "50" }, json: { type: "string" } } });
  const count = Number(values.notebooks);
  if (!Number.isInteger(count) || count < 2)
    throw new RangeError(`bench: --notebooks must be an integer of at least 2, received ${values.notebooks}.`);
  const folder = mkdtempSync(join(tmpdir(), "bench-notebooks-"));
  const script = join(projectFolder(), "src", "notebooks", "dist", "cli", "notebooks.js");
  const ours = (command: string, ...more: string[]): Promise<Measured> =>
    measureCommand(process.execPath, [script, command, "notebooks", ...more], folder);
  try {
    const paths = write(join(folder, "notebooks"), count);
    const python = (...args: string[]) => measureCommand(venvPython(), ["-m", ...args], folder);
    const results: Record<string, Measured> = {};
    const take = async (name: string, run: () => Promise<Measured>): Promise<void> => {
      process.stderr.write(`${name} …\n`);
      results[name] = must(name, await run());
    };
    const half = paths.length >> 1;
    await take("dnn-lab run --parallel 2", () => ours("run", "--parallel", "2", "--no-cache"));
    await take("jupyter execute", () => python("jupyter", "execute", ...paths));
    await take("nbmake, two workers", async () => {
      const both = await Promise.all(
        [paths.slice(0, half), paths.slice(half)].map((part) => python("pytest", "--nbmake", "-q", ...part)),
      );
      const bad = both.find(({ code }) => code !== 0);
      return {
        ...(bad ?? both[0]),
        seconds: Math.max(...both.map(({ seconds }) => seconds)),
        peakMegabytes: both[0].peakMegabytes + both[1].peakMegabytes,
      };
    });
    await take("dnn-lab run --parallel 1", () => ours("run", "--parallel", "1", "--no-cache"));
    const observing = await observingCost(ours, folder);
    await take("dnn-lab accept (from the cache)", async () => {
      must("run", await ours("run", "--parallel", "2"));
      return ours("accept");
    });
    await take("dnn-lab check --parallel 2", () => ours("check", "--parallel", "2", "--no-cache"));
    const { results: checked } = JSON.parse(
      readFileSync(join(folder, "results", "notebooks", "results.json"), "utf8"),
    ) as StoredResults;
    const comparing =
      checked.reduce((sum, each) => sum + each.compareSeconds, 0) /
      checked.reduce((sum, each) => sum + each.seconds, 0);
    await take("dnn-lab check (from the cache)", () => ours("check"));
    const base = results["jupyter execute"].seconds;
    const rows = Object.entries(results).map(([name, { seconds, peakMegabytes }]) => [
      name,
      rounded(seconds),
      rounded(base / seconds),
      rounded(peakMegabytes),
    ]);
    process.stdout.write(
      `${textTable([`${count} notebooks`, "seconds", "times as fast as jupyter execute", "peak MB"], rows)}\n`,
    );
    process.stdout.write(
      `Comparing took ${(100 * comparing).toFixed(2)} % of executing. ${cpus()[0]?.model}, ${cpus().length} cores.\n`,
    );
    process.stdout.write(`Observing, for the cache, took ${(100 * observing).toFixed(1)} % of executing.\n`);
    if (values.json)
      writeFileAtomic(
        values.json,
        `${JSON.stringify({ notebooks: count, node: process.version, comparing, observing, results }, null, 2)}\n`,
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
