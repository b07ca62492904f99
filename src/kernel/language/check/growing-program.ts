/**
 * A program to which modules are added without another one being built.
 *
 * TypeScript makes a new program, and a new checker that knows nothing yet, whenever a text changes. In a notebook a text is
 * added with every cell and none is ever changed, so its checker can be kept: what it has found out about the types of
 * packages and of earlier cells stays known. The added modules take part in the program that is there: they are bound, and found when the
 * checker asks the program for a file or for what a specifier leads to. Only what adds to the program's own files (a package
 * that is not loaded yet, a `declare global`) needs another one.
 *
 * This uses parts of TypeScript that are not in its public types; its version is pinned.
 */
import ts from "typescript";

/** TypeScript's functions and properties that are used here and are not in its public types. */
interface Internals {
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void;
}
interface InternalFile extends ts.SourceFile {
  path: ts.Path;
  resolvedPath: ts.Path;
  originalFileName: string;
  imports: readonly ts.StringLiteralLike[];
  moduleAugmentations: readonly ts.Node[];
  ambientModuleNames: readonly string[];
}
/** What a specifier leads to. */
export interface Resolution {
  resolvedModule?: ts.ResolvedModuleFull;
}
interface InternalProgram extends ts.Program {
  getSourceFileByPath(path: ts.Path): ts.SourceFile | undefined;
  getResolvedModule(file: ts.SourceFile, name: string, mode: ts.ResolutionMode): Resolution | undefined;
}

const internals = ts as unknown as Internals;

export interface AddedModule {
  readonly path: string;
  readonly sourceFile: ts.SourceFile;
  /** The literals that name modules. */
  readonly imports: readonly ts.StringLiteralLike[];
}

/** What a specifier within a file of the program leads to. */
export type ResolveIn = (path: string, name: string, mode: ts.ResolutionMode) => Resolution | undefined;

/** Finds what the specifiers of added modules lead to; `find` says where the program's own files are led. */
export type Resolve = (name: string, mode: ts.ResolutionMode, find: ResolveIn) => Resolution | undefined;

/** Reads a module as programs read theirs. */
export function parseModule(path: string, text: string): ts.SourceFile {
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    setExternalModuleIndicator: (file) => {
      (file as { externalModuleIndicator?: ts.Node | true }).externalModuleIndicator ??= true;
    },
  };
  return ts.createSourceFile(path, text, options, true);
}

export class GrowingProgram {
  private readonly added = new Map<string, ts.SourceFile>();

  constructor(
    readonly program: ts.Program,
    resolve: Resolve,
  ) {
    const own = program as InternalProgram;
    const { getSourceFile, getSourceFileByPath, getResolvedModule } = own;
    own.getSourceFile = (name) => this.added.get(name) ?? getSourceFile(name);
    own.getSourceFileByPath = (path) => this.added.get(path) ?? getSourceFileByPath(path);
    const find: ResolveIn = (path, name, mode) => {
      const file = getSourceFile(path);
      return file && getResolvedModule(file, name, mode);
    };
    own.getResolvedModule = (file, name, mode) =>
      this.added.has(file.fileName) ? resolve(name, mode, find) : getResolvedModule(file, name, mode);
  }

  /** How many modules were added since the program was built. */
  get size(): number {
    return this.added.size;
  }

  has(path: string): boolean {
    return this.added.has(path);
  }

  add({ path, sourceFile, imports }: AddedModule): void {
    const file = sourceFile as InternalFile;
    file.path = file.resolvedPath = path as ts.Path;
    file.originalFileName = path;
    file.imports = imports;
    file.moduleAugmentations = [];
    file.ambientModuleNames = [];
    internals.bindSourceFile(file, this.program.getCompilerOptions());
    this.added.set(path, file);
  }
}
