/** Where the project keeps what executes notebooks, and the Python that does. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findUpward } from "../core/files";

/** The project's folder, from the sources as well as from the build. */
export function projectFolder(): string {
  const folder = findUpward(__dirname, "requirements.txt");
  if (folder) return folder;
  throw new Error(`The project's folder was not found above ${__dirname} (looked for requirements.txt).`);
}

/** Python of a virtual environment. */
function pythonIn(environment: string): string {
  return join(environment, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

/** Python of the project's virtual environment. Throws when the set-up has not made it. */
export function venvPython(): string {
  const python = pythonIn(join(projectFolder(), ".venv"));
  if (existsSync(python)) return python;
  throw new Error(`${python} is missing: run npm run setup.`);
}

const chosen = new Map<string, string>();

/**
 * The first Python that has `modules`: that of a clone's own environment, of the active environment (`VIRTUAL_ENV`,
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
  const above = findUpward(process.cwd(), ".venv");
  const environments = [
    join(projectFolder(), ".venv"),
    process.env.VIRTUAL_ENV,
    process.env.CONDA_PREFIX,
    above && join(above, ".venv"),
  ];
  const own = environments.flatMap((each) => (each && existsSync(pythonIn(each)) ? [pythonIn(each)] : []));
  return [...new Set([...own, "python3", "python"])];
}

/** Whether it has the modules; only their specifications are looked up, which is quick. */
function canImport(python: string, modules: readonly string[]): boolean {
  const code = `import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in ${JSON.stringify(modules)}))`;
  return spawnSync(python, ["-c", code], { stdio: "ignore" }).status === 0;
}
