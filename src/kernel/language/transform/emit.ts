/** JavaScript made by TypeScript's own emit, for cells in which blanking types is not enough. */
import ts from "typescript";
import { decodeMap, type SegmentLines } from "./source-map";
import type { ParsedText } from "../parse-cell";

/** What of a notebook's `tsconfig.json` changes the emitted code. */
const HONOURED = [
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
  "useDefineForClassFields",
] as const;

export type EmitOptions = Pick<ts.CompilerOptions, (typeof HONOURED)[number]>;

const FIXED: ts.CompilerOptions = {
  // The newest level that every supported Node runs whole: `using` and decorators are written out.
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Preserve,
  moduleDetection: ts.ModuleDetectionKind.Force,
  verbatimModuleSyntax: true,
  // No "use strict" before the cell's first line.
  alwaysStrict: false,
  sourceMap: true,
  newLine: ts.NewLineKind.LineFeed,
};

export interface Emitted {
  code: string;
  map: SegmentLines;
}

export function emitCell({ text, jsx }: ParsedText, options: EmitOptions): Emitted {
  const honoured = Object.fromEntries(HONOURED.map((name) => [name, options[name]])) as EmitOptions;
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName: jsx ? "cell.tsx" : "cell.ts",
    compilerOptions: { ...honoured, ...FIXED },
  });
  const code = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n").replace(/(^|\n)export \{\};\n*$/, "$1");
  return { code, map: decodeMap(sourceMapText ?? '{"mappings":""}') };
}
