import { existsSync, readFileSync, statSync } from "node:fs";
import Module = require("node:module");
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { Error, JSON, process } from "../../intrinsics";
import { mappedPaths } from "./path-mapping";
import { typeScript } from "./transpile";
import { emptyModuleFor } from "./types-only";

/** The part of Node's CommonJS loader that is extended here. */
export interface ModuleInternals {
  _load(request: string, parent: NodeModule | null | undefined, isMain: boolean): unknown;
  _resolveFilename(request: string, parent: NodeModule | null | undefined, isMain: boolean, options?: object): string;
  _extensions: Record<string, (module: NodeModule, filename: string) => void>;
  _cache: Record<string, NodeModule | undefined>;
  _nodeModulePaths(folder: string): string[];
}

/** Node's CommonJS loader. */
export const loader = Module as unknown as ModuleInternals;

/** What TypeScript lets an import say, and the source files it may mean. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/**
 * Lets imports of cells and local files mean what they mean to TypeScript: `./x` is `./x.ts` first, `./x.js` is `./x.ts` where
 * Node finds no file of that name, and `paths` and `baseUrl` of the tsconfig.json come before packages.
 */
export function resolveTypeScript(): void {
  const original = loader._resolveFilename.bind(Module);
  const find: ModuleInternals["_resolveFilename"] = (request, parent, isMain, options) => {
    try {
      return original(request, parent, isMain, options);
    } catch (error) {
      const source = sourceOf(request, parent?.filename) ?? typesOnly(request, parent?.filename);
      if (source === undefined) throw error;
      return source;
    }
  };
  loader._resolveFilename = (request, parent, isMain, options) => {
    const file = parent?.filename;
    if (file === undefined || file === null || !isLocal(file)) return find(request, parent, isMain, options);
    for (const path of mappedPaths(request, file)) {
      try {
        return find(withSourceExtension(path, file), parent, isMain, options);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
      }
    }
    return find(withSourceExtension(request, file), parent, isMain, options);
  };
}

/** `./x` as `./x.ts` where that file is: Node alone would prefer `x.js` or `x.json` beside it, TypeScript does not. */
function withSourceExtension(request: string, parent: string): string {
  if (!isPath(request) || request.endsWith("/")) return request;
  const path = resolve(dirname(parent), request);
  return [".ts", ".tsx"].map((extension) => path + extension).find((file) => existsSync(file)) ?? request;
}

function isPath(request: string): boolean {
  return isAbsolute(request) || /^\.\.?\//.test(request);
}

function sourceOf(request: string, parent: string | null | undefined): string | undefined {
  const extension = extname(request);
  const candidates = SOURCES[extension];
  if (candidates === undefined || !isPath(request)) return undefined;
  const path = resolve(parent ? dirname(parent) : process.cwd(), request).slice(0, -extension.length);
  return candidates.map((candidate) => path + candidate).find((file) => existsSync(file));
}

/** For files of the user's: what has nothing but types. */
function typesOnly(request: string, parent: string | null | undefined): string | undefined {
  return parent && isLocal(parent) ? emptyModuleFor(request, parent) : undefined;
}

/** Whether Node runs a file as an ES module. */
export function isEsModule(file: string): boolean {
  const extension = extname(file);
  return extension === ".mjs" || (extension === ".js" && typeOf(file) === "module");
}

/** Whether a file of the user's is an ES module in JavaScript; one that no package.json speaks of is looked into. */
export function isLocalEsModule(file: string): boolean {
  if (!/\.m?js$/.test(file) || !isLocal(file)) return false;
  return isEsModule(file) || (typeOf(file) === undefined && hasImportsOrExports(file));
}

export function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

function hasImportsOrExports(file: string): boolean {
  const text = readFileSync(file, "utf8");
  if (!/^\s*(?:import|export)\b/m.test(text)) return false;
  const ts = typeScript();
  const options = { languageVersion: ts.ScriptTarget.ESNext };
  return ts.isExternalModule(ts.createSourceFile(file, text, options, false, ts.ScriptKind.JS));
}

/** The `type` that the nearest package.json gives to a file. */
function typeOf(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return packageType(manifest);
    if (folder === dirname(folder)) return undefined;
  }
}

function packageType(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { type?: string }).type;
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** A number that changes when a file does; 0 when it is gone. */
export function fileStamp(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? 0 : stat.mtimeMs * 1e3 + (stat.size % 1e3);
}

/** Whether a file belongs to the user rather than to a package or to this kernel. */
export function isLocal(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(KERNEL_FOLDER) && isAbsolute(file);
}

const KERNEL_FOLDER = __dirname.replace(/[\\/]runtime[\\/]modules$/, "");
