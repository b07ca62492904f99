/** Python packages in their pinned versions: Jupyter, nbclient, TensorFlow. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { collect, pythonEnvironment } from "../../../src/library/setup/command.mjs";
import { requirementsFile } from "../flavour.mjs";
import { pythonPackageVersion, root, venvPython } from "../paths.mjs";
import { problemFromOutput } from "../../../src/library/setup/problem.mjs";
import { hashOf } from "../stamps.mjs";
import { pythonVersion } from "./python-environment.mjs";

const NEEDED = ["nbclient", "nbformat", "nbconvert", "jupyterlab"];

/** Turns pip's output lines into a count and a package name. */
function follow(detail, total) {
  let collected = 0;
  return (line) => {
    const [, verb, name] =
      /^\s*(Collecting|Downloading|Installing|Requirement already satisfied:) ?(\S+)?/.exec(line) ?? [];
    if (verb === "Collecting") detail(`${++collected} of about ${total}: ${name}`);
    else if (verb === "Downloading")
      detail(`${collected} of about ${total}: downloading ${name?.split("-")[0]} ${/\(.*\)/.exec(line)?.[0] ?? ""}`);
    else if (verb === "Installing") detail("all fetched, unpacking");
  };
}

function hintFor(output) {
  if (/No matching distribution|Could not find a version/.test(output)) {
    return "The registry gave no such version. Check the connection; look at `pip config list` for an index that is not complete; or try another Python (DNN_LAB_PYTHON=/path/to/python3.12).";
  }
  return "Delete the folder .venv and run the command again.";
}

export const pythonPackages = {
  id: "python-packages",
  title: "Python packages",
  key: () => hashOf(readFileSync(requirementsFile()), root, pythonVersion()),
  intact: () => NEEDED.every((name) => pythonPackageVersion(name)),
  async run({ detail }) {
    const file = requirementsFile();
    const total = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /^\w/.test(line)).length;
    const args = ["-m", "pip", "install", "--no-input", "--progress-bar", "off", "-r", file];
    if (!process.env.PIP_DEFAULT_TIMEOUT) args.push("--timeout", "60");
    const { code, output } = await collect(venvPython, args, {
      cwd: root,
      env: pythonEnvironment(),
      onLine: follow(detail, total),
    });
    if (code !== 0) throw problemFromOutput("Python packages could not be installed", output, hintFor(output));
    return { note: `${basename(file)}, TensorFlow ${tensorflowVersion() ?? "not available here"}` };
  },
};

export function tensorflowVersion() {
  return pythonPackageVersion("tensorflow") ?? pythonPackageVersion("tensorflow_cpu");
}
