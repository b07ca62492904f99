/** What is loaded where there are only types: `./shapes` beside `shapes.d.ts`, a package of `@types`. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Boolean, JSON } from "../../intrinsics";

const DECLARATIONS = [".d.ts", ".d.mts", ".d.cts", "/index.d.ts"];

/** The file that stands for a module of which there is nothing to run; undefined when there are no types either. */
export function emptyModuleFor(request: string, parent: string): string | undefined {
  const isPath = /^(?:\.{0,2}[\\/]|[A-Za-z]:[\\/])/.test(request);
  const found = isPath ? hasDeclarations(resolve(dirname(parent), request)) : hasTypePackage(request, dirname(parent));
  return found ? join(__dirname, "empty-module.js") : undefined;
}

function hasDeclarations(path: string): boolean {
  const bare = path.replace(/\.[cm]?[jt]sx?$/, "");
  return DECLARATIONS.some((ending) => existsSync(path + ending) || existsSync(bare + ending));
}

/** Whether a package of types is in a `node_modules` at or above a folder, under its own name or below `@types`. */
function hasTypePackage(request: string, folder: string): boolean {
  const name = /^(?:@[^/]+\/[^/]+|[^@/][^/]*)/.exec(request)?.[0];
  if (name === undefined) return false;
  const places = [name, join("@types", name.replace(/^@([^/]+)\//, "$1__"))];
  for (let at = folder; ; at = dirname(at)) {
    if (places.some((place) => hasOnlyTypes(join(at, "node_modules", place, "package.json")))) return true;
    if (at === dirname(at)) return false;
  }
}

function hasOnlyTypes(manifest: string): boolean {
  try {
    const { types, typings, main, module, exports } = JSON.parse(readFileSync(manifest, "utf8")) as Record<
      string,
      unknown
    >;
    return Boolean(types ?? typings) && !main && !module && !exports;
  } catch {
    return false;
  }
}
