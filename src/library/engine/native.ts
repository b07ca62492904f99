/** The native engine: tfjs-node on TensorFlow's C library, loaded synchronously. */
import { messageOf } from "dnn-lab-core/errors";
import { findOptional } from "dnn-lab-core/optional-package";
import { dirname, existsSync, join, readFileSync, process, requireModule } from "../platform";
import { cpuFeatures } from "./machine";
import { supplyRemovedUtilities } from "./node-compatibility";
import { loadQuietly } from "./quiet-load";

/** tfjs-node-gpu serves both: linked to a CPU library it reports no GPU. */
const packages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

interface Found {
  readonly name: string;
  readonly folder: string;
  readonly binding: string;
}

const remedy = "npx dnn-lab setup; in a clone: npm run setup";

/** Where a package that was really installed under `name` keeps its binding (danfo's override puts plain tfjs there). */
function find(name: string): Found | undefined {
  const file = findOptional(`${name}/package.json`);
  if (file === undefined) return undefined;
  const { name: real } = JSON.parse(readFileSync(file, "utf8")) as { name: string };
  if (real !== name) return undefined;
  const folder = dirname(file);
  const binding = [8, 7, 6, 5, 4, 3]
    .map((version) => join(folder, "lib", `napi-v${version}`, "tfjs_binding.node"))
    .find(existsSync);
  return { name, folder, binding: binding ?? "" };
}

/** Loading a library for AVX on a processor without it ends the process, so this is looked at before. */
function lacksAvx(): boolean {
  return process.arch === "x64" && cpuFeatures()?.includes("avx") === false;
}

function firstLine(error: unknown): string {
  return messageOf(error).trim().split("\n")[0];
}

/** Loads the native engine. Returns undefined when it computes from now on, else the reason why it does not work here. */
export function loadNative(): string | undefined {
  const found = packages.map(find).filter((each) => each !== undefined);
  const linked = found.find(({ binding }) => binding);
  if (found.length === 0) return `the package @tensorflow/tfjs-node-gpu is not installed (${remedy})`;
  if (!linked) return `${found[0].name} is not linked to a TensorFlow library yet (${remedy})`;
  if (lacksAvx()) return "this processor has no AVX, which TensorFlow's library needs";
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // errors only: the rest would land in every cell
  supplyRemovedUtilities();
  try {
    loadQuietly(linked.binding, () => void requireModule(linked.folder));
    return undefined;
  } catch (error) {
    return `${linked.name} does not load: ${firstLine(error)} (${remedy}; npx dnn-lab doctor)`;
  }
}
