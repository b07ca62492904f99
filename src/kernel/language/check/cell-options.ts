/** Compiler options for cells: TypeScript's defaults, what the notebook's own tsconfig.json says, and what cells need. */
import ts from "typescript";
import { dirname, files, resolve } from "../platform";
import { librariesOfNode } from "./libraries";

/** Where no tsconfig.json says otherwise. TypeScript 6 is strict by itself; notebooks were written for those before it, and for tslab. */
const DEFAULTS: ts.CompilerOptions = { strict: false };

/** What cells need; a tsconfig.json cannot change it. */
const FIXED: ts.CompilerOptions = {
  // The target of a project does not tell what this Node can run.
  target: ts.ScriptTarget.ESNext,
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
  noEmitOnError: false,
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
  const path = ts.findConfigFile(cwd, files.fileExists);
  return path ? readProject(path, new Set()) : { own: {} };
}

/**
 * The options of a project. A tsconfig.json that is divided into projects (`references`) has what they say in the order in which it names them,
 * where it says nothing itself.
 */
function readProject(path: string, seen: Set<string>): Configured {
  seen.add(path);
  const { config, error } = ts.readConfigFile(path, files.readFile) as { config?: object; error?: ts.Diagnostic };
  if (!config || error) return { own: {}, complaint: complain(path, error) };
  // Which files the project has does not matter here, and looking for them can take long.
  const host: ts.ParseConfigHost = { ...files, useCaseSensitiveFileNames: true, readDirectory: () => [] };
  const {
    options,
    errors,
    projectReferences = [],
  } = ts.parseJsonConfigFileContent(config, host, dirname(path), undefined, path);
  const others = projectReferences
    .map((reference) => ts.resolveProjectReferencePath(reference))
    .filter((other) => !seen.has(other) && files.fileExists(other))
    .map((other) => readProject(other, seen).own);
  return { own: joined([withAbsolutePaths(options), ...others]), complaint: complain(path, errors.find(isComplaint)) };
}

/** The options of several projects; the first that says something counts, `paths` pattern by pattern. */
function joined(projects: readonly ts.CompilerOptions[]): ts.CompilerOptions {
  const last = [...projects].reverse();
  const paths = Object.assign({}, ...last.map((project) => project.paths ?? {})) as ts.MapLike<string[]>;
  const options = Object.assign({}, ...last) as ts.CompilerOptions;
  return Object.keys(paths).length > 0 ? { ...options, paths } : options;
}

/** `paths` count from the file that they stand in. */
function withAbsolutePaths(options: ts.CompilerOptions): ts.CompilerOptions {
  const { paths, baseUrl, pathsBasePath } = options;
  const base = baseUrl ?? (pathsBasePath as string | undefined);
  if (!paths || base === undefined) return options;
  const absolute = (list: string[]): string[] => list.map((path) => resolve(base, path));
  return { ...options, paths: Object.fromEntries(Object.entries(paths).map(([key, list]) => [key, absolute(list)])) };
}

/** A project without files, and values (of `lib` or `target`) that only a later TypeScript knows, do not concern cells. */
function isComplaint({ code }: ts.Diagnostic): boolean {
  const NO_MATTER = [18002, 18003, 6046];
  return !NO_MATTER.includes(code);
}

function complain(path: string, error: ts.Diagnostic | undefined): string | undefined {
  return error && `${path}: ${ts.flattenDiagnosticMessageText(error.messageText, "\n")}`;
}

/** Reads the options that hold for the cells of a notebook in `cwd`. */
export function cellOptions(cwd: string): CellOptions {
  const { own, complaint } = configured(cwd);
  const lib = [...new Set([...librariesOfNode(), ...(own.lib ?? [])])];
  const types = [...new Set([...(own.types ?? []), "node"])];
  const compilerOptions = { ...DEFAULTS, ...own, ...FIXED, lib, types, jsx: jsxOf(own) };
  return { compilerOptions, complaint, dom: lib.some((name) => name.startsWith("lib.dom")) };
}

/** A cell runs at once, so its JSX cannot be left to another tool. */
function jsxOf({ jsx = ts.JsxEmit.React }: ts.CompilerOptions): ts.JsxEmit {
  return jsx === ts.JsxEmit.Preserve || jsx === ts.JsxEmit.ReactNative ? ts.JsxEmit.ReactJSX : jsx;
}
