/** Calls of the small Python programs in `runner/`, which lean on nbformat and nbdime. */
import { spawnSync } from "node:child_process";
import { pythonFor, runnerFile } from "./project";

function call(name: string, modules: readonly string[], args: readonly string[]): unknown[] {
  const python = pythonFor(`notebooks ${name.replace(".py", "")}`, modules);
  const { status, stdout, stderr } = spawnSync(python, [runnerFile(name), ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${name} failed: ${stderr.trim().split("\n").at(-1)}`);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

export interface Cleaned {
  readonly notebook: string;
  readonly changed?: boolean;
  readonly error?: string;
}

export interface CleanOptions {
  /** Change no file. */
  readonly checkOnly?: boolean;
  readonly keepOutputs?: boolean;
}

/** Takes out of notebooks what does not belong into commits; tells which were, or would be, changed. */
export function cleanNotebooks(paths: readonly string[], { checkOnly, keepOutputs }: CleanOptions = {}): Cleaned[] {
  if (paths.length === 0) return [];
  const flags = [...(checkOnly ? ["--check"] : []), ...(keepOutputs ? ["--keep-outputs"] : [])];
  return call("clean.py", ["nbformat"], [...flags, ...paths]) as Cleaned[];
}

/** Puts outputs of executed notebooks into their sources, `[source, executed]`; returns why for each that could not be written. */
export function writeInPlace(pairs: readonly (readonly [string, string])[]): string[] {
  if (pairs.length === 0) return [];
  const written = call("in_place.py", ["nbformat"], pairs.flat()) as { error?: string }[];
  return written.flatMap(({ error }) => error ?? []);
}

/** nbdime's differences of the sources of two notebooks, as data and as text. Throws when one cannot be read. */
export function diffSources(a: string, b: string): { diff: unknown[]; text: string } {
  const [answer] = call("diff.py", ["nbdime", "nbformat"], [a, b]) as [
    { diff: unknown[]; text: string; error?: string },
  ];
  if (answer.error) throw new Error(answer.error);
  return answer;
}
