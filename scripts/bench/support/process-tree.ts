/** A command's run: seconds, and the most memory that it and all its descendants held at a time. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Measured {
  readonly seconds: number;
  /** Largest sum of resident memory, sampled every 200 ms; NaN where there is no /proc. */
  readonly peakMegabytes: number;
  readonly code: number;
  /** Its last output. */
  readonly output: string;
}

interface Process {
  readonly parent: number;
  readonly megabytes: number;
}

function processes(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      found.set(Number(name), { parent: number("PPid"), megabytes: number("VmRSS") / 1024 });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** Ids of a process and all that descend from it. */
export function descendants(root: number): number[] {
  const all = processes();
  const below = (pid: number): number[] => [
    pid,
    ...[...all].flatMap(([each, { parent }]) => (parent === pid ? below(each) : [])),
  ];
  return below(root);
}

function memoryOf(root: number): number {
  try {
    const all = processes();
    return descendants(root).reduce((sum, pid) => sum + (all.get(pid)?.megabytes ?? 0), 0);
  } catch {
    return NaN;
  }
}

export async function measureCommand(command: string, args: readonly string[], cwd: string): Promise<Measured> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, JUPYTER_PREFER_ENV_PATH: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000)));
  let peakMegabytes = 0;
  const timer = setInterval(() => (peakMegabytes = Math.max(peakMegabytes, memoryOf(child.pid!))), 200);
  const code = await new Promise<number>((settle) =>
    child.on("close", (code) => settle(code ?? -1)).on("error", () => settle(-1)),
  );
  clearInterval(timer);
  return { seconds: (performance.now() - started) / 1000, peakMegabytes, code, output };
}
