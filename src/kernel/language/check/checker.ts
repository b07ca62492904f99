/** TypeScript's language service over the cells of a session. */
import ts from "typescript";
import { dirname, installedFile } from "../platform";
import type { Diagnostic, LanguageOptions } from "../language-api";
import { hintFor } from "../hints";
import type { ParsedText } from "../parse-cell";
import { augments, type CellModule, type EarlierCells } from "../earlier-cells";
import { KERNEL_GLOBALS, NODE_FALLBACK } from "./kernel-globals";
import { type AddedModule, GrowingProgram, parseModule, type Resolution, type ResolveIn } from "./growing-program";
import { CellHost } from "./host";
import { jsxRuntimeImport } from "./jsx-runtime";
import { partsOfLibraries } from "./libraries";
import { problemsInImports } from "./imported-problems";
import { chunksOf, fileOf } from "./module-text";
import { narrowedAtEnd } from "./narrowing";
import { cellOptions, type CellOptions } from "./cell-options";
import { keepQuickLibrary, QUICK_CONSOLE, quickLibrary } from "./quick-library";
import { directivesOf, modulesOf, type ModuleReference } from "./module-references";
import { cellNumber, fromFolder } from "./specifiers";
import { typesAmongImports } from "./type-only";

/** A text for the service: the cell that is checked, or code at which the cursor stands. */
export interface ServiceText {
  text: string;
  jsx: boolean;
}

/** After how many added texts another program is built, to be rid of what is no longer needed. */
const MOST_ADDED = 1_000;

export class Checker {
  readonly service: ts.LanguageService;
  readonly options: CellOptions;
  private readonly cwd: string;
  /** What a quick check reads in place of all types. */
  private readonly quickLibrary: string | undefined;
  private readonly host: CellHost;
  private readonly nodeTypes: string[];
  private readonly globals: string;
  /** Refers to everything that texts have referred to so far, so that the program loads it. */
  readonly anchor: string;
  private readonly references = new Set<string>();
  private readonly directives = new Set<string>();
  /** The cells' files within the program. */
  private cells = new Set<string>();
  /** The text that adds to what others declare; it has to be part of the program itself. */
  private adding: string | undefined;
  private growing: GrowingProgram | undefined;
  private ambient = new Set<string>();
  private count = 0;

  constructor(
    { cwd, quick = false }: LanguageOptions,
    private readonly earlier: EarlierCells,
  ) {
    this.cwd = cwd;
    this.options = cellOptions(cwd);
    this.quickLibrary = quick ? quickLibrary(this.options.compilerOptions.lib ?? []) : undefined;
    if (quick) Object.assign(this.options.compilerOptions, { noLib: true, types: [], lib: undefined });
    this.host = new CellHost(cwd, () => this.roots(), this.options);
    this.globals = this.host.beside("__globals.d.ts");
    this.anchor = this.host.anchor;
    this.nodeTypes = this.findNodeTypes(cwd);
    this.writeGlobals();
    const registry = ts.createDocumentRegistry(this.host.useCaseSensitiveFileNames(), cwd);
    this.service = ts.createLanguageService(this.host, registry);
  }

  private roots(): string[] {
    const adding = this.adding === undefined ? [] : [this.adding];
    const quick = this.quickLibrary === undefined ? [] : [this.quickLibrary];
    return [...quick, ...this.nodeTypes, this.globals, this.anchor, ...this.cells, ...adding];
  }

  /** Node's types come from the notebook's folder; else those beside the kernel will do. */
  private findNodeTypes(cwd: string): string[] {
    const options = this.options.compilerOptions;
    if (!options.types?.includes("node")) return [];
    const found = ts.resolveTypeReferenceDirective("node", `${cwd}/__cell.ts`, options, this.host);
    if (found.resolvedTypeReferenceDirective) return [];
    options.types = options.types.filter((name) => name !== "node");
    try {
      return [`${dirname(installedFile("@types/node/package.json"))}/index.d.ts`];
    } catch {
      return [];
    }
  }

