/**
 * Cells as the checker reads them.
 *
 * All cells that ran are namespaces (`dnn$1`, `dnn$2`, …) of one ambient module, `"dnn"`, which lies in one declaration
 * file. The cell at hand is a module that imports the earlier names it uses from there. So the set of files and imports
 * hardly changes from cell to cell, and TypeScript can take over the program of the last check instead of building another.
 */
import { isType, isValue, type Declaration } from "../declarations";
import type { CellModule, Session } from "../session";
import { FOLDER } from "./freeze";

/** What `"dnn"` calls a name of a cell. */
function exportedName(name: string, { number }: CellModule): string {
  return `dnn$${number}$${name}`;
}

/** What `"dnn"` calls the type of a value, for names that have to be declared rather than imported. */
function exportedType(name: string, cell: CellModule): string {
  return `${exportedName(name, cell)}$`;
}

/** How a cell gets at an earlier name: assignable ones, and values that share their name with a type, are declared. */
interface Use {
  name: string;
  from: CellModule;
  as: "import" | "let" | "const";
}

function isAssignable(name: string, cell: CellModule): boolean {
  const declaration = cell.declarations.findLast((candidate) => candidate.name === name && isValue(candidate));
  return declaration?.kind === "let" || declaration?.kind === "var";
}

function usesOf(name: string, session: Session, own: readonly Declaration[]): Use[] {
  const origin = session.names.get(name) ?? {};
  const mine = own.filter((declaration) => declaration.name === name);
  const value = mine.some(isValue) ? undefined : origin.value;
  const isWhole = origin.type === origin.value;
  const type = mine.some(isType) || (isWhole && !value) ? undefined : origin.type;
  const uses: Use[] = [];
  if (type && type !== value) uses.push({ name, from: type, as: "import" });
  if (!value) return uses;
  const isShared = uses.length > 0 || mine.length > 0;
  const as = type === value ? "import" : isAssignable(name, value) ? "let" : isShared ? "const" : "import";
  return [...uses, { name, from: value, as }];
}

/**
 * What a cell needs to see the earlier names among `names` that it does not declare itself. There is always exactly one
 * import, which keeps cells alike.
 */
export function importsOf(names: Iterable<string>, session: Session, own: readonly Declaration[]): string {
  const uses = [...names].flatMap((name) => usesOf(name, session, own));
  const specifiers = uses.map(({ name, from, as }) =>
    as === "import" ? `${exportedName(name, from)} as ${name}` : exportedType(name, from),
  );
  const declared = uses
    .filter(({ as }) => as !== "import")
    .map(({ name, from, as }) => `declare ${as} ${name}: ${exportedType(name, from)};`);
  return `import { ${specifiers.join(", ")} } from "dnn";${declared.join("")}`;
}

export function exportsOf(declarations: readonly Declaration[]): string {
  return `export { ${[...new Set(declarations.map(({ name }) => name))].join(", ")} };`;
}

/** The file of a cell that is kept as a source, because its declarations could not be written down. */
export function sourceFileOf({ number, jsx }: CellModule): string {
  return `__cell_${number}.${jsx ? "tsx" : "ts"}`;
}

/** The namespace of a cell. */
function namespaceOf(cell: CellModule): string {
  const { number, frozen } = cell;
  if (frozen) return `${frozen.imports}\nexport namespace dnn$${number} {\n${frozen.body}\n}\n`;
  return `import * as dnn$${number} from "${FOLDER}${sourceFileOf(cell)}";\nexport { dnn$${number} };\n`;
}

/** The cell's names as exports of `"dnn"`; what a frozen cell imported is exported by itself. */
function namesOf(cell: CellModule): string {
  const { number, frozen, declarations } = cell;
  const lines = new Set<string>();
  for (const declaration of declarations) {
    const { name, kind } = declaration;
    if (frozen && (kind === "import" || kind === "typeImport") && frozen.hoisted.includes(name)) {
      lines.add(`export { ${exportedName(name, cell)} };`);
      continue;
    }
    lines.add(`export import ${exportedName(name, cell)} = dnn$${number}.${name};`);
    if (isValue(declaration)) lines.add(`export type ${exportedType(name, cell)} = typeof dnn$${number}.${name};`);
  }
  return [...lines].join("\n");
}

/** The declaration file with every cell that is still needed. */
export function sessionText(session: Session): string {
  const cells = [...session.modules.values()].map((cell) => namespaceOf(cell) + namesOf(cell));
  return `declare module "dnn" {\n${cells.join("\n")}\n}\n`;
}

/** Replaces what only the checker's own files are called: `dnn$3$A` and `dnn$3.A` are the `A` of the third cell. */
export function inCellTerms(text: string, session: Session): string {
  return text
    .replace(/(?:import\("dnn"\)\.)?dnn\$(\d+)[.$]([\p{L}\p{N}_$]+)/gu, (_, number: string, name: string) => {
      const cell = session.modules.get(Number(number));
      const now = session.names.get(name);
      return !cell || now?.value === cell || now?.type === cell ? name : `${name} (of ${cell.id})`;
    })
    .replace(/import\("[^"]*__(?:cell(?:_\d+)?|scratch)"\)\.([\w$.]+)/g, "$1 (of this cell)");
}
