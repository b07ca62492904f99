/**
 * Cells as the checker reads them: each cell that ran is a module, `"dnn:3"` say, and the cell at hand imports the earlier
 * names that it uses from there. A module never changes, so that what was found out about it stays true.
 */
import { byName, isType, isValue, type Declaration } from "../declarations";
import type { CellModule, Session } from "../session";
import { cellSpecifier, FOLDER } from "./specifiers";

/** How a cell gets at an earlier name: assignable ones, and values that share their name with a type, are declared. */
interface Use {
  name: string;
  from: CellModule;
  as: "import" | "let" | "const";
}

function isAssignable(name: string, cell: CellModule): boolean {
  const kind = cell.declarations.get(name)?.findLast(isValue)?.kind;
  return kind === "let" || kind === "var";
}

function usesOf(name: string, session: Session, own: ReadonlyMap<string, readonly Declaration[]>): Use[] {
  const origin = session.names.get(name);
  if (!origin) return [];
  const mine = own.get(name) ?? [];
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

/** What a cell needs to see the earlier names among `names` that it does not declare itself. */
export function importsOf(names: Iterable<string>, session: Session, own: readonly Declaration[]): string {
  const mine = byName(own);
  const uses = [...names].flatMap((name) => usesOf(name, session, mine));
  const imported = new Map<CellModule, string[]>();
  for (const { name, from, as } of uses) {
    if (as !== "import") continue;
    const list = imported.get(from);
    if (list) list.push(name);
    else imported.set(from, [name]);
  }
  const imports = [...imported].map(
    ([{ number }, list]) => `import { ${list.join(", ")} } from "${cellSpecifier(number)}";`,
  );
  const declared = uses
    .filter(({ as }) => as !== "import")
    .map(({ name, from, as }) => `declare ${as} ${name}: typeof import("${cellSpecifier(from.number)}").${name};`);
  return [...imports, ...declared].join("");
}

export function exportsOf(declarations: readonly Declaration[]): string {
  return `export { ${[...new Set(declarations.map(({ name }) => name))].join(", ")} };`;
}

/** The file of a cell's module: its declarations, or its source when they could not be written down. */
export function fileOf({ number, jsx, frozen }: CellModule): string {
  return `__cell_${number}.${frozen !== undefined ? "d.ts" : jsx ? "tsx" : "ts"}`;
}

const CHUNK = 100;

/** The cells' modules as files of ambient modules; old ones change only when cells are given up. */
export function chunksOf(session: Session): Map<string, string> {
  const chunks = new Map<string, string>();
  for (const cell of session.modules.values()) {
    const path = `__cells_${Math.floor(cell.number / CHUNK)}.d.ts`;
    const body = cell.frozen ?? `export * from "${FOLDER}./${fileOf(cell)}";`;
    const text = `declare module "${cellSpecifier(cell.number)}" {\n${body}\n}\n`;
    chunks.set(path, (chunks.get(path) ?? "") + text);
  }
  return chunks;
}

/** Whether a file holds cells of the session. */
export function isCellFile(path: string): boolean {
  return /(?:^|\/)__cells?_\d+(?:\.d)?\.tsx?$/.test(path);
}

/** Replaces what only the checker's own files are called: `import("dnn:3").A` is the `A` of the third cell. */
export function inCellTerms(text: string, session: Session): string {
  return text
    .replace(
      /(?:typeof )?import\("(?:dnn:|[^"]*__cell_)(\d+)(?:\.d)?(?:\.tsx?)?"\)\.([\p{L}\p{N}_$]+)/gu,
      (whole, number: string, name: string) => {
        const cell = session.modules.get(Number(number));
        const now = session.names.get(name);
        const isTypeof = whole.startsWith("typeof ") ? "typeof " : "";
        return isTypeof + (!cell || now?.value === cell || now?.type === cell ? name : `${name} (of ${cell.id})`);
      },
    )
    .replace(/import\("[^"]*__(?:text_\d+|adding)(?:\.tsx?)?"\)\.([\w$.]+)/g, "$1 (of this cell)");
}
