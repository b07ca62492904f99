/** Local source files as CommonJS: TypeScript, and ES modules of the user's own. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type * as TypeScript from "typescript";
import { Map, Object, SyntaxError } from "../../intrinsics";
import { importsOf, rewriteForCommonJs } from "./rewrite";

export type Compiler = typeof TypeScript;

/** A file, ready to run as CommonJS. */
export interface TranspiledFile {
  readonly source: string;
  readonly code: string;
  readonly sourceMap: string;
  /** What its import declarations ask for, in order; what is only types is left out. */
  readonly imports: readonly string[];
  /** True for top-level `await`: the code is then the body of an async function. */
  readonly isAsync: boolean;
}

/** TypeScript on this thread, loaded with the first local file that needs it. */
let compiler: Compiler | undefined;

export function typeScript(): Compiler {
  return (compiler ??= require("typescript") as Compiler);
}

const optionsByFolder = new Map<string, TypeScript.CompilerOptions>();

/** Reads and transpiles a file; throws a SyntaxError that names the place. */
export function transpile(fileName: string): TranspiledFile {
  const ts = typeScript();
  const source = readFileSync(fileName, "utf8");
  const found = { imports: [] as string[], isAsync: false };
  const output = ts.transpileModule(source, {
    // TypeScript would leave an ES module of what is called so.
    fileName: fileName.replace(/\.[cm]([jt]sx?)$/, ".$1"),
    reportDiagnostics: true,
    compilerOptions: {
      ...configured(ts, dirname(fileName)),
      ...(ts.versionMajorMinor.startsWith("5.") ? {} : { ignoreDeprecations: "6.0" }),
      allowJs: true,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      moduleDetection: ts.ModuleDetectionKind.Force,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      sourceMap: true,
      inlineSourceMap: false,
    },
    transformers: {
      before: [(context) => (file) => rewriteForCommonJs(ts, context, file, found)],
      after: [() => (file) => (found.imports.push(...importsOf(ts, file)), file)],
    },
  });
  const error = output.diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (error !== undefined) throw new SyntaxError(describe(ts, fileName, error));
  const code = output.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "");
  return { source, code, sourceMap: output.sourceMapText as string, ...found };
}

/** Options of the nearest tsconfig.json that concern a single file: JSX, decorators, class fields. */
const HONOURED = [
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "useDefineForClassFields",
] as const;

function configured(ts: Compiler, folder: string): TypeScript.CompilerOptions {
  const known = optionsByFolder.get(folder);
  if (known !== undefined) return known;
  const file = ts.findConfigFile(folder, ts.sys.fileExists);
  // The folder is not searched for files: only options are wanted.
  const host = { ...ts.sys, readDirectory: () => [] };
  const json: unknown = file === undefined ? {} : ts.readConfigFile(file, ts.sys.readFile).config;
  const all = ts.parseJsonConfigFileContent(json ?? {}, host, file === undefined ? folder : dirname(file)).options;
  const options: TypeScript.CompilerOptions = { jsx: ts.JsxEmit.ReactJSX };
  for (const name of HONOURED) if (all[name] !== undefined) Object.assign(options, { [name]: all[name] });
  optionsByFolder.set(folder, options);
  return options;
}

function describe(ts: Compiler, fileName: string, diagnostic: TypeScript.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
  if (diagnostic.file === undefined || diagnostic.start === undefined) return `${fileName}: ${message}`;
  const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
  return `${fileName}:${line + 1}:${character + 1} - TS${diagnostic.code}: ${message}`;
}
