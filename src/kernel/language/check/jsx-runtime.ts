/** The module that JSX is compiled to calls of, which the code never names. */
import ts from "typescript";

/** TypeScript's functions that are used here and are not in its public types. */
interface Internals {
  getJSXImplicitImportBase(options: ts.CompilerOptions, file: ts.SourceFile): string | undefined;
  getJSXRuntimeImport(base: string | undefined, options: ts.CompilerOptions): string | undefined;
  setParent(node: ts.Node, parent: ts.Node): void;
}

const internals = ts as unknown as Internals;

/** The import of `react/jsx-runtime` or its like as TypeScript's programs make it; undefined when JSX calls names in scope. */
export function jsxRuntimeImport(file: ts.SourceFile, options: ts.CompilerOptions): ts.StringLiteral | undefined {
  const name = internals.getJSXRuntimeImport(internals.getJSXImplicitImportBase(options, file), options);
  if (name === undefined) return undefined;
  const literal = ts.factory.createStringLiteral(name);
  const declaration = ts.factory.createImportDeclaration(undefined, undefined, literal);
  internals.setParent(literal, declaration);
  internals.setParent(declaration, file);
  for (const node of [literal, declaration] as { flags: ts.NodeFlags }[]) node.flags &= ~ts.NodeFlags.Synthesized;
  return literal;
}
