/**
 * Kills runs of notebooks at random moments, and counts the processes that are left: kernels, their children, runners.
 *
 *     npm run bench -- notebook-orphans [--runs 100] [--seed 1]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RandomStream } from "dnn-lab-core/random";
import { projectFolder } from "../project-folder";
import { descendants } from "./support/process-tree";

const SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
/** The runner ends what runs as soon as its standard input ends; on a busy machine that takes a while. */
const PATIENCE_MS = 60_000;
/** A run in which nothing begins by then is a fault of its own. */
const LONGEST_MS = 120_000;

export interface Killed {
  readonly runs: number;
  /** Command lines of the processes that outlived their run. */
  readonly orphans: readonly string[];
}

interface Seen {
  readonly pid: number;
  /** Ticks after the system's start: with the id it names one process for ever. */
  readonly started: string;
  readonly command: string;
}

function look(pid: number): Seen | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\)\s/s, "")
      .split(" ");
    // One that ended and that nobody has asked for (a zombie) runs no more.
    if (/[ZX]/.test(fields[0])) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { pid, started: fields[19], command };
  } catch {
    return undefined;
  }
}

const alive = ({ pid, started }: Seen): boolean => look(pid)?.started === started;

interface Attempt {
  readonly orphans: readonly Seen[];
  /** Until it was killed. */
  readonly ms: number;
}

const pause = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

/**
 * Starts a run of two notebooks, one of which starts a child process, and kills the command: after `afterMs`, without it as
 * soon as that child runs.
 */
async function killOne(
  folder: string,
  script: string,
  signal: (typeof SIGNALS)[number],
  afterMs?: number,
): Promise<Attempt> {
  const args = [script, "run", "--no-cache", "--parallel", "2", folder, "--results", join(folder, "results")];
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const seen = new Map<number, Seen>();
  const lookAll = () => {
    for (const pid of descendants(child.pid!)) {
      const found = look(pid);
      if (found) seen.set(pid, found);
    }
  };
  const passed = () => performance.now() - started;
  for (let ready = false; !ready && passed() < LONGEST_MS; await pause(50)) {
    lookAll();
    ready =
      afterMs === undefined
        ? [...seen.values()].some(({ command }) => command.startsWith("sleep"))
        : passed() >= afterMs;
  }
  lookAll();
  const ms = passed();
  child.kill(signal);
  const left = () => [...seen.values()].filter(alive);
  for (const until = Date.now() + PATIENCE_MS; left().length > 0 && Date.now() < until;) await pause(100);
  const orphans = left();
  for (const { pid } of orphans) process.kill(pid, "SIGKILL");
  return { orphans, ms };
}

/** Kills `runs` runs with the signals in turn: the first when both notebooks run, the others at random moments before and after. */
export async function killRuns(runs: number, seed: number, told: (text: string) => void = () => {}): Promise<Killed> {
  const random = new RandomStream(seed);
  const folder = mkdtempSync(join(tmpdir(), "notebook-orphans-"));
  const script = join(projectFolder(), "src", "notebooks", "dist", "cli", "notebooks.js");
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
  const orphans: string[] = [];
  try {
    let ready: number | undefined;
    for (let run = 0; run < runs; run++) {
      const signal = SIGNALS[run % SIGNALS.length];
      const { orphans: left, ms } = await killOne(folder, script, signal, ready && random.uniform(0.1, 1.2) * ready);
      ready ??= ms;
      orphans.push(...left.map(({ command }) => command));
      told(`run ${run + 1} of ${runs}: ${signal} after ${Math.round(ms)} ms, ${left.length} left`);
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
  const { runs, orphans } = await killRuns(Number(values.runs), Number(values.seed), (text) =>
    process.stderr.write(`${text}\n`),
  );
  process.stdout.write(`${orphans.length} processes left after ${runs} killed runs.\n`);
  for (const command of orphans) process.stdout.write(`  ${command}\n`);
  process.exitCode = orphans.length ? 1 : 0;
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exitCode = 1;
  });
}
