/**
 * TypeScript's nine megabytes with what V8 made of them the last time: 40 ms instead of 200. Node 20 has no cache of compiled
 * code of its own, and that of later ones leaves out the functions that are compiled only when they are called.
 *
 * The cache lies in the user's cache folder; if the cache is damaged, TypeScript is loaded as usual.
 */
import { mkdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname } from "node:path";
import { Script } from "node:vm";
import { writeFileAtomic } from "dnn-lab-core/files";
import { cachedFile } from "./language-cache";

type Wrapped = (exports: unknown, require: NodeJS.Require, module: Module, filename: string, folder: string) => void;

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Loads TypeScript for all who require it; gives a function that keeps what V8 has compiled by then, if there is something new. */
export function loadTypeScript(): () => void {
  const nothing = (): void => undefined;
  const file = require.resolve("typescript");
  if (require.cache[file] !== undefined) return nothing;
  try {
    const cacheFile = cachedFile(`compiled-${process.versions.v8}-${process.arch}.bin`);
    const cachedData = read(cacheFile);
    const script = new Script(Module.wrap(readFileSync(file, "utf8")), { filename: file, cachedData });
    const module = new Module(file);
    module.filename = file;
    module.loaded = true;
    (script.runInThisContext() as Wrapped)(module.exports, createRequire(file), module, file, dirname(file));
    require.cache[file] = module as NodeJS.Module;
    const isKnown = cachedData !== undefined && script.cachedDataRejected !== true;
    return isKnown ? nothing : () => keep(cacheFile, () => script.createCachedData());
  } catch {
    delete require.cache[file];
    return nothing;
  }
}

/** Writes a file of the cache; a folder that cannot be written to does no harm. */
export function keep(path: string, content: () => string | Buffer): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, content());
  } catch {
    // The next start takes as long as this one.
  }
}