  private writeGlobals(): void {
    if (this.quickLibrary !== undefined) return this.host.write(this.globals, KERNEL_GLOBALS + QUICK_CONSOLE);
    const hasNode = this.nodeTypes.length > 0 || this.options.compilerOptions.types?.includes("node");
    this.host.write(this.globals, KERNEL_GLOBALS + partsOfLibraries() + (hasNode ? "" : NODE_FALLBACK));
  }

  /** The program, built anew when something of it has changed or much was added. */
  private upToDate(isStale: boolean): GrowingProgram {
    const changed = this.host.refresh();
    const { growing } = this;
    if (growing && !isStale && !changed && growing.size < MOST_ADDED) return growing;
    this.earlier.prune();
    this.host.forgetResolutions();
    // Another text each time, so that what it names is looked up again.
    this.host.write(
      this.anchor,
      [...this.directives, ...this.references, `export const number = ${++this.count};`].join("\n"),
    );
    this.writeCells();
    const program = this.service.getProgram()!;
    this.ambient = new Set(
      program
        .getTypeChecker()
        .getAmbientModules()
        .map(({ name }) => name.slice(1, -1)),
    );
    return (this.growing = new GrowingProgram(program, (name, mode, find) => this.resolve(name, mode, find)));
  }

  private writeCells(): void {
    const texts = chunksOf(this.earlier);
    for (const cell of this.earlier.modules.values())
      if (cell.frozen === undefined) texts.set(fileOf(cell), cell.source);
    const paths = new Set<string>();
    for (const [name, text] of texts) {
      const path = this.host.beside(name);
      paths.add(path);
      this.host.write(path, text);
    }
    for (const path of this.cells) if (!paths.has(path)) this.host.remove(path);
    this.cells = paths;
  }

  /** What a specifier in an added text leads to. Modules of cells are added when they are first asked for. */
  private resolve(name: string, mode: ts.ResolutionMode, find: ResolveIn): Resolution | undefined {
    const number = cellNumber(name);
    if (number === undefined) return find(this.anchor, fromFolder(name), mode) ?? this.resolveLoaded(name, mode);
    const cell = this.earlier.modules.get(number);
    if (!cell || !this.growing) return undefined;
    const path = this.host.beside(fileOf(cell));
    if (!this.growing.has(path)) this.growing.add(this.moduleOf(cell, path));
    const extension = path.slice(path.endsWith(".d.ts") ? -5 : path.lastIndexOf("."));
    return { resolvedModule: { resolvedFileName: path, extension, isExternalLibraryImport: false } };
  }

  /** Declarations of a cell may name a module that no cell imports: where a type of what it did import comes from. */
  private resolveLoaded(name: string, mode: ts.ResolutionMode): Resolution | undefined {
    const resolvedModule = this.host.lookUp(fromFolder(name), mode);
    const isLoaded = resolvedModule && this.growing?.program.getSourceFile(resolvedModule.resolvedFileName);
    return isLoaded ? { resolvedModule } : undefined;
  }

  private moduleOf(cell: CellModule, path: string): AddedModule {
    const sourceFile = parseModule(path, cell.frozen ?? cell.source);
    return { path, sourceFile, imports: this.importsOf(sourceFile, cell.jsx).literals };
  }

  private importsOf(sourceFile: ts.SourceFile, jsx: boolean): ReturnType<typeof modulesOf> {
    const { literals, references } = modulesOf(sourceFile);
    const runtime = jsx ? jsxRuntimeImport(sourceFile, this.options.compilerOptions) : undefined;
    if (!runtime) return { literals, references };
    const reference = { specifier: runtime.text, line: `import ${JSON.stringify(runtime.text)};` };
    return { literals: [runtime, ...literals], references: [...references, reference] };
  }

