/**
 * tfjs-node's native binding, compiled against the TensorFlow that pip installed: its C++ files are unchanged, and the
 * library is found through a relative run path, so nothing is copied. Needs any C++ compiler; without one, PyPI's
 * ziglang, which is installed into the virtual environment, is one.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ask, collect, pythonEnvironment } from "../command.mjs";
import { bindingFile, bindingPackage, cacheFolder, modulesFolder, root, sitePackages, venvPython } from "../paths.mjs";
import { SetupProblem, lastLines, problemFromOutput } from "../problem.mjs";
import { hashOf, hashOfFiles } from "../stamps.mjs";
import { tensorflowVersion } from "./python-packages.mjs";

const ZIG = "ziglang==0.15.2";
const quietLoadSource = join(root, "scripts", "setup", "native", "quiet-load.cc");
const quietLoadFile = join(dirname(bindingFile), "quiet_load.node");
const SLOW_WAY = "Or go without the native library, which is several times slower: DNN_LAB_ENGINE=wasm";

/** The two libraries of pip's TensorFlow by their names on this platform. */
function libraryNames() {
  return process.platform === "darwin"
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
}

function tensorflowFolder() {
  return join(sitePackages() ?? "", "tensorflow");
}

/** Whether this platform can have the native library at all (Windows' TensorFlow wheel has no library to link to). */
export function nativeIsPossible() {
  return process.platform === "linux" || process.platform === "darwin";
}

/** Whether the engine that was asked for needs the native library. */
export function nativeIsWanted() {
  return nativeIsPossible() && !["wasm", "cpu"].includes(process.env.DNN_LAB_ENGINE ?? "");
}

function bindingSources() {
  const folder = join(bindingPackage, "binding");
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name))
    : [];
}

/** A C++ compiler as command and first arguments; undefined when the machine has none. */
export function findCompiler() {
  const named = process.env.CXX ? [process.env.CXX] : [];
  const found = [...named, "c++", "g++", "clang++"].find((name) => ask(name, ["--version"]) !== undefined);
  return found && { command: found, args: [], name: found };
}

async function installZig(detail) {
  detail(`no C++ compiler: installing ${ZIG} from PyPI`);
  const { code, output } = await collect(
    venvPython,
    ["-m", "pip", "install", "--no-input", "--progress-bar", "off", ZIG],
    { cwd: root, env: pythonEnvironment() },
  );
  if (code !== 0) {
    throw problemFromOutput(
      "no C++ compiler was found, and ziglang could not be installed",
      output,
      `Install a compiler (on Debian: apt-get install g++). ${SLOW_WAY}`,
    );
  }
  return { command: venvPython, args: ["-m", "ziglang", "c++"], name: ZIG };
}

const darwin = process.platform === "darwin";

/** Arguments for any addon: a shared library whose Node functions are found when it is loaded. */
function addonArguments() {
  const headers = join(modulesFolder, "node-api-headers", "include");
  const undefinedSymbols = darwin ? ["-Wl,-undefined,dynamic_lookup"] : [];
  return ["-shared", "-fPIC", "-std=c++17", "-O2", "-w", "-DNAPI_VERSION=8", "-I", headers, ...undefinedSymbols];
}

/** Arguments that compile tfjs-node's binding against pip's TensorFlow, found at run time by a relative path. */
function bindingArguments() {
  const tensorflow = tensorflowFolder();
  return [
    ...addonArguments(),
    ...["-I", join(tensorflow, "include")],
    ...bindingSources().filter((file) => file.endsWith(".cc")),
    ...libraryNames().map((name) => join(tensorflow, name)),
    `-Wl,-rpath,${darwin ? "@loader_path" : "$ORIGIN"}/${relative(dirname(bindingFile), tensorflow)}`,
    `-Wl,-rpath,${tensorflow}`,
  ];
}

/** Zig keeps what it builds of its own libraries: in the project's cache. */
function compilerEnvironment() {
  return {
    ...process.env,
    ZIG_GLOBAL_CACHE_DIR: join(cacheFolder, "zig"),
    ZIG_LOCAL_CACHE_DIR: join(cacheFolder, "zig"),
  };
}

/** Compiles to a temporary name and renames, so that a program that has the old file loaded keeps it. */
async function compile(compiler, args, output) {
  const temporary = `${output}.${process.pid}.tmp`;
  const { code, output: said } = await collect(compiler.command, [...compiler.args, ...args, "-o", temporary], {
    cwd: root,
    env: compilerEnvironment(),
  });
  if (code === 0) return renameSync(temporary, output);
  rmSync(temporary, { force: true });
  throw problemFromOutput(
    "the native binding does not compile",
    `${compiler.name}:\n${said}`,
    `Try another compiler (CXX=clang++). ${SLOW_WAY}`,
  );
}

/** What a compiler wrote whose run was killed. */
function removeLeftovers() {
  const folder = dirname(bindingFile);
  const left = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
  for (const name of left) rmSync(join(folder, name), { force: true });
}

/** Loads the binding in a process of its own and multiplies with it: a library that crashes must not take us along. */
async function tryOut() {
  const script = `const tf = require("@tensorflow/tfjs-node-gpu");
    const product = tf.matMul([[1, 2], [3, 4]], [[5], [6]]).dataSync();
    if (product[0] !== 17 || product[1] !== 39) throw new Error("wrong product " + product);
    console.log("TensorFlow " + tf.backend().binding.TF_Version);`;
  const shim = `const util = require("util"); util.isNullOrUndefined ??= (value) => value == null; util.isArray ??= Array.isArray;`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const { code, output } = await collect(process.execPath, ["-e", shim + script], { cwd: root, env });
  if (code === 0) return;
  rmSync(bindingFile, { force: true });
  const crash = /SIGILL/.test(output)
    ? "the processor lacks instructions (AVX) that this TensorFlow needs"
    : lastLines(output);
  throw new SetupProblem(
    "the native TensorFlow library was linked but does not work",
    crash,
    `Delete the folder .venv and run the command again. ${SLOW_WAY}`,
  );
}

export const nativeLibrary = {
  id: "native-library",
  title: "native TensorFlow library for tfjs-node",
  key: () =>
    hashOf(hashOfFiles([...bindingSources(), quietLoadSource]), tensorflowVersion(), tensorflowFolder(), process.arch),
  intact: () =>
    existsSync(bindingFile) &&
    existsSync(quietLoadFile) &&
    libraryNames().every((name) => existsSync(join(tensorflowFolder(), name))),
  async run({ detail }) {
    const missing = libraryNames().find((name) => !existsSync(join(tensorflowFolder(), name)));
    if (missing) {
      throw new SetupProblem(
        "TensorFlow's library is missing",
        `pip's TensorFlow has no ${missing}`,
        `Delete the folder .venv and run the command again. ${SLOW_WAY}`,
      );
    }
    const compiler = findCompiler() ?? (await installZig(detail));
    detail(`compiling with ${compiler.name}`);
    mkdirSync(dirname(bindingFile), { recursive: true });
    removeLeftovers();
    await compile(compiler, [...addonArguments(), quietLoadSource], quietLoadFile);
    await compile(compiler, bindingArguments(), bindingFile);
    detail("trying it out");
    await tryOut();
    return { note: `TensorFlow ${tensorflowVersion()}, compiled with ${compiler.name}` };
  },
};
