/**
 * Tells a runner what a notebook's results rest on: files that were opened, loaded or looked for, environment variables that
 * were read, and what cannot be seen (child processes, workers, the network, native libraries). Switched on by
 * `DNN_LAB_OBSERVE=<file>`; `globalThis[Symbol.for("dnn-lab.observed")]()` writes the file, JSON:
 * `{ files, absent, folders, environment, unobserved }`, lists of absolute paths, of names and of words.
 */
import childProcess = require("node:child_process");
import fs = require("node:fs");
import Module = require("node:module");
import net = require("node:net");
import workers = require("node:worker_threads");
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Buffer,
  Error,
  JSON,
  Object,
  Proxy,
  Reflect,
  Set,
  String,
  Symbol,
  URL,
  encodeURIComponent,
  realm,
  process,
} from "../intrinsics";

export const OBSERVE_VARIABLE = "DNN_LAB_OBSERVE";

type Call = (...args: unknown[]) => unknown;
type Library = Record<string, unknown>;

/** Functions of `fs` (and `fs/promises`) that read, by what they tell. */
const reading = ["readFile", "open", "stat", "lstat", "access", "realpath", "copyFile", "readlink", "statfs"];
const listing = ["readdir", "opendir", "cp"];
/** What native code is known to read nothing else. */
const harmless = /[\\/](@tensorflow|zeromq|danfojs-node|typescript)[\\/]/;

const seen = {
  paths: new Set<string>(),
  folders: new Set<string>(),
  environment: new Set<string>(),
  unobserved: new Set<string>(),
};
/** Files that the program itself has written before it read them are no inputs. */
const written = new Set<string>();

/** Begins to observe when the runner asks for it. Call it when the kernel's own modules are loaded. */
export function observe(): void {
  const target = process.env[OBSERVE_VARIABLE];
  if (target === undefined || target === "") return;
  const own = new Set(Object.keys(require.cache));
  const write = fs.writeFileSync.bind(fs);
  const exists = fs.existsSync.bind(fs);
  watchFiles();
  watchModules();
  watchEnvironment();
  watchOthers();
  const value = (): void => {
    noteEsModules();
    const loaded = Object.keys(require.cache).filter((file) => !own.has(file));
    const all = [...new Set([...seen.paths, ...loaded])].filter((file) => !written.has(file) && !own.has(file));
    const answer = {
      files: all.filter((file) => exists(file)),
      absent: all.filter((file) => !exists(file)),
      folders: [...seen.folders],
      environment: [...seen.environment],
      unobserved: [...seen.unobserved],
    };
    write(target, JSON.stringify(answer));
  };
  Object.defineProperty(realm, Symbol.for("dnn-lab.observed"), { value, enumerable: false, configurable: true });
}

function note(path: unknown, into = seen.paths): void {
  try {
    if (typeof path === "string") into.add(resolve(path));
    else if (path instanceof URL) into.add(fileURLToPath(path));
    else if (Buffer.isBuffer(path)) into.add(resolve(path.toString()));
  } catch {
    // No path of a file.
  }
}

/** Puts `before` in front of a function; keeps what hangs on it, such as `fs.realpath.native`. */
function precede(library: Library, name: string, before: (args: unknown[]) => void): void {
  const original = library[name] as Call | undefined;
  if (typeof original !== "function") return;
  const observed = function (this: unknown, ...args: unknown[]): unknown {
    before(args);
    if (new.target === undefined) return Reflect.apply(original, this, args);
    return Reflect.construct(original, args, (new.target as unknown) === observed ? original : new.target) as unknown;
  };
  Object.setPrototypeOf(observed, Object.getPrototypeOf(original) as object);
  for (const key of Reflect.ownKeys(original)) {
    const property = Object.getOwnPropertyDescriptor(original, key)!;
    if (key !== "length" && key !== "arguments" && key !== "caller") Object.defineProperty(observed, key, property);
  }
  library[name] = observed;
}

function watchFiles(): void {
  const promises = fs.promises as unknown as Library;
  const library = fs as unknown as Library;
  const read = ([path, flags]: unknown[]): void => {
    const absolute = typeof path === "string" ? resolve(path) : undefined;
    const writes = typeof flags === "string" && /^[wa]x?$/.test(flags);
    if (writes && absolute !== undefined && !seen.paths.has(absolute)) written.add(absolute);
    else note(path);
  };
  const changes = ([path]: unknown[]): void => {
    if (typeof path === "string" && !seen.paths.has(resolve(path))) written.add(resolve(path));
  };
  for (const name of reading) for (const each of [name, `${name}Sync`]) precede(library, each, read);
  for (const name of ["exists", "existsSync", "createReadStream", "watchFile"]) precede(library, name, read);
  for (const name of reading) precede(promises, name, read);
  for (const name of ["writeFile", "appendFile", "mkdir", "mkdtemp"]) {
    for (const each of [name, `${name}Sync`]) precede(library, each, changes);
    precede(promises, name, changes);
  }
  precede(library, "createWriteStream", changes);
  const list = ([path]: unknown[]): void => note(path, seen.folders);
  for (const name of listing) {
    for (const each of [name, `${name}Sync`]) precede(library, each, list);
    precede(promises, name, list);
  }
  Module.syncBuiltinESMExports();
}

