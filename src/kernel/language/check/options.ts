/** Compiler options for cells: TypeScript's defaults, what the notebook's own tsconfig.json says, and what cells need. */
import { dirname, join } from "node:path";
import ts from "typescript";

/** What cells need, whatever a tsconfig.json says. */
const FIXED: ts.CompilerOptions = {
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  allowSyntheticDefaultImports: true,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  // Cells declare for later cells: nothing is unused, and what cannot be reached may be on trial.
  noUnusedLocals: false,
  noUnusedParameters: false,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  isolatedModules: false,
  isolatedDeclarations: false,
  verbatimModuleSyntax: false,
  erasableSyntaxOnly: false,
  noEmit: false,
  composite: false,
  incremental: false,
  importHelpers: false,
  declaration: false,
  declarationMap: false,
  sourceMap: false,
  inlineSourceMap: false,
  removeComments: false,
  stripInternal: false,
  noLib: false,
  allowJs: true,
  checkJs: false,
  maxNodeModuleJsDepth: 0,
  rootDir: undefined,
  outDir: undefined,
  outFile: undefined,
  declarationDir: undefined,
  tsBuildInfoFile: undefined,
  plugins: undefined,
};

const DEFAULTS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  types: ["node"],
};

export interface CellOptions {
  compilerOptions: ts.CompilerOptions;
  /** True when the library of browsers was asked for by name. */
  dom: boolean;
  /** What is wrong with the tsconfig.json, if anything. */
  complaint?: string;
}

interface Configured {
  own: ts.CompilerOptions;
  complaint?: string;
}

/** The options of the tsconfig.json that applies to a folder; empty when there is none or it cannot be read. */
function configured(cwd: string): Configured {
  const path = ts.findConfigFile(cwd, ts.sys.fileExists);
  if (!path) return { own: {} };
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile) as { config?: object; error?: ts.Diagnostic };
  if (!config || error) return { own: {}, complaint: complain(path, error) };
  // Which files the project has does not matter here, and looking for them can take long.
  const host: ts.ParseConfigHost = { ...ts.sys, useCaseSensitiveFileNames: true, readDirectory: () => [] };
  const { options, errors } = ts.parseJsonConfigFileContent(config, host, dirname(path), undefined, path);
  const NO_INPUTS = 18003;
  return {
    own: options,
    complaint: complain(
      path,
      errors.find(({ code }) => code !== NO_INPUTS),
    ),
  };
}

function complain(path: string, error: ts.Diagnostic | undefined): string | undefined {
  return error && `${path}: ${ts.flattenDiagnosticMessageText(error.messageText, "\n")}`;
}

/** ES2023 with what the emit can write for older Nodes: `using` and decorators. */
const LIBRARY = ["es2023", "esnext.disposable", "decorators", "decorators.legacy"].map((name) => `lib.${name}.d.ts`);

/** Reads the options that hold for the cells of a notebook in `cwd`. */
export function cellOptions(cwd: string): CellOptions {
  const { own, complaint } = configured(cwd);
  const lib = [...new Set([...(own.lib ?? LIBRARY), ...LIBRARY.slice(1)])];
  const jsx = jsxOf(own);
  const compilerOptions = { ...DEFAULTS, ...own, ...FIXED, lib, jsx };
  return { compilerOptions, complaint, dom: lib.some((name) => name.startsWith("lib.dom")) };
}

/** A cell runs at once, so its JSX cannot be left to another tool. */
function jsxOf({ jsx = ts.JsxEmit.React }: ts.CompilerOptions): ts.JsxEmit {
  return jsx === ts.JsxEmit.Preserve || jsx === ts.JsxEmit.ReactNative ? ts.JsxEmit.ReactJSX : jsx;
}

/** TypeScript's own library for cells; the others lie beside it. */
export function defaultLibFile(): string {
  return join(dirname(require.resolve("typescript")), LIBRARY[0]);
}
