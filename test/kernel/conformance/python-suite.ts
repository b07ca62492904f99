import { execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jupyterPath, python } from "../kernelUnderTest";

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly error: string | null;
}

/** What a suite needs: the kernel registered in a folder of its own, and no history on disk. */
function environment(path: string): NodeJS.ProcessEnv {
  return { ...process.env, JUPYTER_PATH: path, DNN_LAB_HISTORY: "off", JUPYTER_PLATFORM_DIRS: "1" };
}

/** The names that a suite prints with `--list`. */
export function list<T>(script: string): T {
  return JSON.parse(execFileSync(python, [join(__dirname, script), "--list"], { encoding: "utf8" })) as T;
}

/** Runs a Python suite once and makes one test of each of its items. */
export function pythonTests(script: string, args: readonly string[], names: readonly string[]): void {
  let path = "";
  let outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    path = jupyterPath();
    outcomes = await run(script, args, path);
  }, 600_000);
  afterAll(() => rmSync(dirname(dirname(path)), { recursive: true, force: true }));
  test.each(names)("%s", (name) => {
    const outcome = outcomes.get(name);
    expect(outcome, `the suite did not report "${name}": ${[...outcomes.keys()].slice(-3).join(", ")}`).toBeDefined();
    expect(outcome?.error ?? "").toBe("");
    expect(outcome?.ok).toBe(true);
  });
}

function run(script: string, args: readonly string[], path: string): Promise<Map<string, Outcome>> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [join(__dirname, script), ...args], { cwd: __dirname, env: environment(path) });
    let output = "";
    let log = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    child.on("error", reject);
    child.on("close", () => {
      const outcomes = output
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Outcome);
      if (outcomes.length === 0) reject(new Error(`${script} reported nothing:\n${log.slice(-3000)}`));
      else resolve(new Map(outcomes.map((outcome) => [outcome.name, outcome])));
    });
  });
}
