import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { environmentProgram } from "dnn-lab-core/environment-program";
import { pythonPrefix, type InstallOptions } from "./install";

/** The Python distribution that gives papermill our language: beside `dist` where the kernel is installed. */
const DISTRIBUTION = [join(__dirname, "..", "papermill"), join(__dirname, "papermill")].find((folder) =>
  existsSync(join(folder, "place.py")),
);
const NO_PAPERMILL = 3;

/**
 * Puts the distribution into the Python beside the kernelspec, so that `papermill -p epochs 5` can write TypeScript. Returns what
 * to tell the user: where it is, or how to install it; undefined when that Python has no papermill, or there is no Python.
 */
export function placeTranslator(options: InstallOptions): string | undefined {
  const python = pythonOf(options);
  if (python === undefined || DISTRIBUTION === undefined) return undefined;
  const { status, stdout } = spawnSync(python, [join(DISTRIBUTION, "place.py")], { encoding: "utf8" });
  if (status === 0) return `papermill's parameters can be TypeScript: dnn-lab-papermill is in ${stdout.trim()}`;
  if (status === NO_PAPERMILL) return undefined;
  return `For papermill's parameters (-p) in TypeScript: ${python} -m pip install "${DISTRIBUTION}"`;
}

/** Removes what {@link placeTranslator} has put there. */
export function removeTranslator(options: InstallOptions): void {
  const python = pythonOf(options);
  if (python !== undefined && DISTRIBUTION !== undefined)
    spawnSync(python, [join(DISTRIBUTION, "place.py"), "--remove"], { encoding: "utf8" });
}

/** The Python of the place into which the kernelspec goes. */
function pythonOf({ prefix, sysPrefix }: InstallOptions): string | undefined {
  const folder = prefix === undefined ? (sysPrefix === true ? pythonPrefix() : undefined) : resolve(prefix);
  if (folder === undefined) return ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);
  // Conda on Windows has it in the environment's folder itself.
  return [environmentProgram(folder, "python"), join(folder, "python.exe")].find((program) => existsSync(program));
}
