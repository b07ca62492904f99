/**
 * Loads the user's own modules: TypeScript, and ES modules in JavaScript, all as CommonJS through Node's `require`. So cells
 * and files share one instance of a package, and files that changed are read again with all that import them.
 */
import Module = require("node:module");
import { dirname } from "node:path";
import { Buffer, Error, Map, Object, Set } from "../../intrinsics";
import type { SourceTexts } from "../source-texts";
import { EsModules } from "./es-modules";
import { LocalFiles } from "./local-files";
import { importNatively } from "./native-import";
import { isEsModule, isLocal, isLocalEsModule, isTypeScript, loader } from "./resolve";
import { transpile, type TranspiledFile } from "./transpile";

/** Stands around the code of a file that awaits, on its first line. */
const ASYNC_HEAD = "module.__dnn_done=(async()=>{";
const ASYNC_TAIL = "\n})();";

type LocalModule = NodeModule & { __dnn_done?: Promise<void>; _compile(code: string, file: string): void };

/** Files that are not loaded yet, and the files that each imports. */
type Graph = Map<string, { readonly transpiled: TranspiledFile; readonly imports: readonly string[] }>;

export class LocalLoader {
  private readonly files = new LocalFiles();
  private readonly esModules = new EsModules();
  /** Files that are being loaded by `import`. */
  private readonly running = new Map<string, Promise<void>>();
  /** Transpiled files that have not run yet. */
  private readonly ready = new Map<string, TranspiledFile>();

  constructor(private readonly sources: SourceTexts) {
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

  /** `import()` of a file: ES modules that it needs come first, and top-level `await` is waited for. */
  async import(parent: string, file: string): Promise<object> {
    this.files.refresh();
    const graph: Graph = new Map();
    await this.collect(file, graph);
    for (const [path, { transpiled }] of graph) this.ready.set(path, transpiled);
    try {
      if ([...graph].some(([path, { transpiled }]) => transpiled.isAsync || this.running.has(path))) {
        await this.run(file, graph, new Set());
      }
      return this.require(parent, file);
    } finally {
      for (const path of graph.keys()) this.ready.delete(path);
    }
  }

  /** Reads a file and those that it imports, as far as they are not loaded, and loads the ES modules of packages. */
  private async collect(file: string, graph: Graph): Promise<void> {
    const isSource = isLocal(file) && (isTypeScript(file) || isLocalEsModule(file));
    const isLoaded = loader._cache[file] !== undefined && !this.running.has(file);
    if (!isSource || isLoaded || graph.has(file)) return;
    const transpiled = transpile(file);
    const imports: string[] = [];
    graph.set(file, { transpiled, imports });
    for (const request of transpiled.imports) {
      const found = resolveFrom(file, request);
      if (found === undefined || isForeignEsModule(found)) {
        this.esModules.set(file, request, await importNatively(file, request));
      } else {
        imports.push(found);
        await this.collect(found, graph);
      }
    }
  }

  /** Runs a file after what it imports, in the order of ES modules; `visited` are those on the way here and those done. */
  private async run(file: string, graph: Graph, visited: Set<string>): Promise<void> {
    const found = graph.get(file);
    if (found === undefined || visited.has(file)) return;
    visited.add(file);
    if (loader._cache[file] !== undefined) return this.running.get(file);
    // Files that it imports and that import it get what it exports so far, as in Node.
    const module = announce(file);
    const work = (async () => {
      for (const path of found.imports) await this.run(path, graph, visited);
      this.load(module, file);
      await module.__dnn_done;
      module.loaded = true;
    })().finally(() => {
      this.running.delete(file);
      if (!module.loaded) delete loader._cache[file];
      this.files.note();
    });
    this.running.set(file, work);
    await work;
  }

  private load(module: LocalModule, file: string): void {
    const prepared = this.ready.get(file);
    const { source, code, sourceMap, isAsync } = prepared ?? transpile(file);
    if (isAsync && prepared === undefined) {
      throw new Error(`${file} awaits at its top level, which require() cannot wait for: use import`);
    }
    const shift = isAsync ? ASYNC_HEAD.length : 0;
    this.sources.addFile({ name: file, source, sourceMap }, shift);
    const whole = isAsync ? ASYNC_HEAD + code + ASYNC_TAIL : code;
    module._compile(whole + mapComment(sourceMap, shift), file);
  }

  /** Node would load these as ES modules, once and for all. */
  private takeEsModules(load: (module: NodeModule, file: string) => void): void {
    const { prototype } = Module as unknown as { prototype: { load(file: string): void } };
    const original = prototype.load;
    prototype.load = function (this: NodeModule, file: string): void {
      if (!isLocalEsModule(file)) return original.call(this, file);
      Object.assign(this, { filename: file, paths: loader._nodeModulePaths(dirname(file)) });
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

/** Tells a debugger where the code's lines come from (`protocol/debug/scripts.ts`): V8 hands the comment on as it stands. */
function mapComment(sourceMap: string, shift: number): string {
  const map = sourceMap.replace(/^\{/, `{"x_dnn_shift":${shift},`);
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}

/** Makes a file known to `require` before it runs. */
function announce(file: string): LocalModule {
  const module = Object.assign(new Module(file), { filename: file, paths: loader._nodeModulePaths(dirname(file)) });
  loader._cache[file] = module;
  return module as LocalModule;
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
