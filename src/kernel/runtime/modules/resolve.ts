import { existsSync, readFileSync, statSync } from "node:fs";
import Module = require("node:module");
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { mappedPaths } from "./path-mapping";

/** The part of Node's CommonJS loader that is extended here. */
export interface ModuleInternals {
  _load(request: string, parent: NodeModule | null | undefined, isMain: boolean): unknown;
  _resolveFilename(request: string, parent: NodeModule | null | undefined, isMain: boolean, options?: object): string;
  _extensions: Record<string, (module: NodeModule, filename: string) => void>;
  _cache: Record<string, NodeModule | undefined>;
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
      const source = sourceOf(request, parent?.filename);
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

/** Whether Node runs a file as an ES module. */
export function isEsModule(file: string): boolean {
  const extension = extname(file);
  if (extension === ".mjs") return true;
  if (extension !== ".js") return false;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const type = packageType(join(folder, "package.json"));
    if (type !== undefined) return type === "module";
    if (folder === dirname(folder)) return false;
  }
}

/** The `type` of a package.json; undefined when there is no such file. */
function packageType(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    return (JSON.parse(text) as { type?: string }).type ?? "commonjs";
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
