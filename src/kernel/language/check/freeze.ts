/**
 * A cell that ran as a namespace of declarations: what TypeScript's declaration emit made of it, with its imports moved
 * out (namespaces have none) and every reference to an imported name replaced by what it is called outside.
 */
import ts from "typescript";
import { applyEdits, blank, type Edit } from "../transform/edits";

/** Stands before relative specifiers, which ambient modules may not have; `paths` in the options leads back. */
export const FOLDER = "dnn-folder:";

export interface FrozenCell {
  /** Import declarations to stand around the namespace. */
  imports: string;
  /** The names they bind, as the cell called them. */
  hoisted: readonly string[];
  /** What stands within the namespace. */
  body: string;
}

/** Whether an identifier refers to something, rather than naming a member. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isTypeReferenceNode(parent)) return parent.typeName === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isTypeQueryNode(parent)) return parent.exprName === node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return ts.isExpressionWithTypeArguments(parent) || ts.isComputedPropertyName(parent);
}

function outerSpecifier(specifier: ts.Expression): string {
  return specifier.getText().replace(/^(["'])(?=\.\.?\/)/, `$1${FOLDER}`);
}

/** What an import is outside, and what its names are called there. */
function hoistImport(node: ts.ImportDeclaration, rename: (local: string) => string): string {
  const { importClause: clause, moduleSpecifier, attributes } = node;
  if (!clause) return "";
  const parts = clause.name ? [rename(clause.name.text)] : [];
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) parts.push(`* as ${rename(bindings.name.text)}`);
  else if (bindings) {
    const elements = bindings.elements.map(({ name, propertyName, isTypeOnly }) => {
      return `${isTypeOnly ? "type " : ""}${(propertyName ?? name).getText()} as ${rename(name.text)}`;
    });
    parts.push(`{ ${elements.join(", ")} }`);
  }
  const type = clause.isTypeOnly ? "type " : "";
  return `import ${type}${parts.join(", ")} from ${outerSpecifier(moduleSpecifier)}${attributes ? ` ${attributes.getText()}` : ""};`;
}

/** Collects what has to be replaced in the declarations of cell `number`. */
class Freezer {
  readonly edits: Edit[] = [];
  readonly imports: string[] = [];
  readonly hoisted: string[] = [];
  private readonly renamed = new Map<string, string>();

  constructor(
    private readonly source: ts.SourceFile,
    private readonly number: number,
  ) {}

  run(): FrozenCell {
    for (const statement of this.source.statements) this.takeImport(statement);
    for (const statement of this.source.statements) this.replaceIn(statement);
    const { code } = applyEdits(this.source.text, this.edits);
    const body = code.replace(/import\("dnn"\)\.(?=dnn\$)/g, "").replace(/(\bimport\(["'])(?=\.\.?\/)/g, `$1${FOLDER}`);
    return { imports: this.imports.join("\n"), hoisted: this.hoisted, body };
  }

  private takeImport(statement: ts.Statement): void {
    if (ts.isImportDeclaration(statement)) {
      if ((statement.moduleSpecifier as ts.StringLiteral).text === "dnn") this.renameEarlier(statement);
      else this.imports.push(hoistImport(statement, (local) => this.hoist(local)));
    } else if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
      const specifier = outerSpecifier(statement.moduleReference.expression);
      this.imports.push(`import ${this.hoist(statement.name.text)} = require(${specifier});`);
    } else if (!ts.isExportDeclaration(statement)) return;
    this.edits.push(blank(statement.getStart(), statement.end, this.source.text));
  }

  private renameEarlier({ importClause }: ts.ImportDeclaration): void {
    const bindings = importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) return;
    for (const { name, propertyName } of bindings.elements) {
      if (propertyName) this.renamed.set(name.text, propertyName.text);
    }
  }

  private hoist(local: string): string {
    const outer = `dnn$${this.number}$${local}`;
    this.hoisted.push(local);
    this.renamed.set(local, outer);
    return outer;
  }

  private replaceIn(node: ts.Node): void {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isIdentifier(node) && isReference(node)) {
      const text = this.renamed.get(node.text);
      if (text) this.edits.push({ start: node.getStart(), end: node.end, text });
    }
    ts.forEachChild(node, (child) => this.replaceIn(child));
  }
}

/** Makes a namespace of the declarations of a cell. */
export function freeze(declarations: string, number: number): FrozenCell {
  const source = ts.createSourceFile("cell.d.ts", declarations, ts.ScriptTarget.ESNext, true);
  return new Freezer(source, number).run();
}
