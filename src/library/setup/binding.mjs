/**
 * tfjs-node's native binding, compiled against the TensorFlow that pip installed: its C++ files are unchanged, and the
 * library is found through a relative run path, so nothing is copied. Needs any C++ compiler; without one, PyPI's
 * ziglang, which is installed into the virtual environment, is one.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ask, collect, pythonEnvironment } from "./command.mjs";
import { SetupProblem, lastLines, problemFromOutput } from "./problem.mjs";

const ZIG = "ziglang==0.15.2";
export const quietLoadSource = join(dirname(fileURLToPath(import.meta.url)), "quiet-load.cc");
const SLOW_WAY = "Or go without the native library, which is several times slower: DNN_LAB_ENGINE=wasm";
const darwin = process.platform === "darwin";

/** The two libraries of pip's TensorFlow by their names on this platform. */
export function libraryNames() {
  return darwin
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
}

/** Whether this platform can have the native library at all (Windows' TensorFlow wheel has no library to link to). */
export function nativeIsPossible() {
  return process.platform === "linux" || darwin;
}

/** Where the binding of a tfjs-node package is expected. */
export const bindingOf = (bindingPackage) => join(bindingPackage, "lib", "napi-v8", "tfjs_binding.node");

/** The addon that holds TensorFlow's greeting back while its library loads. */
export const quietLoadOf = (bindingPackage) => join(dirname(bindingOf(bindingPackage)), "quiet_load.node");

/** The C++ files of a tfjs-node package. */
export function bindingSources(bindingPackage) {
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

async function installZig(python, detail) {
  detail(`no C++ compiler: installing ${ZIG} from PyPI`);
  const { code, output } = await collect(python, ["-m", "pip", "install", "--no-input", "--progress-bar", "off", ZIG], {
    env: pythonEnvironment(),
  });
  if (code !== 0) {
    throw problemFromOutput(
      "no C++ compiler was found, and ziglang could not be installed",
      output,
      `Install a compiler (on Debian: apt-get install g++). ${SLOW_WAY}`,
    );
  }
  return { command: python, args: ["-m", "ziglang", "c++"], name: ZIG };
}

/** Arguments for any addon: a shared library whose Node functions are found when it is loaded. */
function addonArguments(headers) {
  const undefinedSymbols = darwin ? ["-Wl,-undefined,dynamic_lookup"] : [];
  return ["-shared", "-fPIC", "-std=c++17", "-O2", "-w", "-DNAPI_VERSION=8", "-I", headers, ...undefinedSymbols];
}

/** Arguments that compile tfjs-node's binding against pip's TensorFlow, found at run time by a relative path. */
function bindingArguments({ bindingPackage, headers, tensorflow }) {
  return [
    ...addonArguments(headers),
    ...["-I", join(tensorflow, "include")],
    ...bindingSources(bindingPackage).filter((file) => file.endsWith(".cc")),
    ...libraryNames().map((name) => join(tensorflow, name)),
    `-Wl,-rpath,${darwin ? "@loader_path" : "$ORIGIN"}/${relative(dirname(bindingOf(bindingPackage)), tensorflow)}`,
    `-Wl,-rpath,${tensorflow}`,
  ];
}

/** Compiles to a temporary name and renames, so that a program that has the old file loaded keeps it. */
async function compile(compiler, args, output, cache) {
  const temporary = `${output}.${process.pid}.tmp`;
  // Zig keeps what it builds of its own libraries in a folder of ours.
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: join(cache, "zig"), ZIG_LOCAL_CACHE_DIR: join(cache, "zig") };
  const { code, output: said } = await collect(compiler.command, [...compiler.args, ...args, "-o", temporary], { env });
  if (code === 0) return renameSync(temporary, output);
  rmSync(temporary, { force: true });
  throw problemFromOutput(
    "the native binding does not compile",
    `${compiler.name}:\n${said}`,
    `Try another compiler (CXX=clang++). ${SLOW_WAY}`,
  );
}

/** What a compiler wrote whose run was killed. */
function removeLeftovers(folder) {
  const left = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
  for (const name of left) rmSync(join(folder, name), { force: true });
}

/** Loads the binding in a process of its own and multiplies with it: a library that crashes must not take us along. */
async function tryOut({ bindingPackage, remedy }) {
  const script = `const tf = require(${JSON.stringify(bindingPackage)});
    const product = tf.matMul([[1, 2], [3, 4]], [[5], [6]]).dataSync();
    if (product[0] !== 17 || product[1] !== 39) throw new Error("wrong product " + product);
    console.log("TensorFlow " + tf.backend().binding.TF_Version);`;
  const shim = `const util = require("util"); util.isNullOrUndefined ??= (value) => value == null; util.isArray ??= Array.isArray;`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const { code, output } = await collect(process.execPath, ["-e", shim + script], { env });
  if (code === 0) return;
  rmSync(bindingOf(bindingPackage), { force: true });
  const crash = /SIGILL/.test(output)
    ? "the processor lacks instructions (AVX) that this TensorFlow needs"
    : lastLines(output);
  throw new SetupProblem("the native TensorFlow library was linked but does not work", crash, `${remedy} ${SLOW_WAY}`);
}

/**
 * Links a tfjs-node package to pip's TensorFlow; returns the compiler's name.
 * - `bindingPackage`: folder of the npm package, `headers`: of Node's API, `tensorflow`: of the pip package
 * - `python`: of the virtual environment, `cache`: folder for what the compiler keeps, `detail`: told what is being done
 * - `remedy`: what to do when the library does not work
 */
export async function linkBinding(places) {
  const { bindingPackage, headers, tensorflow, python, cache, detail, remedy } = places;
  const missing = libraryNames().find((name) => !existsSync(join(tensorflow, name)));
  if (missing) {
    throw new SetupProblem(
      "TensorFlow's library is missing",
      `pip's TensorFlow has no ${missing}`,
      `${remedy} ${SLOW_WAY}`,
    );
  }
  const compiler = findCompiler() ?? (await installZig(python, detail));
  detail(`compiling with ${compiler.name}`);
  const binding = bindingOf(bindingPackage);
  mkdirSync(dirname(binding), { recursive: true });
  removeLeftovers(dirname(binding));
  await compile(compiler, [...addonArguments(headers), quietLoadSource], quietLoadOf(bindingPackage), cache);
  await compile(compiler, bindingArguments({ bindingPackage, headers, tensorflow }), binding, cache);
  detail("trying it out");
  await tryOut({ bindingPackage, remedy });
  return compiler.name;
}
