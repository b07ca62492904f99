/** The Python programs that execute notebooks, and the Python that runs them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentProgram } from "dnn-lab-core/environment-program";
import { findUpward, packageFolder } from "dnn-lab-core/files";

/** A file of the Python programs that this package brings along. */
export function runnerFile(name: string): string {
  return join(packageFolder(__dirname), "runner", name);
}

/** Python of a virtual environment. */
const pythonIn = (environment: string): string => environmentProgram(environment, "python");

/** Python of the `.venv` of the project that this package is installed in (of a clone, its own). Throws when there is none. */
export function venvPython(): string {
  const folder = findUpward(packageFolder(__dirname), ".venv");
  const python = folder && pythonIn(join(folder, ".venv"));
  if (python && existsSync(python)) return python;
  throw new Error(
    `There is no .venv at or above ${packageFolder(__dirname)}: in a clone of dnn-lab, run npm run setup.`,
  );
}

const chosen = new Map<string, string>();

/**
 * The first Python that has `modules`: that of the `.venv` of the project this package is installed in, of the active environment (`VIRTUAL_ENV`,
 * `CONDA_PREFIX`), of a `.venv` at or above the working folder, `python3`, `python`.
 * @throws Error that says where it looked and how to mend it.
 */
export function pythonFor(purpose: string, modules: readonly string[]): string {
  const key = modules.join();
  const known = chosen.get(key);
  if (known) return known;
  const places = candidates();
  const found = places.find((python) => canImport(python, modules));
  if (found === undefined) {
    throw new Error(
      `${purpose} needs a Python with ${modules.join(", ")}; looked at ${places.join(", ")}. ` +
        `Install them there (pip install ${modules.join(" ")}); in a clone of dnn-lab: npm run setup.`,
    );
  }
  chosen.set(key, found);
  return found;
}

function candidates(): string[] {
  const [own, above] = [packageFolder(__dirname), process.cwd()].map((place) => findUpward(place, ".venv"));
  const environments = [
    own && join(own, ".venv"),
    process.env.VIRTUAL_ENV,
    process.env.CONDA_PREFIX,
    above && join(above, ".venv"),
  ];
  const found = environments.flatMap((each) => (each && existsSync(pythonIn(each)) ? [pythonIn(each)] : []));
  return [...new Set([...found, "python3", "python"])];
}

/** Whether it has the modules; only their specifications are looked up, which is quick. */
function canImport(python: string, modules: readonly string[]): boolean {
  const code = `import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in ${JSON.stringify(modules)}))`;
  return spawnSync(python, ["-c", code], { stdio: "ignore" }).status === 0;
}
