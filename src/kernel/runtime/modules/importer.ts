import Module = require("node:module");
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction, constants } from "node:vm";
import type { Sources } from "../sources";
import { LocalFiles } from "./local-files";
import { namespaceOf } from "./namespace";
import { fileStamp, isEsModule, isLocal, loader, resolveTypeScript } from "./resolve";
import { loadTypeScript } from "./transpile";

/** Attributes of an import, such as `{ type: "json" }`. */
export type ImportAttributes = Readonly<Record<string, string>>;

/** What stands for `import.meta` in cells and local files. */
export interface ImportMetaLike {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  resolve(specifier: string): string;
}

type NativeImport = (specifier: string, options?: object) => Promise<object>;

/**
 * Loads modules for cells. CommonJS, JSON and local TypeScript go through `require`, so that a cell and the files it imports
 * share one instance of a package; what is only to be had as an ES module goes through Node's own `import()`.
 */
export class Importer {
  private readonly local = new LocalFiles();
  private readonly stamps = new Map<string, number>();
  private readonly cellFile: string;

  constructor(
    cwd: string,
    sources: Sources,
    private readonly provided: ReadonlyMap<string, object>,
  ) {
    // Imports of a cell are resolved as those of a file beside the notebook.
    this.cellFile = join(cwd, "notebook.ts");
    resolveTypeScript();
    loadTypeScript(sources);
    this.provide();
  }

  /** `import()` of a cell. */
  import(specifier: unknown, attributes?: ImportAttributes): Promise<object> {
    return this.importFrom(this.cellFile, specifier, attributes);
  }

  /** `import()` of a local file. */
  async importFrom(parent: string, specifier: unknown, attributes?: ImportAttributes): Promise<object> {
    const request = String(specifier);
    const type = attributes?.["type"] ?? (attributes as { with?: ImportAttributes } | undefined)?.with?.["type"];
    if (type !== undefined && type !== "json") return this.native(parent, request, { with: { type } });
    const provided = this.provided.get(request);
    if (provided !== undefined) return namespaceOf(provided);
    if (/^(data|https?):/.test(request)) return this.native(parent, request);
    const name = request.startsWith("file:") ? fileURLToPath(request) : request;
    const file = this.resolve(parent, name);
    if (file === undefined) return this.native(parent, request);
    if (isEsModule(file)) return this.native(parent, this.freshUrl(file));
    return namespaceOf(this.require(parent, file));
  }

  /** `require` for cells: like Node's, but files that changed are read again. */
  createRequire(): NodeJS.Require {
    const original = Module.createRequire(this.cellFile);
    const own = (name: string): unknown => this.require(this.cellFile, name);
    return Object.assign(own, original, {
      resolve: original.resolve,
      cache: original.cache,
      main: undefined,
    }) as unknown as NodeJS.Require;
  }

  /** `import.meta` of a cell or of a local file. */
  meta(file: string = this.cellFile): ImportMetaLike {
    const url = pathToFileURL(file).href;
    const resolve = (specifier: string): string => {
      const found = this.resolve(file, specifier);
      if (found === undefined) throw new Error(`Cannot resolve '${specifier}' from ${file}`);
      return found.startsWith("/") || /^[A-Za-z]:/.test(found)
        ? pathToFileURL(found).href
        : `node:${found.replace(/^node:/, "")}`;
    };
    return { url, filename: file, dirname: dirname(file), resolve };
  }

  private require(parent: string, name: string): object {
    this.local.refresh();
    try {
      return Module.createRequire(parent)(name) as object;
    } finally {
      this.local.note();
    }
  }

  /** The file of a module, or the name of a built-in one; undefined when only `import()` can find it, if anything. */
  private resolve(parent: string, name: string): string | undefined {
    try {
      return Module.createRequire(parent).resolve(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
      if (code === "MODULE_NOT_FOUND" && !/^[./]/.test(name)) return undefined;
      throw error;
    }
  }

  /** An ES module of the user is loaded under a new URL once its file has changed; its own imports are not followed. */
  private freshUrl(file: string): string {
    const url = pathToFileURL(file).href;
    if (!isLocal(file)) return url;
    const stamp = fileStamp(file);
    const first = this.stamps.get(file) ?? stamp;
    this.stamps.set(file, first);
    return stamp === first ? url : `${url}?changed=${stamp}`;
  }

  private native(parent: string, specifier: string, options?: object): Promise<object> {
    const importer = compileFunction(
      "return options === undefined ? import(specifier) : import(specifier, options)",
      ["specifier", "options"],
      {
        filename: parent,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
      },
    ) as unknown as NativeImport;
    return importer(specifier, options);
  }

  /** Modules of the kernel's own that take the place of packages, whoever asks for them. */
  private provide(): void {
    const load = loader._load.bind(Module);
    loader._load = (request, parent, isMain) => this.provided.get(request) ?? load(request, parent, isMain);
  }
}
