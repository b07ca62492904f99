/**
 * Loads the user's own modules: TypeScript, and ES modules in JavaScript, all as CommonJS through Node's `require`. So cells
 * and files share one instance of a package, and files that changed are read again with all that import them.
 */
import Module = require("node:module");
import type { Sources } from "../sources";
import { EsModules } from "./es-modules";
import { LocalFiles } from "./local-files";
import { importNatively } from "./native-import";
import { isEsModule, isLocal, isLocalEsModule, isTypeScript, loader } from "./resolve";
import { transpile, type TranspiledFile } from "./transpile";

/** Stands around the code of a file that awaits, on its first line. */
const ASYNC_HEAD = "module.__dnn_done=(async()=>{";
const ASYNC_TAIL = "\n})();";

type LocalModule = NodeModule & { __dnn_done?: Promise<void>; _compile(code: string, file: string): void };

export class LocalLoader {
  private readonly files = new LocalFiles();
  private readonly esModules = new EsModules();
  /** Files that await, while they run. */
  private readonly running = new Map<string, Promise<void>>();
  /** Transpiled files that have not run yet. */
  private readonly ready = new Map<string, TranspiledFile>();

  constructor(private readonly sources: Sources) {
    const load = (module: NodeModule, file: string): void => this.load(module as LocalModule, file);
    for (const extension of [".ts", ".tsx", ".mts", ".cts"]) loader._extensions[extension] = load;
    this.takeEsModules(load);
    this.answerRequests();
  }

  /** `require` of a file or package; files that changed are read again. */
  require(parent: string, name: string): object {
    this.files.refresh();
    try {
      return Module.createRequire(parent)(name) as object;
    } finally {
      this.files.note();
    }
  }

  /** `import()` of a file: all that it imports comes first, and top-level `await` is waited for. */
  async import(parent: string, file: string): Promise<object> {
    this.files.refresh();
    await this.prepare(file, parent, new Set());
    return this.require(parent, file);
  }

  /** Runs a file after what it imports, in the order of ES modules. */
  private async prepare(file: string, parent: string, visited: Set<string>): Promise<void> {
    if (visited.has(file)) return;
    visited.add(file);
    const isSource = isTypeScript(file) || isLocalEsModule(file);
    if (!isSource || !isLocal(file)) return;
    if (loader._cache[file] === undefined) await this.loadFirstTime(file, parent, visited);
    await this.running.get(file);
  }

  private async loadFirstTime(file: string, parent: string, visited: Set<string>): Promise<void> {
    const transpiled = transpile(file);
    for (const request of transpiled.imports) await this.prepareImport(file, request, visited);
    if (loader._cache[file] !== undefined) return;
    this.ready.set(file, transpiled);
    try {
      Module.createRequire(parent)(file);
    } finally {
      this.ready.delete(file);
      this.files.note();
    }
  }

  private async prepareImport(file: string, request: string, visited: Set<string>): Promise<void> {
    const found = resolveFrom(file, request);
    if (found !== undefined && !isForeignEsModule(found)) return this.prepare(found, file, visited);
    this.esModules.set(file, request, await importNatively(file, request));
  }

  private load(module: LocalModule, file: string): void {
    const prepared = this.ready.get(file);
    const { source, code, sourceMap, isAsync } = prepared ?? transpile(file);
    if (isAsync && prepared === undefined) {
      throw new Error(`${file} awaits at its top level, which require() cannot wait for: use import`);
    }
    this.sources.addFile({ name: file, source, sourceMap }, isAsync ? ASYNC_HEAD.length : 0);
    module._compile(isAsync ? ASYNC_HEAD + code + ASYNC_TAIL : code, file);
    if (module.__dnn_done) this.await(file, module.__dnn_done);
  }

  private await(file: string, done: Promise<void>): void {
    const ended = done
      .catch((error: unknown) => {
        delete loader._cache[file];
        throw error;
      })
      .finally(() => this.running.delete(file));
    // Whoever imports the file hears of its failure.
    ended.catch(() => undefined);
    this.running.set(file, ended);
  }

  /** Node would load these as ES modules, once and for all. */
  private takeEsModules(load: (module: NodeModule, file: string) => void): void {
    const { prototype } = Module as unknown as { prototype: { load(file: string): void } };
    const original = prototype.load;
    prototype.load = function (this: NodeModule, file: string): void {
      if (!isLocalEsModule(file)) return original.call(this, file);
      Object.assign(this, { filename: file, paths: loader._nodeModulePaths(file) });
      load(this, file);
      this.loaded = true;
    };
  }

  private answerRequests(): void {
    const load = loader._load.bind(Module);
    loader._load = (request, parent, isMain) =>
      (parent?.filename ? this.esModules.get(parent.filename, request) : undefined) ?? load(request, parent, isMain);
  }
}

/** An ES module of a package. */
function isForeignEsModule(file: string): boolean {
  return !isLocal(file) && isEsModule(file);
}

/** The file of a module, or the name of a built-in one; undefined when only `import()` can find it, if anything. */
export function resolveFrom(parent: string, name: string): string | undefined {
  try {
    return Module.createRequire(parent).resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
    if (code === "MODULE_NOT_FOUND" && !/^[./]/.test(name)) return undefined;
    throw error;
  }
}
