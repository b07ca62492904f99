/**
 * Kills runs of notebooks at random moments, and counts the processes that are left: kernels, their children, runners.
 *
 *     npm run bench -- notebook-orphans [--runs 100] [--seed 1]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RandomStream } from "../../src/core/random";
import { projectFolder } from "../../src/notebooks/project";
import { descendants } from "./support/process-tree";

const SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
/** A kernel looks every second whether who started it is still there. */
const PATIENCE_MS = 20_000;

export interface Killed {
  readonly runs: number;
  /** Process ids that outlived their run. */
  readonly orphans: readonly number[];
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Starts a run of two notebooks, one with a child process, and kills its command after `afterMs`. */
async function killOne(
  folder: string,
  script: string,
  afterMs: number,
  signal: (typeof SIGNALS)[number],
): Promise<number[]> {
  const child = spawn(
    process.execPath,
    [script, "run", "--no-cache", "--parallel", "2", folder, "--results", join(folder, "results")],
    { stdio: "ignore" },
  );
  const seen = new Set<number>();
  const look = setInterval(() => descendants(child.pid!).forEach((pid) => seen.add(pid)), 50);
  await new Promise((settle) => setTimeout(settle, afterMs));
  for (const pid of descendants(child.pid!)) seen.add(pid);
  clearInterval(look);
  child.kill(signal);
  const left = () => [...seen].filter(alive);
  for (const until = Date.now() + PATIENCE_MS; left().length > 0 && Date.now() < until;)
    await new Promise((settle) => setTimeout(settle, 100));
  const orphans = left();
  for (const pid of orphans) process.kill(pid, "SIGKILL");
  return orphans;
}

/** Kills `runs` runs, each after a random time with a signal in turn. */
export async function killRuns(
  runs: number,
  seed: number,
  longestMs: number,
  told: (text: string) => void = () => {},
): Promise<Killed> {
  const random = new RandomStream(seed);
  const folder = mkdtempSync(join(tmpdir(), "notebook-orphans-"));
  const script = join(projectFolder(), "dist", "scripts", "notebooks.js");
  const sources = [
    "await new Promise((r) => setTimeout(r, 60_000));",
    'import { spawn } from "node:child_process";\nspawn("sleep", ["60"]);\nfor (;;);',
  ];
  sources.forEach((source, i) => {
    const cells = [{ id: "a", cell_type: "code", metadata: {}, source, outputs: [], execution_count: null }];
    const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
    writeFileSync(
      join(folder, `n${i}.ipynb`),
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }),
    );
  });
  const orphans: number[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      const [after, signal] = [random.uniform(0.1, 1) * longestMs, SIGNALS[run % SIGNALS.length]];
      const left = await killOne(folder, script, after, signal);
      orphans.push(...left);
      told(`run ${run + 1} of ${runs}: ${signal} after ${Math.round(after)} ms, ${left.length} left`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { runs, orphans };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
  });
  const { runs, orphans } = await killRuns(Number(values.runs), Number(values.seed), 6000, (text) =>
    process.stderr.write(`${text}\n`),
  );
  process.stdout.write(`${orphans.length} processes left after ${runs} killed runs.\n`);
  process.exitCode = orphans.length ? 1 : 0;
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exitCode = 1;
  });
}
