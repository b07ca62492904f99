import Module = require("node:module");
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Error, Object, String } from "../../intrinsics";
import { adopted } from "../adopted";
import type { SourceTexts } from "../source-texts";
import { answerDynamicImports } from "./dynamic-import";
import { LocalLoader, resolveFrom } from "./local-loader";
import { holderOf, namespaceOf, type Loaded } from "./namespace";
import { importNatively } from "./native-import";
import { isEsModule, isLocal, loader, resolveTypeScript } from "./resolve";
import { startTypeScriptWorkers } from "./workers";

/** Attributes of an import, such as `{ type: "json" }`. */
export type ImportAttributes = Readonly<Record<string, string>>;

/** What stands for `import.meta` in cells and local files. */
export interface ImportMetaLike {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  resolve(specifier: string): string;
}

/**
 * Loads modules for cells. CommonJS, JSON and the user's own files go through `require`, so that a cell and the files it
 * imports share one instance of a package; what exists only as an ES module goes through Node's own `import()`.
 */
export class Importer {
  /** `module` of cells. */
  readonly module: NodeModule;
  private readonly local: LocalLoader;
  private readonly cellFile: string;

  constructor(
    cwd: string,
    sources: SourceTexts,
    private readonly provided: ReadonlyMap<string, object>,
  ) {
    // Imports of a cell are resolved as those of a file beside the notebook.
    this.cellFile = join(cwd, "notebook.ts");
    this.module = Object.assign(new Module(this.cellFile), { filename: this.cellFile });
    resolveTypeScript();
    this.local = new LocalLoader(sources);
    this.provide();
    answerDynamicImports((specifier, attributes) => this.import(specifier, attributes));
    startTypeScriptWorkers();
  }

  /** `import()` of a cell. */
  import(specifier: unknown, attributes?: ImportAttributes): Promise<object> {
    return this.importFrom(this.cellFile, specifier, attributes);
  }

  /** An import declaration of a cell: for each key an object that has the value of that name; the namespace for null. */
  async load(keys: readonly (string | null)[], specifier: string, attributes?: ImportAttributes): Promise<object[]> {
    const loaded = await this.loadFrom(this.cellFile, specifier, attributes);
    return adopted(keys).map((key) => holderOf(key, loaded, specifier));
  }

  /** `import()` of a local file. */
  async importFrom(parent: string, specifier: unknown, attributes?: ImportAttributes): Promise<object> {
    return namespaceOf(await this.loadFrom(parent, String(specifier), attributes));
  }

  private async loadFrom(parent: string, request: string, attributes?: ImportAttributes): Promise<Loaded> {
    const type = attributes?.["type"] ?? (attributes as { with?: ImportAttributes } | undefined)?.with?.["type"];
    if (type !== undefined && type !== "json") return natively(parent, request, { with: { type } });
    const provided = this.provided.get(request);
    if (provided !== undefined) return { exports: provided, isNamespace: false };
    if (/^(data|https?):/.test(request)) return natively(parent, request);
    const name = request.startsWith("file:") ? fileURLToPath(request) : request;
    const file = resolveFrom(parent, name) ?? besideKernel(name);
    if (file === undefined || (isEsModule(file) && !isLocal(file))) {
      return natively(parent, file === undefined ? request : pathToFileURL(file).href);
    }
    return { exports: await this.local.import(parent, file), isNamespace: false };
  }

  /** `require` for cells: like Node's, but files that changed are read again. */
  createRequire(): NodeJS.Require {
    const original = Module.createRequire(this.cellFile);
    const own = (name: string): unknown => this.local.require(this.cellFile, name);
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
      const found = resolveFrom(file, specifier);
      if (found === undefined) throw new Error(`Cannot resolve '${specifier}' from ${file}`);
      return found.startsWith("/") || /^[A-Za-z]:/.test(found)
        ? pathToFileURL(found).href
        : `node:${found.replace(/^node:/, "")}`;
    };
    return { url, filename: file, dirname: dirname(file), resolve };
  }

  /** Modules of the kernel's own that take the place of packages, whoever asks for them. */
  private provide(): void {
    const load = loader._load.bind(Module);
    loader._load = (request, parent, isMain) => this.provided.get(request) ?? load(request, parent, isMain);
  }
}

/** A package that the notebook's own folders lack, and that is installed with the kernel: a notebook outside of any project. */
function besideKernel(name: string): string | undefined {
  return /^[./]|^[A-Za-z]:/.test(name) ? undefined : resolveFrom(__filename, name);
}

async function natively(parent: string, request: string, options?: object): Promise<Loaded> {
  return { exports: await importNatively(parent, request, options), isNamespace: true };
}
