/** Optuna and Keras Tuner in an environment of their own, `.venv-bench-tune`, which sees the project's Keras. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findUpward } from "dnn-lab-core/files";

const PACKAGES = ["optuna==5.0.0", "keras-tuner==1.4.8", "tensorboard==2.21.0"];
const root = findUpward(__dirname, "package.json") as string;
const project = join(root, ".venv");
const folder = join(root, ".venv-bench-tune");

/** The environment's Python; makes the environment when that has not been done. */
export function tunePython(): string {
  const python = join(folder, "bin", "python");
  const stamp = join(folder, `installed-${PACKAGES.join("-").replaceAll("=", "")}`);
  if (existsSync(stamp)) return python;
  process.stderr.write(`Making .venv-bench-tune with ${PACKAGES.join(" and ")} (once) …\n`);
  rmSync(folder, { recursive: true, force: true });
  run(join(project, "bin", "python"), ["-m", "venv", folder]);
  const [own, theirs] = [packagesOf(folder), packagesOf(project)];
  writeFileSync(join(own, "project.pth"), `${theirs}\n`);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES]);
  writeFileSync(stamp, "");
  return python;
}

/** Where an environment keeps its packages. */
function packagesOf(environment: string): string {
  const lib = join(environment, "lib");
  return join(lib, readdirSync(lib).find((name) => name.startsWith("python")) as string, "site-packages");
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2] });
  if (status === 0) return;
  throw new Error(`bench: ${[program, ...args].join(" ")} failed: ${error?.message ?? `it ended with ${status}`}`);
}
