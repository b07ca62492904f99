/** What made a result: kept in the executed notebook's metadata and in `results.json`, and the key of the cache. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, release, arch } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { commitOf } from "dnn-lab-core/commit";
import { findUpward, packageFolder } from "dnn-lab-core/files";
import { contentHash, fileHash } from "../inputs/content";
import { changesOf, restsOf, type Observed, type Rests } from "../inputs/observed";
import { sourcesOf } from "../inputs/sources";
import type { RunFacts } from "../run/events";
import { joined, settingsOf, type Notebook } from "../notebook/notebook-file";
import { rulesOf } from "../check/rules";
import { codeCells } from "../notebook/notebook-file";
import { kernelFolder } from "../python/kernel-package";
import { pythonFor, runnerFile } from "../python/project";
import { digestOf } from "../notebook/digest";

/** All that the outputs depend on and that can be known before the run. */
export interface Inputs {
  /** Hash of the cells: kinds, sources, tags, settings. */
  readonly cells: string;
  /** Path (relative to the notebook) → hash of its content. */
  readonly sources: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
  /** Lock files at or above the notebook → hash. */
  readonly locks: Readonly<Record<string, string>>;
  /** Files that cells name with `// @check input=…` → hash. */
  readonly files: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Settings of the environment that programs read. */
  readonly environment: Readonly<Record<string, string>>;
  readonly kernel: string;
  /** Hash of the kernelspec. */
  readonly kernelspec: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What `--only` left out; empty when nothing. */
  readonly only: string;
}

/** What is known after the run. */
export interface Provenance {
  readonly inputs: Inputs;
  /** Data sets, engine, seed, as the program told; null when it told nothing. */
  readonly facts: RunFacts | null;
  /** File or folder from which data were, or could have been, taken → hash of its content, `absent` when not there. */
  readonly data: Readonly<Record<string, string>>;
  /** What the kernel saw that the result rests on; undefined when it cannot see. */
  readonly rests?: Rests;
  readonly commit: string;
  readonly dirty: boolean;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly system: string };
  readonly finished: string;
  readonly seconds: number;
  /** Seconds of each code cell. */
  readonly cellSeconds: readonly number[];
}

/** The notebook, and everything that was given to its run. */
export interface InputsOptions {
  readonly notebook: Notebook;
  /** Path of its file. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly kernel: string;
  readonly only?: string;
}

const lockNames = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "requirements.txt",
  "uv.lock",
  "poetry.lock",
];
/** Variables that change what a notebook computes. */
const environmentNames =
  /^(DNN_LAB_(?!PYTHON|PROGRESS|RESULTS|HISTORY)|TF_|OMP_NUM|NODE_OPTIONS$|PYTHONPATH$|PYTHONHASHSEED$)/;

const hashes = (paths: readonly string[], from: string): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [relative(from, path).split("\\").join("/"), contentHash(path)]));

/** Reads what a notebook's outputs depend on; `unknown` says why that cannot be known. */
export function inputsOf(options: InputsOptions): { inputs: Inputs; unknown: readonly string[] } {
  const { notebook, path, parameters, env, kernel, only = "" } = options;
  const folder = dirname(resolve(path));
  const { files, packages, unknown } = sourcesOf(notebook, folder);
  const set = { ...process.env, ...env };
  const names = Object.keys(set).filter((name) => environmentNames.test(name) || name in env);
  const inputs: Inputs = {
    cells: digestOf(
      notebook.cells.map(({ cell_type, source, metadata }) => [
        cell_type,
        joined(source),
        metadata?.tags ?? [],
        settingsOf(metadata ?? {}),
      ]),
    ),
    sources: hashes(files, folder),
    packages,
    locks: hashes(locksAbove(folder), folder),
    files: hashes(namedInputs(notebook, folder), folder),
    parameters,
    environment: Object.fromEntries(names.sort().map((name) => [name, set[name] ?? ""])),
    kernel,
    kernelspec: kernelspecHash(kernel),
    versions: versions(),
    only,
  };
  return { inputs, unknown };
}

function locksAbove(folder: string): string[] {
  return lockNames.flatMap((name) => {
    const found = findUpward(folder, name);
    return found ? [join(found, name)] : [];
  });
}

