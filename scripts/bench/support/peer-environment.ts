/** A Python environment of the benchmarks' own, `.venv-bench`, for peers that nothing else here needs. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findUpward } from "dnn-lab-core/files";

const root = findUpward(__dirname, "package.json") as string;
const folder = join(root, ".venv-bench");
const requirements = join(root, "requirements-bench.txt");

/** The environment's Python; makes the environment, with what requirements-bench.txt pins, when that has not been done. */
export function benchPython(): string {
  const python = join(folder, "bin", "python");
  const stamp = join(folder, "installed.txt");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
  process.stderr.write("Making .venv-bench from requirements-bench.txt (once) …\n");
  rmSync(folder, { recursive: true, force: true });
  run(join(root, ".venv", "bin", "python"), ["-m", "venv", folder]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  writeFileSync(stamp, wanted);
  return python;
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2] });
  if (status === 0) return;
  const reason = error?.message ?? `it ended with ${String(status)}`;
  throw new Error(`bench: ${[program, ...args].join(" ")} failed: ${reason}. The peers in it are left out by --only.`);
}
