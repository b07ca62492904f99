/** The files TypeScript sees: a few in memory, the rest on disk, read once unless they are the user's own. */
import { statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { CellOptions } from "./options";
import { defaultLibFile } from "./options";

interface Stored {
  version: string;
  snapshot: ts.IScriptSnapshot;
}

/** Files of installed packages do not change while a session lasts. */
function isInstalled(path: string): boolean {
  return path.includes("/node_modules/");
}

/** Within an installed package; the folders above may gain packages at any time. */
function isInsidePackage(path: string): boolean {
  return /\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/./.test(path);
}

function modificationTime(path: string): string {
  return String(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? "gone");
}

export class CellHost implements ts.LanguageServiceHost {
  private readonly virtual = new Map<string, Stored>();
  private readonly onDisk = new Map<string, Stored>();
  private readonly existence = new Map<string, boolean>();
  private revision = 0;

  constructor(
    private readonly cwd: string,
    private readonly roots: () => string[],
    private readonly options: CellOptions,
  ) {}

  /** Puts a file into memory; it hides one on disk. */
  write(path: string, text: string): void {
    this.revision++;
    this.virtual.set(path, { version: `v${this.revision}`, snapshot: ts.ScriptSnapshot.fromString(text) });
  }

  remove(path: string): void {
    if (this.virtual.delete(path)) this.revision++;
  }

  /** Looks at the user's own files again; those that changed are read anew. */
  refresh(): void {
    for (const [path, { version }] of this.onDisk) {
      if (isInstalled(path) || modificationTime(path) === version) continue;
      this.onDisk.delete(path);
      this.revision++;
    }
  }

  private stored(path: string): Stored | undefined {
    const known = this.virtual.get(path) ?? this.onDisk.get(path);
    if (known) return known;
    // Before the text: a change in between is then noticed.
    const version = isInstalled(path) ? "1" : modificationTime(path);
    const text = this.isUnwantedLibrary(path) ? "" : ts.sys.readFile(path);
    if (text === undefined) return undefined;
    const stored = { version, snapshot: ts.ScriptSnapshot.fromString(text) };
    this.onDisk.set(path, stored);
    return stored;
  }

  /** Packages pull in the browser's types (30 MB), which a cell in Node does not have. */
  private isUnwantedLibrary(path: string): boolean {
    return !this.options.dom && /\/typescript\/lib\/lib\.(?:dom|webworker|scripthost)\b/.test(path);
  }

  getProjectVersion(): string {
    return String(this.revision);
  }

  getCompilationSettings(): ts.CompilerOptions {
    return this.options.compilerOptions;
  }

  getScriptFileNames(): string[] {
    return this.roots();
  }

  getScriptVersion(path: string): string {
    return this.stored(path)?.version ?? "missing";
  }

  getScriptSnapshot(path: string): ts.IScriptSnapshot | undefined {
    return this.stored(path)?.snapshot;
  }

  getCurrentDirectory(): string {
    return this.cwd;
  }

  getDefaultLibFileName(): string {
    return defaultLibFile();
  }

  useCaseSensitiveFileNames(): boolean {
    return ts.sys.useCaseSensitiveFileNames;
  }

  fileExists(path: string): boolean {
    if (this.virtual.has(path)) return true;
    if (!isInsidePackage(path)) return ts.sys.fileExists(path);
    const known = this.existence.get(path);
    if (known !== undefined) return known;
    const exists = ts.sys.fileExists(path);
    this.existence.set(path, exists);
    return exists;
  }

  readFile(path: string): string | undefined {
    const file = this.virtual.get(path);
    return file ? file.snapshot.getText(0, file.snapshot.getLength()) : ts.sys.readFile(path);
  }

  directoryExists(path: string): boolean {
    return ts.sys.directoryExists(path);
  }

  getDirectories(path: string): string[] {
    return ts.sys.directoryExists(path) ? ts.sys.getDirectories(path) : [];
  }

  readDirectory(...args: Parameters<typeof ts.sys.readDirectory>): string[] {
    return ts.sys.readDirectory(...args);
  }

  realpath(path: string): string {
    return this.virtual.has(path) ? path : ts.sys.realpath!(path);
  }

  /** The path of a file beside the notebook. */
  beside(name: string): string {
    return join(this.cwd, name).replace(/\\/g, "/");
  }
}