/** Where a module was found, and the nearer places where it was searched first. */
function watchModules(): void {
  const loader = Module as unknown as Library;
  const original = loader._resolveFilename as Call;
  loader._resolveFilename = function (this: unknown, ...args: unknown[]): unknown {
    const [request, parent] = args as [string, { filename?: string; paths?: string[] } | undefined];
    let found: string;
    try {
      found = Reflect.apply(original, this, args) as string;
    } catch (error) {
      watchEsModules();
      throw error;
    }
    if (/\.mjs$/.test(found) || isEsModule(found)) watchEsModules();
    if (typeof found === "string" && found.startsWith("/")) noteResolution(request, found, parent);
    return found;
  };
  const dlopen = process.dlopen.bind(process) as Call;
  process.dlopen = ((...args: unknown[]) => {
    const file = String(args[1]);
    note(file);
    if (!harmless.test(file)) seen.unobserved.add(`native code of ${file}`);
    return dlopen(...args);
  }) as typeof process.dlopen;
}

/** Whether the nearest package.json makes a `.js` file an ES module. */
function isEsModule(file: string): boolean {
  if (!file.endsWith(".js")) return false;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      return /"type"\s*:\s*"module"/.test(fs.readFileSync(join(folder, "package.json"), "utf8"));
    } catch {
      continue;
    }
  }
  return false;
}

const HOOKS = `
let port;
export function initialize(data) { port = data.port; }
export async function load(url, context, next) { port.postMessage(url); return next(url, context); }`;
let told: workers.MessagePort | undefined;

/** ES modules that import each other are seen by Node's own hooks, which run in a thread. */
function watchEsModules(): void {
  if (told !== undefined) return;
  const { port1, port2 } = new workers.MessageChannel();
  told = port1;
  port1.unref();
  Module.register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, {
    data: { port: port2 },
    transferList: [port2],
  });
}

function noteEsModules(): void {
  for (;;) {
    const message = told && (workers.receiveMessageOnPort(told) as { message: string } | undefined);
    if (!message) return;
    if (message.message.startsWith("file:")) note(new URL(message.message));
    else if (!message.message.startsWith("node:")) seen.unobserved.add(`the module ${message.message.slice(0, 80)}`);
  }
}

const endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".cjs", ".mjs", ".json"];

function noteResolution(
  request: string,
  found: string,
  parent: { filename?: string; paths?: string[] } | undefined,
): void {
  note(found);
  if (request.startsWith(".") && parent?.filename) {
    const stem = resolve(dirname(parent.filename), request).replace(/\.[cm]?jsx?$/, "");
    for (const ending of endings) if (stem + ending !== found) note(stem + ending);
    return;
  }
  const name = request
    .split("/")
    .slice(0, request.startsWith("@") ? 2 : 1)
    .join("/");
  for (const folder of parent?.paths ?? []) {
    const place = join(folder, name);
    note(join(place, "package.json"));
    if (found.startsWith(place)) return;
  }
}

function watchEnvironment(): void {
  const set = new Set<string>([OBSERVE_VARIABLE]);
  const see = (name: string | symbol): void => {
    if (typeof name === "string" && !set.has(name)) seen.environment.add(name);
  };
  const environment = new Proxy(process.env, {
    get: (target, name) => (see(name), Reflect.get(target, name) as unknown),
    has: (target, name) => (see(name), Reflect.has(target, name)),
    getOwnPropertyDescriptor: (target, name) => (see(name), Reflect.getOwnPropertyDescriptor(target, name)),
    ownKeys: (target) => Reflect.ownKeys(target).filter((name) => name !== OBSERVE_VARIABLE),
    set: (target, name, value) => {
      if (typeof name === "string" && !seen.environment.has(name)) set.add(name);
      return Reflect.set(target, name, value);
    },
  });
  Object.defineProperty(process, "env", { value: environment, writable: true, configurable: true, enumerable: true });
}

/** What does its work elsewhere. */
function watchOthers(): void {
  const elsewhere = (library: Library, names: readonly string[], words: (args: unknown[]) => string): void => {
    for (const name of names) {
      precede(library, name, (args) => {
        const told = words(args);
        if (!calledByKnown()) seen.unobserved.add(told);
      });
    }
  };
  const command = ([first]: unknown[]): string => `the child process ${String(first).slice(0, 80)}`;
  elsewhere(
    childProcess as unknown as Library,
    ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"],
    command,
  );
  elsewhere(workers as unknown as Library, ["Worker"], ([file]) => `the worker thread ${String(file).slice(0, 80)}`);
  const socket = net.Socket.prototype as unknown as Library;
  const connect = socket.connect as Call;
  socket.connect = function (this: unknown, ...args: unknown[]): unknown {
    if (!calledByKnown()) seen.unobserved.add("the network");
    return Reflect.apply(connect, this, args);
  };
  Module.syncBuiltinESMExports();
}

/** The library's own drawing of pictures uses a browser, and depends on nothing but the figure. */
function calledByKnown(): boolean {
  return /[\\/](reports[\\/]images|puppeteer-core|@puppeteer)[\\/]/.test(new Error().stack ?? "");
}
