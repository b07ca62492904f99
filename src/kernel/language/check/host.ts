/** The files TypeScript sees: a few in memory, the rest on disk, read once unless they are the user's own. */
import ts from "typescript";
import { files, join, modificationTime } from "../platform";
import { defaultLibFile } from "./libraries";
import type { CellOptions } from "./cell-options";
import { cellNumber, FOLDER, fromFolder } from "./specifiers";

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

/** Packages pull in the browser's types (30 MB), which a cell in Node does not have. */
function isOfBrowsers(path: string): boolean {
  return /\/typescript\/lib\/lib\.(?:dom|webworker|scripthost)\b/.test(path);
}

export class CellHost implements ts.LanguageServiceHost {
  private readonly virtual = new Map<string, Stored>();
  private readonly onDisk = new Map<string, Stored>();
  private readonly existence = new Map<string, boolean>();
  private revision = 0;
  private dom: boolean;
  /** Where the specifiers of the anchor led when the program was built. */
  private readonly anchored = new Map<string, string | undefined>();
  private resolutions: ts.ModuleResolutionCache | undefined;
  /** The file that refers to everything the cells refer to. */
  readonly anchor: string;

  constructor(
    private readonly cwd: string,
    private readonly roots: () => string[],
    private readonly options: CellOptions,
  ) {
    this.dom = options.dom;
    this.anchor = this.beside("__anchor.ts");
  }

  /** Puts a file into memory; it hides one on disk. */
  write(path: string, text: string): void {
    const now = this.virtual.get(path)?.snapshot;
    if (now && now.getText(0, now.getLength()) === text) return;
    this.revision++;
    this.virtual.set(path, { version: `v${this.revision}`, snapshot: ts.ScriptSnapshot.fromString(text) });
  }

  remove(path: string): void {
    if (this.virtual.delete(path)) this.revision++;
  }

  /** Looks at the user's own files again; those that changed are read anew. True when there were any. */
  refresh(): boolean {
    const before = this.revision;
    for (const [path, { version }] of this.onDisk) {
      if (isInstalled(path) || modificationTime(path) === version) continue;
      this.onDisk.delete(path);
      this.revision++;
    }
    return this.revision > before;
  }

  /** From now on the browser's types are loaded where they are asked for. */
  allowDom(): void {
    if (this.dom) return;
    this.dom = true;
    for (const path of this.onDisk.keys()) if (isOfBrowsers(path)) this.onDisk.delete(path);
  }

  private stored(path: string): Stored | undefined {
    const known = this.virtual.get(path) ?? this.onDisk.get(path);
    if (known) return known;
    // Before the text: a change in between is then noticed.
    const isUnwanted = !this.dom && isOfBrowsers(path);
    const version = isUnwanted ? "unwanted" : isInstalled(path) ? "1" : modificationTime(path);
    const text = isUnwanted ? "" : files.readFile(path);
    if (text === undefined) return undefined;
    const stored = { version, snapshot: ts.ScriptSnapshot.fromString(text) };
    this.onDisk.set(path, stored);
    return stored;
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
    return files.useCaseSensitiveFileNames;
  }

  fileExists(path: string): boolean {
    if (this.virtual.has(path)) return true;
    if (!isInsidePackage(path)) return files.fileExists(path);
    const known = this.existence.get(path);
    if (known !== undefined) return known;
    const exists = files.fileExists(path);
    this.existence.set(path, exists);
    return exists;
  }

  readFile(path: string): string | undefined {
    const file = this.virtual.get(path);
    return file ? file.snapshot.getText(0, file.snapshot.getLength()) : files.readFile(path);
  }

  directoryExists(path: string): boolean {
    return files.directoryExists(path);
  }

  getDirectories(path: string): string[] {
    return files.directoryExists(path) ? files.getDirectories(path) : [];
  }

  readDirectory(...args: Parameters<typeof files.readDirectory>): string[] {
    return files.readDirectory(...args);
  }

  realpath(path: string): string {
    return this.virtual.has(path) ? path : files.realpath!(path);
  }

  /** Finds the modules that a file of the program names. */
  resolveModuleNameLiterals(
    literals: readonly ts.StringLiteralLike[],
    file: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
    source: ts.SourceFile,
  ): ts.ResolvedModuleWithFailedLookupLocations[] {
    return literals.map((literal) => {
      const { text } = literal;
      // Modules of cells are declared, not found.
      if (cellNumber(text) !== undefined) return { resolvedModule: undefined };
      const mode = ts.getModeForUsageLocation(source, literal, options);
      const from = text.startsWith(FOLDER) ? this.anchor : file;
      const name = fromFolder(text);
      const nearest = ts.resolveModuleName(name, from, options, this, this.cache(), redirect, mode);
      const found = nearest.resolvedModule ? nearest : (this.besideKernel(name, options, mode) ?? nearest);
      if (file === this.anchor) this.anchored.set(text, found.resolvedModule?.resolvedFileName);
      return found;
    });
  }

  private cache(): ts.ModuleResolutionCache {
    const canonical = (name: string): string => (this.useCaseSensitiveFileNames() ? name : name.toLowerCase());
    return (this.resolutions ??= ts.createModuleResolutionCache(this.cwd, canonical, this.options.compilerOptions));
  }

  /** Forgets what was found where: packages may have been installed since. */
  forgetResolutions(): void {
    this.resolutions = undefined;
    this.anchored.clear();
  }

  /** True when a specifier leads to another file than when the program was built. */
  leadsElsewhere(specifier: string): boolean {
    const known = this.anchored.get(specifier);
    if (known !== undefined && isInsidePackage(known)) return false;
    return this.lookUp(specifier)?.resolvedFileName !== known;
  }

  /** Where a specifier leads to now, from the notebook's folder. */
  lookUp(specifier: string, mode?: ts.ResolutionMode): ts.ResolvedModuleFull | undefined {
    const { compilerOptions } = this.options;
    const cache = mode === undefined ? undefined : this.cache();
    const nearest = ts.resolveModuleName(specifier, this.anchor, compilerOptions, this, cache, undefined, mode);
    const found = nearest.resolvedModule ? nearest : this.besideKernel(specifier, compilerOptions, mode);
    return found?.resolvedModule;
  }

  /** As at run time: a package that the notebook's own folders lack may be installed with the kernel. */
  private besideKernel(
    name: string,
    options: ts.CompilerOptions,
    mode?: ts.ResolutionMode,
  ): ts.ResolvedModuleWithFailedLookupLocations | undefined {
    if (ts.isExternalModuleNameRelative(name)) return undefined;
    return ts.resolveModuleName(name, __filename, options, this, undefined, undefined, mode);
  }

  /** The path of a file beside the notebook. */
  beside(name: string): string {
    return join(this.cwd, name);
  }
}
