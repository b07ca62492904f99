/** Python environments of the benchmarks' own, `.venv-bench-<peer>`, for peers that nothing else here needs. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findUpward } from "dnn-lab-core/files";

const root = findUpward(__dirname, "package.json") as string;

/** A peer's Python; makes its environment, with what requirements-bench.txt pins for it, when that has not been done. */
export function benchPython(peer: "jax" | "torch"): string {
  const folder = join(root, `.venv-bench-${peer}`);
  const python = join(folder, "bin", "python");
  const stamp = join(folder, "installed.txt");
  const lines = readFileSync(join(root, "requirements-bench.txt"), "utf8").split("\n");
  const wanted = `${lines.filter((line) => line.startsWith(peer)).join("\n")}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
  process.stderr.write(`Making .venv-bench-${peer} (once): ${wanted.trim().replaceAll("\n", ", ")} …\n`);
  rmSync(folder, { recursive: true, force: true });
  run(join(root, ".venv", "bin", "python"), ["-m", "venv", folder]);
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, wanted);
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
