/** Runs compiled cells as the kernel does: V8's inspector, REPL mode, in a context of its own. */
import { Session } from "node:inspector";
import { createContext } from "node:vm";
import { SourceMap } from "node:module";
import { cellHelpers } from "../../../src/kernel/runtime/cell-helpers";
import { createLanguage } from "../../../src/kernel/language";
import { PROLOGUE, type CompiledCell, type LanguageApi } from "../../../src/kernel/language/language-api";

export interface Thrown {
  text: string;
  line: number;
  column: number;
}

interface Evaluated {
  result: { objectId?: string; value?: unknown; type: string };
  exceptionDetails?: { exception?: { description?: string; value?: unknown }; text: string };
}

/** A notebook: `run` compiles, evaluates and commits a cell and gives its value. */
export class Notebook {
  readonly language: LanguageApi;
  readonly globals: Record<string, unknown> = {};
  compiled!: CompiledCell;
  private readonly inspector = new Session();
  private readonly contextId: Promise<number>;
  private count = 0;

  constructor(cwd: string, modules: Record<string, unknown> = {}) {
    this.language = createLanguage({ cwd });
    this.inspector.connect();
    const name = `notebook-${Math.floor(performance.now() * 1000)}`;
    this.contextId = new Promise((resolve) => {
      this.inspector.on("Runtime.executionContextCreated", ({ params: { context } }) => {
        if (context.name === name) resolve(context.id);
      });
    });
    this.inspector.post("Runtime.enable");
    const load = (specifier: string, attributes?: unknown): Promise<unknown> => {
      this.imports.push([specifier, attributes]);
      if (specifier in modules) return Promise.resolve(modules[specifier]);
      return import(specifier);
    };
    Object.assign(this.globals, {
      __dnn_import: load,
      __dnn_load: async (keys: (string | null)[], specifier: string, attributes?: unknown) => {
        const module = await load(specifier, attributes);
        return keys.map(() => module);
      },
      ...cellHelpers,
      __dnn_meta: { url: "file:///nb/" },
      console,
      setTimeout,
      keep: undefined,
    });
    Object.assign(this.globals, { require: (specifier: string) => modules[specifier] });
    createContext(this.globals, { name });
  }

  readonly imports: unknown[][] = [];

  /** The value of the cell; throws a `Thrown` placed in the cell's own text. */
  async run(code: string): Promise<unknown> {
    const id = `In[${++this.count}]`;
    this.compiled = this.language.compile({ id, code, check: "off" });
    if (this.compiled.syntaxError) throw new SyntaxError(this.compiled.diagnostics[0].message);
    const { result, exceptionDetails } = await this.evaluate(PROLOGUE + this.compiled.code);
    this.language.commit(id);
    if (exceptionDetails) throw this.place(exceptionDetails);
    return result.objectId === undefined ? result.value : this.fetch(result.objectId);
  }

  private async evaluate(expression: string): Promise<Evaluated> {
    const contextId = await this.contextId;
    return new Promise((resolve, reject) => {
      const options = { expression, contextId, replMode: true, awaitPromise: true };
      this.inspector.post("Runtime.evaluate", options, (error, answer) => {
        if (error) reject(error);
        else resolve(answer as Evaluated);
      });
    });
  }

  private fetch(objectId: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const functionDeclaration = "function () { return this; }";
      const options = { objectId, functionDeclaration, returnByValue: true };
      this.inspector.post("Runtime.callFunctionOn", options, (error, answer) => {
        if (error) reject(error);
        else resolve((answer as Evaluated).result.value);
      });
    });
  }

  /** The first position in the stack; the one V8 reports beside it is that of the promise. */
  private place({ exception, text }: NonNullable<Evaluated["exceptionDetails"]>): Thrown {
    const description = exception?.description ?? String(exception?.value ?? text);
    const [, line, column] = /<anonymous>:(\d+):(\d+)/.exec(description) ?? [];
    const shift = line === "1" ? PROLOGUE.length : 0;
    const thrown = { text: description.split("\n")[0], line: Number(line) - 1, column: Number(column) - 1 - shift };
    if (!this.compiled.sourceMap) return thrown;
    const map = new SourceMap(JSON.parse(this.compiled.sourceMap));
    const entry = map.findEntry(thrown.line, thrown.column) as { originalLine: number; originalColumn: number };
    return { ...thrown, line: entry.originalLine, column: entry.originalColumn };
  }

  close(): void {
    this.inspector.disconnect();
  }
}
