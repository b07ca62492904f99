/**
 * Loads the kernel's code on the thread of the cells into a realm of its own: other `Array.prototype`, other `Promise`, another
 * `Object.prototype`. What cells do to theirs (`Array.prototype.map = …`) reaches nothing of it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import * as vm from "node:vm";
import { MAIN_REALM, Map, Object, Symbol, realm } from "../intrinsics";

type Load = (file: string) => unknown;
type Wrapper = (module: object, exports: object, require: NodeJS.Require, file: string, folder: string) => void;

const PARAMETERS = ["module", "exports", "require", "__filename", "__dirname"];
/** The packages that are the kernel's own code. */
const OWN_FOLDER = dirname(__dirname) + sep;

/** A function that loads files of the kernel, and what they require of the kernel, into one new realm. */
export function createOwnRealm(): Load {
  const context = newContext();
  const modules = new Map<string, { exports: object }>();
  const load: Load = (file) => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const wrapper = vm.compileFunction(readFileSync(file, "utf8"), PARAMETERS, {
      filename: file,
      parsingContext: context,
    }) as unknown as Wrapper;
    wrapper(module, module.exports, requireFor(file, load), file, dirname(file));
    return module.exports;
  };
  return load;
}

/** A realm that knows the one in which cells run. */
function newContext(): vm.Context {
  const { DONT_CONTEXTIFY: plain } = vm.constants as unknown as { DONT_CONTEXTIFY?: vm.Context };
  const context = vm.createContext(plain);
  (context as Record<symbol, unknown>)[Symbol.for(MAIN_REALM)] = realm;
  return context;
}

/** `require` of a file: the kernel's own files are loaded into the realm, packages and Node's modules are everybody's. */
function requireFor(file: string, load: Load): NodeJS.Require {
  const original = createRequire(file);
  const own = (name: string): unknown => {
    const found = /^\.{1,2}\//.test(name) ? original.resolve(join(dirname(file), name)) : undefined;
    return found?.startsWith(OWN_FOLDER) && found.endsWith(".js") ? load(found) : original(name);
  };
  return Object.assign(own, { resolve: original.resolve, cache: original.cache, main: undefined }) as never;
}
