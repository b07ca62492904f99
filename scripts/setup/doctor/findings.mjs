/** What the doctor looks at: each finding has a state (`ok`, `note`, `gap`, `blocker`), a title, a detail and a remedy. */
import { existsSync } from "node:fs";
import { arch, availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { ask } from "../../../src/library/setup/command.mjs";
import { freeGigabytes } from "../disk.mjs";
import { flavour } from "../flavour.mjs";
import { kernelsFolder, nodePackageVersion, pythonPackageVersion, root } from "../paths.mjs";
import { findPython, requirePython } from "../../../src/library/setup/python.mjs";
import { allSteps, isDone } from "../set-up.mjs";
import { readJson, wasCutShort } from "../stamps.mjs";
import { findCompiler } from "../../../src/library/setup/binding.mjs";
import { nativeIsWanted } from "../steps/native-library.mjs";
import { findNpm } from "../../../src/library/setup/npm.mjs";

const SPACE_FOR_EVERYTHING = 4;

const ok = (title, detail) => ({ state: "ok", title, detail });
const note = (title, detail, remedy) => ({ state: "note", title, detail, remedy });
const gap = (title, detail, remedy) => ({ state: "gap", title, detail, remedy });
const blocker = (title, detail, remedy) => ({ state: "blocker", title, detail, remedy });

export function machineFindings() {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB of memory`;
  return [
    ok(`${process.platform} ${release()} on ${arch()}`, `${processor}, ${availableParallelism()} threads, ${memory}`),
    diskFinding(),
    gpuFinding(),
  ];
}

function diskFinding() {
  const free = freeGigabytes();
  const detail = `${free.toFixed(1)} GB free`;
  if (free >= SPACE_FOR_EVERYTHING || allSteps.every(isDone)) return ok("disk", detail);
  return blocker("disk", detail, `The set-up takes about ${SPACE_FOR_EVERYTHING} GB: free some space.`);
}

function gpuFinding() {
  const name =
    process.platform === "linux"
      ? ask("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"])
      : undefined;
  if (!name) return note("GPU", "no NVIDIA GPU found (nvidia-smi does not answer); the processor computes");
  if (flavour() === "gpu") return ok("GPU", name);
  return gap(
    "GPU",
    `${name}, not used`,
    "npm run setup -- --gpu installs the TensorFlow for it (not tested by the project itself)",
  );
}

export function toolFindings() {
  return [
    ok("Node", `${process.versions.node} (${process.execPath})`),
    npmFinding(),
    pythonFinding(),
    compilerFinding(),
  ];
}

function npmFinding() {
  const npm = findNpm();
  const version = npm && ask(npm.command, [...npm.args, "--version"]);
  return version ? ok("npm", version) : blocker("npm", "not found", "Install npm: it comes with Node from nodejs.org.");
}

function pythonFinding() {
  const { python, rejected } = findPython();
  try {
    requirePython();
  } catch (problem) {
    return blocker("Python", `${problem.message}\n${problem.why}`, problem.remedy);
  }
  const before = rejected.filter((each) => each.python).map(({ name, reason }) => `${name} ${reason}`);
  return ok("Python", [`${python.version} (${python.executable})`, ...before].join("; "));
}

function compilerFinding() {
  const compiler = findCompiler();
  if (compiler) return ok("C++ compiler", ask(compiler.command, ["--version"])?.split("\n")[0]);
  return note("C++ compiler", "none found; the set-up installs PyPI's ziglang instead, which takes a minute longer");
}

export function setUpFindings() {
  const steps = allSteps.map((step) => {
    if (isDone(step)) return ok(step.title, versionsOf(step.id));
    if (wasCutShort(step.id)) return gap(step.title, "was begun and did not end", "npm run setup does it again");
    return gap(step.title, "not done yet, or out of date", "npm run setup (every command does it by itself)");
  });
  return [
    ...steps,
    kernelFinding("tslab", "the project's own"),
    kernelFinding("tslab-stock", "from npm, to compare with"),
  ];
}

function versionsOf(step) {
  const named = (names, version) => names.map((name) => `${name} ${version(name) ?? "missing"}`).join(", ");
  if (step === "node-packages")
    return named(["@tensorflow/tfjs", "tslab", "typescript", "danfojs-node"], nodePackageVersion);
  if (step === "python-packages")
    return named(
      ["jupyterlab", "nbclient", "nbconvert", flavour() === "gpu" ? "tensorflow" : "tensorflow-cpu"],
      pythonPackageVersion,
    );
  if (step === "native-library" && !nativeIsWanted())
    return `not needed with DNN_LAB_ENGINE=${process.env.DNN_LAB_ENGINE} on ${process.platform}`;
  return undefined;
}

function kernelFinding(name, whose) {
  const title = `kernel ${name}, ${whose}`;
  const spec = readJson(join(kernelsFolder, name, "kernel.json"));
  if (!Array.isArray(spec?.argv)) return gap(title, "no kernelspec yet", "npm run setup");
  const missing = spec.argv.filter((word) => /^([/\\]|[A-Za-z]:)/.test(word)).find((path) => !existsSync(path));
  if (missing) return gap(title, `the kernelspec names ${missing}, which is not there`, "npm run setup");
  return ok(title, spec.argv.join(" ").replaceAll(`${root}/`, ""));
}

/** `library` is what library.mjs found out. */
export function engineFindings(library) {
  if (!library) return [gap("engine", "the library is not built yet", "npm run setup")];
  if (library.problem)
    return [
      blocker(
        "engine",
        library.problem,
        "npm run setup; if that does not help, delete node_modules and .venv and run it again",
      ),
    ];
  const { name, backend, tensorflow, tfjs, why, rejected, cpuFeatures, gpu, threads } = library.engine;
  const best = name === "native" || why.includes("forces");
  const main = `${name} (TensorFlow.js ${tfjs}, backend '${backend}'${tensorflow ? `, TensorFlow ${tensorflow}` : ""})`;
  return [
    best
      ? ok("chosen", `${main}. ${why}`)
      : gap("chosen", `${main}: several times slower than native`, "npm run setup links the native library"),
    ...rejected.map(({ engine, reason }) => note(`not ${engine}`, reason)),
    note("computes on", gpu ? "the GPU" : `${threads} ${threads === 1 ? "thread" : "threads"} of the processor`),
    note("processor features", cpuFeatures?.join(" ") ?? "not told by this system"),
  ];
}
