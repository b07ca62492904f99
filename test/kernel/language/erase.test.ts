/** Blanking types against TypeScript's own emit, over every source file of this project. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parseCell } from "../../../src/kernel/language/parse-cell";
import { applyEdits } from "../../../src/kernel/language/transform/edits";
import { withoutExports } from "../../../src/kernel/language/transform/export-modifiers";
import { eraseTypes } from "../../../src/kernel/language/transform/erase";
import { needsEmit } from "../../../src/kernel/language/transform/needs-emit";

const root = join(__dirname, "../../..");

function sources(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.ts$/.test(name) && !/\.d\.ts$/.test(name) && !/(^|[\\/])dist[\\/]/.test(name))
    .map((name) => join(folder, name));
}

function emitted(text: string): string {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.Preserve,
    verbatimModuleSyntax: true,
    alwaysStrict: false,
  };
  return ts.transpileModule(text, { compilerOptions, fileName: "source.ts" }).outputText;
}

/** Brackets that types needed are redundant, blanked statements leave semicolons behind, TypeScript empty imports. */
const NEUTRAL = new Set([ts.SyntaxKind.EmptyStatement, ts.SyntaxKind.SemicolonClassElement]);

/** The syntax tree as text, one node a line. */
function tree(node: ts.Node): string[] {
  if (NEUTRAL.has(node.kind) || /^import \{\s*\} from/.test(node.getText())) return [];
  if (ts.isParenthesizedExpression(node)) return tree(node.expression);
  const children: string[] = [];
  ts.forEachChild(node, (child) => {
    children.push(...tree(child));
  });
  const { text = "" } = node as Partial<ts.LiteralLikeNode>;
  return [`${ts.SyntaxKind[node.kind]} ${text}`, ...children.map((child) => ` ${child}`)];
}

function javaScriptTree(text: string): string[] {
  const file = ts.createSourceFile("code.js", text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  expect((file as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics).toEqual([]);
  return file.statements.flatMap(tree);
}

describe("blanking types gives what TypeScript emits", () => {
  it.each([...sources("src"), ...sources("test"), ...sources("scripts")])("%s", (path) => {
    const { text, sourceFile, syntaxErrors } = withoutExports(parseCell(readFileSync(join(root, path), "utf8")));
    expect(syntaxErrors).toEqual([]);
    if (needsEmit(sourceFile)) return;
    const { code } = applyEdits(text, eraseTypes(sourceFile));
    expect(code.split("\n").map((line) => line.length)).toEqual(text.split("\n").map((line) => line.length));
    expect(javaScriptTree(code)).toEqual(javaScriptTree(emitted(text)));
  });
});
