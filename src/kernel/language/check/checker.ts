/** TypeScript's language service over the cells of a session. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import ts from "typescript";
import type { Session } from "../session";
import { KERNEL_GLOBALS, NODE_FALLBACK } from "./globals";
import { CellHost } from "./host";
import { sessionText, sourceFileOf } from "./module-text";
import { cellOptions, type CellOptions } from "./options";
import { typesAmongImports } from "./type-only";

/** A text for the service: the cell that is checked, or code at which the cursor stands. */
export interface ServiceText {
  text: string;
  jsx: boolean;
}

const EMPTY = "export {};";

export class Checker {
  readonly service: ts.LanguageService;
  readonly options: CellOptions;
  private readonly host: CellHost;
  /** The files whose text changes; their names never do, so that the program can be taken over. */
  private readonly paths: Record<"globals" | "session" | "cell" | "cellx" | "scratch" | "scratchx", string>;
  private readonly nodeTypes: string[];
  private sessionText = "";
  private sources = new Set<string>();

  constructor(
    cwd: string,
    private readonly session: Session,
  ) {
    this.options = cellOptions(cwd);
    this.host = new CellHost(cwd, () => [...this.nodeTypes, ...Object.values(this.paths)], this.options);
    const beside = (name: string): string => this.host.beside(name);
    this.paths = {
      globals: beside("__globals.d.ts"),
      session: beside("__session.d.ts"),
      cell: beside("__cell.ts"),
      cellx: beside("__cell.tsx"),
      scratch: beside("__scratch.ts"),
      scratchx: beside("__scratch.tsx"),
    };
    this.nodeTypes = this.findNodeTypes(cwd);
    for (const path of Object.values(this.paths).slice(2)) this.host.write(path, EMPTY);
    this.writeGlobals();
    const registry = ts.createDocumentRegistry(this.host.useCaseSensitiveFileNames(), cwd);
    this.service = ts.createLanguageService(this.host, registry);
  }

  /** Node's types come from the notebook's folder; else those beside the kernel will do. */
  private findNodeTypes(cwd: string): string[] {
    const options = this.options.compilerOptions;
    if (!options.types?.includes("node")) return [];
    const found = ts.resolveTypeReferenceDirective("node", `${cwd}/__cell.ts`, options, this.host);
    if (found.resolvedTypeReferenceDirective) return [];
    options.types = options.types.filter((name) => name !== "node");
    try {
      return [`${dirname(createRequire(__filename).resolve("@types/node/package.json"))}/index.d.ts`];
    } catch {
      return [];
    }
  }

  private writeGlobals(): void {
    const hasNode = this.nodeTypes.length > 0 || this.options.compilerOptions.types?.includes("node");
    this.host.write(this.paths.globals, KERNEL_GLOBALS + (hasNode ? "" : NODE_FALLBACK));
  }

  /** Brings the cells that ran, and the user's files on disk, to the service's knowledge. */
  private update(): void {
    this.host.refresh();
    const text = sessionText(this.session);
    if (text !== this.sessionText) this.host.write(this.paths.session, text);
    this.sessionText = text;
    const sources = new Set<string>();
    for (const cell of this.session.modules.values()) {
      if (cell.frozen) continue;
      const path = this.host.beside(sourceFileOf(cell));
      sources.add(path);
      if (!this.sources.has(path)) this.host.write(path, cell.source);
    }
    for (const path of this.sources) if (!sources.has(path)) this.host.remove(path);
    this.sources = sources;
  }

  private place(kind: "cell" | "scratch", { text, jsx }: ServiceText): string {
    this.update();
    const plain = this.paths[kind];
    const [path, other] = jsx ? [`${plain}x`, plain] : [plain, `${plain}x`];
    if (this.host.readFile(other) !== EMPTY) this.host.write(other, EMPTY);
    this.host.write(path, text);
    return path;
  }

  /** The semantic diagnostics of a cell. */
  check(cell: ServiceText): ts.Diagnostic[] {
    return this.service.getSemanticDiagnostics(this.place("cell", cell));
  }

  /** The names that the cell that was checked last imports, and that are only types. */
  typesImported(jsx: boolean): Set<string> {
    return typesAmongImports(this.service.getProgram(), this.paths[jsx ? "cellx" : "cell"]);
  }

  /** The declarations of the cell that was checked last; undefined when TypeScript cannot write them down. */
  declarationsOfCell(jsx: boolean): string | undefined {
    const path = this.paths[jsx ? "cellx" : "cell"];
    const { outputFiles, diagnostics, emitSkipped } = this.service.getEmitOutput(path, true, true);
    return emitSkipped || diagnostics.length > 0 ? undefined : outputFiles[0]?.text;
  }

  /** Makes `text` known as code at which the cursor stands, and gives the path to ask about. */
  scratch(text: ServiceText): string {
    return this.place("scratch", text);
  }
}
