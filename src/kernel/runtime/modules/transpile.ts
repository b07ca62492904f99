import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type * as TypeScript from "typescript";
import type { Sources } from "../sources";
import { loader } from "./resolve";

type Compiler = typeof TypeScript;

/** TypeScript on this thread, loaded with the first local `.ts` file. */
let compiler: Compiler | undefined;

const optionsByFolder = new Map<string, TypeScript.CompilerOptions>();

/** Lets `require` load `.ts` files as CommonJS; their texts are remembered for errors. */
export function loadTypeScript(sources: Sources): void {
  const load = (module: NodeModule, filename: string): void => {
    const source = readFileSync(filename, "utf8");
    const { code, sourceMap } = transpile(filename, source);
    sources.add({ name: filename, source, sourceMap });
    (module as unknown as { _compile(code: string, filename: string): void })._compile(code, filename);
  };
  for (const extension of [".ts", ".tsx", ".mts", ".cts"]) loader._extensions[extension] = load;
}

function transpile(fileName: string, source: string): { code: string; sourceMap: string } {
  compiler ??= require("typescript") as Compiler;
  const ts = compiler;
  const output = ts.transpileModule(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      ...configured(ts, dirname(fileName)),
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      sourceMap: true,
      inlineSourceMap: false,
    },
    transformers: { before: [(context) => (file) => rewriteImports(ts, context, file)] },
  });
  const error = output.diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (error !== undefined) throw new SyntaxError(describe(ts, fileName, error));
  return {
    code: output.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""),
    sourceMap: output.sourceMapText as string,
  };
}

/** The compiler options of the nearest tsconfig.json that concern a single file (JSX, decorators, class fields). */
function configured(ts: Compiler, folder: string): TypeScript.CompilerOptions {
  const known = optionsByFolder.get(folder);
  if (known !== undefined) return known;
  const file = ts.findConfigFile(folder, ts.sys.fileExists);
  // The folder is not searched for files: only options are wanted.
  const host = { ...ts.sys, readDirectory: () => [] };
  const json: unknown = file === undefined ? {} : ts.readConfigFile(file, ts.sys.readFile).config;
  const all = ts.parseJsonConfigFileContent(json ?? {}, host, file === undefined ? folder : dirname(file)).options;
  const {
    jsx,
    jsxFactory,
    jsxFragmentFactory,
    jsxImportSource,
    experimentalDecorators,
    emitDecoratorMetadata,
    useDefineForClassFields,
  } = all;
  const options = {
    jsx: jsx ?? ts.JsxEmit.ReactJSX,
    jsxFactory,
    jsxFragmentFactory,
    jsxImportSource,
    experimentalDecorators,
    emitDecoratorMetadata,
    useDefineForClassFields,
  };
  const defined = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as TypeScript.CompilerOptions;
  optionsByFolder.set(folder, defined);
  return defined;
}

/** `import()` and `import.meta` of a file that runs as CommonJS become calls of the kernel's own functions. */
function rewriteImports(
  ts: Compiler,
  context: TypeScript.TransformationContext,
  file: TypeScript.SourceFile,
): TypeScript.SourceFile {
  const { factory } = context;
  const filename = factory.createIdentifier("__filename");
  const visit = (node: TypeScript.Node): TypeScript.Node => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const given = node.arguments.map((argument) => ts.visitNode(argument, visit) as TypeScript.Expression);
      return factory.createCallExpression(factory.createIdentifier("__dnn_importFrom"), undefined, [
        filename,
        ...given,
      ]);
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      return factory.createCallExpression(factory.createIdentifier("__dnn_metaOf"), undefined, [filename]);
    }
    return ts.visitEachChild(node, visit, context);
  };
  return ts.visitNode(file, visit) as TypeScript.SourceFile;
}

function describe(ts: Compiler, fileName: string, diagnostic: TypeScript.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
  if (diagnostic.file === undefined || diagnostic.start === undefined) return `${fileName}: ${message}`;
  const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
  return `${fileName}:${line + 1}:${character + 1} - TS${diagnostic.code}: ${message}`;
}
