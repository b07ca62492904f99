/** The virtual environment `.venv`. It is not movable, so a moved project folder gets a new one. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { collect, pythonEnvironment } from "../../../src/library/setup/command.mjs";
import { needSpace } from "../disk.mjs";
import { flavour } from "../flavour.mjs";
import { root, venvFolder, venvPython } from "../paths.mjs";
import { problemFromOutput } from "../../../src/library/setup/problem.mjs";
import { probe, requirePython, unsuitable } from "../../../src/library/setup/python.mjs";
import { hashOf } from "../stamps.mjs";

function configuration() {
  const file = join(venvFolder, "pyvenv.cfg");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Version of the Python that `.venv` was made with. */
export function pythonVersion() {
  return /^version\s*=\s*(.+)$/m.exec(configuration())?.[1];
}

/** Whether DNN_LAB_PYTHON, if set, is of the version that `.venv` was made with. */
function isTheOneNamed() {
  const name = process.env.DNN_LAB_PYTHON;
  return !name || probe(name)?.version === pythonVersion();
}

/** Whether a `.venv` that was made by hand can be used as it is. */
function usable() {
  if (flavour() === "gpu" || !configuration().includes(`venv ${venvFolder}\n`)) return false;
  const python = probe(venvPython);
  return Boolean(python?.ensurepip) && !unsuitable(python);
}

export const pythonEnvironmentStep = {
  id: "python-environment",
  title: "Python environment .venv",
  key: () => hashOf(root, flavour()),
  intact: () => existsSync(venvPython) && pythonVersion() !== undefined && isTheOneNamed(),
  adopt: (stamp) => !stamp && usable(),
  async run({ detail }) {
    needSpace(3);
    const python = requirePython();
    detail(`Python ${python.version}`);
    rmSync(venvFolder, { recursive: true, force: true });
    const { code, output } = await collect(python.executable, ["-m", "venv", venvFolder], { env: pythonEnvironment() });
    if (code !== 0) {
      throw problemFromOutput(
        "the Python environment could not be made",
        output,
        `Try by hand: ${python.executable} -m venv .venv (a folder path with ':' in it is not allowed); or name another Python: DNN_LAB_PYTHON=/path/to/python3.12`,
      );
    }
    return { note: `Python ${python.version}` };
  },
};
