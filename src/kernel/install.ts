/**
 * Puts the kernel where Jupyter finds it, and takes it away again.
 *
 * @module dnn-lab-kernel
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { logoPng, logoSvg } from "./logo";
import { INTERNALS_FLAG } from "./protocol/node-internals";

/** The name that notebooks of tslab carry: this kernel takes its place. */
export const KERNEL_NAME = "tslab";

/** Where a kernelspec goes. */
export interface InstallOptions {
  /** For this user (the default). */
  readonly user?: boolean;
  /** Into the active Python environment (`VIRTUAL_ENV`, `CONDA_PREFIX`, or the `python3` found first). */
  readonly sysPrefix?: boolean;
  /** Below a folder: `<prefix>/share/jupyter/kernels`. */
  readonly prefix?: string;
  /** Default `tslab`. */
  readonly name?: string;
  /** What front ends show. Default `TypeScript`. */
  readonly displayName?: string;
  /** Environment variables for the kernel. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Jupyter kernelspec. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message";
  readonly env: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The kernelspec of this installation: Node and the kernel by their full paths, so that no front end needs a `PATH`. */
export function kernelSpec({ displayName = "TypeScript", environment = {} }: InstallOptions = {}): KernelSpec {
  const flags = [
    // Node 20 otherwise aborts when a cell is terminated inside a callback.
    "--no-force-async-hooks-checks",
    INTERNALS_FLAG,
    // What Node thinks of its own features is nothing that a notebook should show.
    "--disable-warning=ExperimentalWarning",
  ];
  return {
    argv: [process.execPath, ...flags, join(__dirname, "main.js"), "{connection_file}"],
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    env: environment,
    // It may be given one connected socket in place of a connection file (protocol/pipe-sockets.ts).
    metadata: { debugger: true, dnn_lab_channel: true },
  };
}

/** Yarn's Plug'n'Play keeps packages in archives that only its own Node reads; front ends start a plain one. Throws there. */
export function refusePlugNPlay(versions: Readonly<Record<string, string | undefined>> = process.versions): void {
  if (versions["pnp"] === undefined) return;
  throw new Error(
    "kernel install: Yarn's Plug'n'Play keeps this package in an archive, from which no front end can start it; " +
      "add `nodeLinker: node-modules` to .yarnrc.yml, run `yarn install`, and install the kernel again.",
  );
}

/**
 * Writes the kernelspec and its logos; returns the folder. An earlier one of the same name is replaced. Throws for a bad name
 * or place, and under Yarn's Plug'n'Play.
 */
export function installKernel(options: InstallOptions = {}): string {
  refusePlugNPlay();
  const folder = specFolder(options);
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const made = mkdtempSync(join(parent, ".dnn-lab-"));
  // A temporary folder is its owner's alone; a kernel may be for all users.
  chmodSync(made, 0o755);
  writeFileSync(join(made, "kernel.json"), `${JSON.stringify(kernelSpec(options), null, 2)}\n`);
  writeFileSync(join(made, "logo-svg.svg"), logoSvg());
  for (const size of [32, 64]) writeFileSync(join(made, `logo-${size}x${size}.png`), logoPng(size));
  rmSync(folder, { recursive: true, force: true });
  renameSync(made, folder);
  return folder;
}

/** Removes the kernelspec; returns the folder, or undefined when there was none. Throws for another program's kernel. */
export function uninstallKernel(options: InstallOptions = {}): string | undefined {
  const folder = specFolder(options);
  if (!existsSync(folder)) return undefined;
  const spec = readSpec(folder);
  if (spec !== undefined && !spec.argv.some((argument) => /kernel[\\/](dist[\\/])?main\.js$/.test(argument))) {
    throw new Error(
      `kernel uninstall: ${folder} belongs to another program (${spec.argv.join(" ")}); remove it with \`jupyter kernelspec uninstall\`.`,
    );
  }
  rmSync(folder, { recursive: true });
  return folder;
}

/** The kernelspec in a folder; undefined when there is none that can be read. */
export function readSpec(folder: string): KernelSpec | undefined {
  try {
    const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as Partial<KernelSpec>;
    return Array.isArray(spec.argv) ? (spec as KernelSpec) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws for a bad name and for places that exclude each other. */
export function checkInstallOptions({ user, sysPrefix, prefix, name = KERNEL_NAME }: InstallOptions): void {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new RangeError(`kernel: name must consist of letters, digits, ".", "_" and "-", received "${name}"`);
  }
  if ([user === true, sysPrefix === true, prefix !== undefined].filter(Boolean).length > 1) {
    throw new RangeError("kernel: --user, --sys-prefix and --prefix exclude each other; give one of them");
  }
}

/** The folder of a kernelspec. Throws as `checkInstallOptions` does, and when there is no Python for `sysPrefix`. */
export function specFolder(options: InstallOptions): string {
  checkInstallOptions(options);
  const { sysPrefix, prefix, name = KERNEL_NAME } = options;
  const data = prefix !== undefined ? below(resolve(prefix)) : sysPrefix === true ? below(pythonPrefix()) : userData();
  return join(data, "kernels", name.toLowerCase());
}

function below(prefix: string): string {
  return join(prefix, "share", "jupyter");
}

/** Jupyter's folder for the data of a user. */
export function userData(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment["JUPYTER_DATA_DIR"]) return environment["JUPYTER_DATA_DIR"];
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32")
    return join(environment["APPDATA"] ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(environment["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "jupyter");
}

/** The folder of the active Python environment. Throws when there is no Python. */
export function pythonPrefix(): string {
  const active = process.env["VIRTUAL_ENV"] ?? process.env["CONDA_PREFIX"];
  if (active) return active;
  for (const python of ["python3", "python"]) {
    const { status, stdout } = spawnSync(python, ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" });
    if (status === 0 && stdout.trim() !== "") return stdout.trim();
  }
  throw new Error("kernel: --sys-prefix found no Python; activate an environment, or give --prefix");
}
