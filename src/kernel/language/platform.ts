/**
 * What the language asks of the machine: files, paths, where packages lie, what this Node is. It all stands here, so that another
 * machine needs another of this file alone. What starts the language on Node is apart: `language-worker.ts` (a thread), `server.ts`
 * (a process), and `load-typescript.ts` with the folder of its cache.
 */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import * as paths from "node:path";
import ts from "typescript";

/** TypeScript writes paths with slashes on every system, and Windows takes them. */
export const withSlashes = (path: string): string => path.replaceAll(paths.sep, "/");

export const join = (...parts: string[]): string => withSlashes(paths.join(...parts));
export const resolve = (...parts: string[]): string => withSlashes(paths.resolve(...parts));
export const dirname = (path: string): string => withSlashes(paths.dirname(path));
export const relative = (from: string, to: string): string => withSlashes(paths.relative(from, to));

/** Files as TypeScript reads them. */
export const files = ts.sys;
export const exists = existsSync;

/** When a file was changed, as text; `gone` when it is not there. */
export function modificationTime(path: string): string {
  return String(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? "gone");
}

/** The path of a file of a package that the kernel brings along. Throws when the package is not there. */
export const installedFile = (name: string): string => withSlashes(createRequire(__filename).resolve(name));

/** The version of the Node that runs the cells. */
export const nodeVersion = process.versions.node;
