/** Which names a cell declares at its top level, and which names it uses. */
import ts from "typescript";
import { hasModifier } from "./parse-cell";

/** How a name came to be; what it may be used for follows from it. */
export type DeclarationKind =
  "const" | "let" | "var" | "using" | "function" | "class" | "enum" | "namespace" | "type" | "import" | "typeImport";

export interface Declaration {
  name: string;
  kind: DeclarationKind;
  /** The text of the statement that declares the name. */
  text: string;
  /** True for `var` within a block or a loop. */
  nested: boolean;
  /** True for what only types know of (`declare`, interfaces, type aliases). */
  ambient: boolean;
  /** For what is imported by name or as the default: its name in the module. */
  key?: string;
  /** True for what an earlier cell declared and a namespace of this one adds to. */
  isEarlier?: boolean;
}

export function isValue({ kind }: { kind: DeclarationKind }): boolean {
  return kind !== "type" && kind !== "typeImport";
}

/** Kinds that may name a type; an import may be anything. */
export function isType({ kind }: { kind: DeclarationKind }): boolean {
  return ["type", "typeImport", "import", "class", "enum", "namespace"].includes(kind);
}

/** The names a binding pattern binds. */
export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

function kindOfList({ flags }: ts.VariableDeclarationList): DeclarationKind {
  if ((flags & ts.NodeFlags.Using) === ts.NodeFlags.Using) return "using";
  if ((flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing) return "using";
  if (flags & ts.NodeFlags.Const) return "const";
  return flags & ts.NodeFlags.Let ? "let" : "var";
}

function namesOfList(list: ts.VariableDeclarationList, node: ts.Node, ambient: boolean): Declaration[] {
  const kind = kindOfList(list);
  const shared = { kind, text: node.getText(), ambient, nested: node === list };
  return list.declarations.flatMap(({ name }) => boundNames(name).map((bound) => ({ name: bound, ...shared })));
}

function namesOfImport(node: ts.ImportDeclaration): Declaration[] {
  const { importClause: clause } = node;
  if (!clause) return [];
  const declare = (name: ts.Identifier, typeOnly: boolean, key?: string): Declaration => ({
    name: name.text,
    key,
    kind: typeOnly ? "typeImport" : "import",
    text: node.getText(),
    ambient: typeOnly,
    nested: false,
  });
  const found = clause.name ? [declare(clause.name, clause.isTypeOnly, "default")] : [];
  const bindings = clause.namedBindings;
  if (!bindings) return found;
  if (ts.isNamespaceImport(bindings)) return [...found, declare(bindings.name, clause.isTypeOnly)];
  return [
    ...found,
    ...bindings.elements.map(({ name, propertyName, isTypeOnly }) =>
      declare(name, clause.isTypeOnly || isTypeOnly, (propertyName ?? name).text),
    ),
  ];
}

function kindOfStatement(node: ts.Statement): DeclarationKind | undefined {
  if (ts.isFunctionDeclaration(node)) return "function";
  if (ts.isClassDeclaration(node)) return "class";
  if (ts.isEnumDeclaration(node)) return "enum";
  if (ts.isModuleDeclaration(node)) return "namespace";
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return "type";
  if (ts.isImportEqualsDeclaration(node)) return node.isTypeOnly ? "typeImport" : "import";
  return undefined;
}

/** `var` inside blocks and loops belongs to the top level too. */
function hoistedVars(node: ts.Node): Declaration[] {
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return [];
  const own = ts.isVariableDeclarationList(node) && kindOfList(node) === "var" ? namesOfList(node, node, false) : [];
  const inner: Declaration[] = [];
  ts.forEachChild(node, (child) => {
    inner.push(...hoistedVars(child));
  });
  return [...own, ...inner];
}

function declaredBy(node: ts.Statement): Declaration[] {
  const ambient = hasModifier(node, ts.SyntaxKind.DeclareKeyword);
  if (ts.isVariableStatement(node)) return namesOfList(node.declarationList, node, ambient);
  if (ts.isImportDeclaration(node)) return namesOfImport(node);
  const kind = kindOfStatement(node);
  if (!kind) return hoistedVars(node);
  const { name } = node as ts.DeclarationStatement;
  // `declare global` and `declare module "m"` add to others; they declare no name here.
  if (!name || !ts.isIdentifier(name) || (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0) return [];
  return [{ name: name.text, kind, text: node.getText(), ambient: ambient || kind === "type", nested: false }];
}

/** Everything the cell declares at its top level, in order; a name may come twice (overloads, merged declarations). */
export function declarationsOf(sourceFile: ts.SourceFile): Declaration[] {
  return sourceFile.statements.flatMap(declaredBy);
}

/** Declarations by the name they declare. */
export function byName(declarations: readonly Declaration[]): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>();
  for (const declaration of declarations) {
    const same = found.get(declaration.name);
    if (same) same.push(declaration);
    else found.set(declaration.name, [declaration]);
  }
  return found;
}

/** Every identifier in the cell; more than it really refers to, which does no harm. */
export function usedNames(sourceFile: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return names;
}