  /** Notes what a text refers to; true when the program does not know all of it. */
  private takeReferences(sourceFile: ts.SourceFile, references: readonly ModuleReference[]): boolean {
    const lines = [...this.references, ...this.directives].length;
    for (const directive of directivesOf(sourceFile)) this.directives.add(directive);
    if (sourceFile.libReferenceDirectives.some(({ fileName }) => fileName.startsWith("dom"))) this.host.allowDom();
    for (const { line } of references) this.references.add(line);
    if (this.references.size + this.directives.size > lines) return true;
    return references.some(({ specifier }) => !this.ambient.has(specifier) && this.host.leadsElsewhere(specifier));
  }

  /** Makes a text known to the service, and gives its path. */
  place({ text, jsx }: ServiceText): string {
    const extension = jsx ? "tsx" : "ts";
    const path = this.host.beside(`__text_${++this.count}.${extension}`);
    const sourceFile = parseModule(path, text);
    const { literals, references } = this.importsOf(sourceFile, jsx);
    const isStale = this.takeReferences(sourceFile, references);
    if (augments(text)) return this.placeInProgram(text, extension);
    const wasAdding = this.adding !== undefined;
    if (this.adding !== undefined) this.host.remove(this.adding);
    this.adding = undefined;
    this.upToDate(isStale || wasAdding).add({ path, sourceFile, imports: literals });
    return path;
  }

  private placeInProgram(text: string, extension: string): string {
    if (this.adding !== undefined) this.host.remove(this.adding);
    this.adding = this.host.beside(`__adding.${extension}`);
    this.host.write(this.adding, text);
    this.upToDate(true);
    return this.adding;
  }

  /** True when JavaScript's own library may be enough to check a cell: it refers to nothing else. */
  canCheckQuickly({ sourceFile, text }: ParsedText): boolean {
    const isAlone = modulesOf(sourceFile).references.length === 0 && directivesOf(sourceFile).length === 0;
    return this.quickLibrary !== undefined && isAlone && !augments(text);
  }

  /** Writes what a quick check needs, for later sessions. */
  keepForNextStart(): void {
    const program = this.service.getProgram();
    if (program) keepQuickLibrary(this.options.compilerOptions.lib ?? [], program);
  }

  /** The names that a text that was placed imports, and that are only types. */
  typesImported(path: string): Set<string> {
    const program = this.growing?.has(path) ? this.growing.program : this.service.getProgram();
    return typesAmongImports(program, path);
  }

  /** The semantic diagnostics of a text that was placed. */
  check(path: string): ts.Diagnostic[] {
    return this.service.getSemanticDiagnostics(path);
  }

  /** The file of the module that a specifier names, in the notebook or in another file. */
  fileOf(specifier: string, from?: string): string | undefined {
    if (from === undefined) return this.host.lookUp(specifier)?.resolvedFileName;
    return ts.resolveModuleName(specifier, from, this.options.compilerOptions, this.host).resolvedModule
      ?.resolvedFileName;
  }

  /** What is wrong in the user's files that a text imports. */
  problemsInImports(path: string): Diagnostic[] {
    const program = this.service.getProgram();
    return program ? problemsInImports(path, program, this.cwd) : [];
  }

  /** What to do about a message. */
  hint(path: string, diagnostic: ts.Diagnostic): string | undefined {
    const program = this.service.getProgram();
    return program && hintFor(diagnostic, program.getSourceFile(path), program.getTypeChecker());
  }

  /** Those of the variables followed in a text that was placed that are more than declared at its end. */
  narrowed(path: string, names: readonly string[]): string[] {
    return this.growing?.has(path) ? narrowedAtEnd(this.growing.program, path, names) : [];
  }

  /** The declarations of a cell that was placed; undefined when TypeScript cannot write them down. */
  declarations(path: string): string | undefined {
    if (!this.growing?.has(path)) return undefined;
    const { outputFiles, diagnostics, emitSkipped } = this.service.getEmitOutput(path, true, true);
    return emitSkipped || diagnostics.length > 0 ? undefined : outputFiles[0]?.text;
  }
}
