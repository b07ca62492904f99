/** The native engine in a user's project: pip's TensorFlow in a virtual environment of ours, and the binding linked to it. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { linkBinding, nativeIsPossible } from "./binding.mjs";
import { collect, pythonEnvironment } from "./command.mjs";
import { tensorflowPackage } from "./parts.mjs";
import { SetupProblem, problemFromOutput } from "./problem.mjs";
import { requirePython } from "./python.mjs";

const pythonIn = (venv) => join(venv, "bin", "python");

/** The TensorFlow of a virtual environment. */
function tensorflowIn(venv) {
  const lib = join(venv, "lib");
  const python = existsSync(lib) && readdirSync(lib).find((name) => /^python3\.\d+t?$/.test(name));
  return python ? join(lib, python, "site-packages", "tensorflow") : undefined;
}

async function makeEnvironment(venv, detail) {
  const { executable, version } = requirePython();
  detail(`a Python ${version} environment`);
  rmSync(venv, { recursive: true, force: true });
  const { code, output } = await collect(executable, ["-m", "venv", venv], { env: pythonEnvironment() });
  if (code !== 0)
    throw problemFromOutput(
      "the Python environment could not be made",
      output,
      `Try by hand: ${executable} -m venv ${venv}`,
    );
}

async function installTensorFlow(venv, name, detail) {
  const onLine = (line) => {
    const [, verb, what] = /^\s*(Collecting|Downloading|Installing) ?(\S+)?/.exec(line) ?? [];
    if (verb) detail(`${verb.toLowerCase()} ${what ?? ""}`);
  };
  const args = ["-m", "pip", "install", "--no-input", "--progress-bar", "off", "--timeout", "60", name];
  const { code, output } = await collect(pythonIn(venv), args, { env: pythonEnvironment(), onLine });
  if (code !== 0) throw problemFromOutput(`${name} could not be installed`, output, "Run the command again.");
}

/** Links the tfjs-node-gpu of `folder` (of ours) to TensorFlow; `flavour` is `cpu` or `gpu`. */
export async function setUpNative(folder, flavour, detail) {
  if (!nativeIsPossible())
    throw new SetupProblem(
      "there is no native library for this system",
      `pip's TensorFlow for ${process.platform} has none to link to`,
      "Go on with WebAssembly, which needs no set-up.",
    );
  const venv = join(folder, "venv");
  if (tensorflowIn(venv) === undefined) await makeEnvironment(venv, detail);
  await installTensorFlow(venv, tensorflowPackage(flavour), detail);
  return linkBinding({
    bindingPackage: join(folder, "node_modules", "@tensorflow", "tfjs-node-gpu"),
    headers: join(folder, "node_modules", "node-api-headers", "include"),
    tensorflow: tensorflowIn(venv),
    python: pythonIn(venv),
    cache: folder,
    detail,
    remedy: `Delete ${folder} and run the command again.`,
  });
}
