/** Finds a Python that can make the virtual environment: 3.10 to 3.13, for which TensorFlow has wheels. */
import { ask, pythonEnvironment } from "./command.mjs";
import { SetupProblem } from "./problem.mjs";

export const OLDEST = [3, 10];
export const NEWEST = [3, 13];

const QUESTION = `
import importlib.util, json, platform, struct, sys
print(json.dumps({
    "version": platform.python_version(), "executable": sys.executable, "bits": struct.calcsize("P") * 8,
    "implementation": platform.python_implementation(),
    "venv": bool(importlib.util.find_spec("venv")), "ensurepip": bool(importlib.util.find_spec("ensurepip")),
}))`;

/** What an interpreter says about itself; undefined when it cannot be run. */
export function probe(command) {
  const answer = ask(command, ["-c", QUESTION], { env: pythonEnvironment() });
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/** Why an interpreter will not do; undefined when it will. */
export function unsuitable({ version, bits, implementation }) {
  const [major, minor] = version.split(".").map(Number);
  if (implementation !== "CPython") return `is ${implementation}, TensorFlow needs CPython`;
  if (bits !== 64) return "is a 32-bit build, TensorFlow needs 64 bits";
  if (major !== 3 || minor < OLDEST[1])
    return `is ${version}, too old (need ${OLDEST.join(".")} to ${NEWEST.join(".")})`;
  if (minor > NEWEST[1])
    return `is ${version}, for which TensorFlow has no wheel (need ${OLDEST.join(".")} to ${NEWEST.join(".")})`;
  return undefined;
}

function candidates() {
  if (process.env.DNN_LAB_PYTHON) return [process.env.DNN_LAB_PYTHON];
  return ["python3", "python", "python3.13", "python3.12", "python3.11", "python3.10"];
}

/** `{ python, rejected }`: the first interpreter that will do, and why those before it will not. */
export function findPython(names = candidates(), ask = probe) {
  const rejected = [];
  for (const name of names) {
    const python = ask(name);
    const reason = python ? unsuitable(python) : "was not found, or does not start";
    if (!reason && (python.ensurepip || names.length === 1)) return { python, rejected };
    rejected.push({ name, reason: reason ?? "has no ensurepip", python });
  }
  // Better one that only lacks a Debian package than none: the message can then say which.
  return { python: rejected.find(({ python, reason }) => python && reason === "has no ensurepip")?.python, rejected };
}

function noPython(rejected) {
  const found = rejected.filter(({ python }) => python);
  const list =
    found.map(({ name, reason }) => `${name} ${reason}`).join("\n") ||
    `tried ${rejected.map(({ name }) => name).join(", ")}: none starts`;
  const remedy = `Install Python ${OLDEST.join(".")} to ${NEWEST.join(".")} (on Debian and Ubuntu: apt-get install python3 python3-venv), or name one: DNN_LAB_PYTHON=/path/to/python3.12`;
  return new SetupProblem(found.length ? "no suitable Python was found" : "Python was not found", list, remedy);
}

function noVenv({ version, executable }) {
  const minor = version.split(".").slice(0, 2).join(".");
  return new SetupProblem(
    "Python cannot make virtual environments",
    `${executable} (${version}) lacks the modules venv and ensurepip, which Debian and Ubuntu keep in a package of their own`,
    `apt-get install python${minor}-venv (or python3-venv), or name another Python: DNN_LAB_PYTHON=/path/to/python3.12`,
  );
}

/** The Python to use, or a problem that says which were tried and what to install. */
export function requirePython() {
  const { python, rejected } = findPython();
  if (!python) throw noPython(rejected);
  if (!python.venv || !python.ensurepip) throw noVenv(python);
  return python;
}