/** Files that cells name; a cell whose rules cannot be read is reported elsewhere. */
function namedInputs(notebook: Notebook, folder: string): string[] {
  return codeCells(notebook).flatMap((cell) => {
    try {
      return rulesOf(cell).inputs.map((name) => resolve(folder, name));
    } catch {
      return [];
    }
  });
}

let specs: Record<string, { spec: unknown; resource_dir: string }> | undefined;

/** Hash of what starts the kernel; one Python call for all kernels of this process. */
function kernelspecHash(kernel: string): string {
  specs ??= readSpecs();
  const found = specs[kernel];
  return found ? digestOf(found.spec) : "absent";
}

function readSpecs(): Record<string, { spec: unknown; resource_dir: string }> {
  const code =
    "import json\nfrom jupyter_client.kernelspec import KernelSpecManager as M\nprint(json.dumps(M().get_all_specs()))";
  const env = { ...process.env, JUPYTER_PREFER_ENV_PATH: "1" };
  return JSON.parse(
    execFileSync(pythonFor("executing notebooks", ["nbclient", "nbformat"]), ["-c", code], { env, encoding: "utf8" }),
  ) as typeof specs & object;
}

let known: Record<string, string> | undefined;

function versions(): Record<string, string> {
  if (known) return known;
  const own = JSON.parse(readFileSync(join(packageFolder(__dirname), "package.json"), "utf8")) as {
    name: string;
    version: string;
  };
  const runner = ["execute_notebook", "kernels", "run", "files", "protocol", "streams", "farewell", "observer"];
  const scripts = runner.map((name) => fileHash(runnerFile(`${name}.py`)));
  known = {
    node: process.versions.node,
    [own.name]: own.version,
    runner: digestOf(scripts).slice(0, 12),
    kernel: kernelBuild(),
  };
  return known;
}

/** Hash of our kernel's build: a notebook that imports nothing depends on it too. */
function kernelBuild(): string {
  const kernel = kernelFolder();
  return kernel ? contentHash(join(kernel, "dist")).slice(0, 12) : "absent";
}

/** What is known once a notebook has run. */
export function provenanceOf(
  inputs: Inputs,
  path: string,
  ran: { facts: RunFacts | undefined; seconds: number; cellSeconds: readonly number[]; observed?: Observed },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Provenance {
  const processors = cpus();
  return {
    inputs,
    facts: ran.facts ?? null,
    ...(ran.observed ? { rests: restsOf(ran.observed, env) } : {}),
    data: Object.fromEntries((ran.facts?.inputs ?? []).map((each) => [each, contentHash(each)])),
    ...commitOf(dirname(resolve(path))),
    machine: {
      cpu: processors[0]?.model.trim() || "unknown",
      cores: processors.length,
      system: `${platform()} ${release()} ${arch()}`,
    },
    finished: new Date().toISOString(),
    seconds: ran.seconds,
    cellSeconds: ran.cellSeconds,
  };
}

/** What of a stored result's provenance is not so any more; empty when it belongs to what is there now. */
export function changesSince(
  stored: Provenance,
  now: Inputs,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const changed: string[] = [];
  const compare = (what: string, before: unknown, after: unknown): void => {
    if (digestOf(before) !== digestOf(after)) changed.push(what);
  };
  const { inputs } = stored;
  compare("the cells", inputs.cells, now.cells);
  for (const [what, key] of [
    ["source", "sources"],
    ["lock file", "locks"],
    ["input", "files"],
    ["version of", "versions"],
    ["environment variable", "environment"],
    ["parameter", "parameters"],
  ] as const) {
    const names = new Set([...Object.keys(inputs[key]), ...Object.keys(now[key])]);
    for (const name of names) compare(`${what} ${name}`, inputs[key][name], now[key][name]);
  }
  compare("the packages", inputs.packages, now.packages);
  compare("the kernel", [inputs.kernel, inputs.kernelspec], [now.kernel, now.kernelspec]);
  compare("--only", inputs.only, now.only);
  for (const [path, hash] of Object.entries(stored.data)) compare(`data ${path}`, hash, contentHash(path));
  if (stored.rests) changed.push(...changesOf(stored.rests, env));
  return changed;
}
