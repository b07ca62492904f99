/**
 * Cells as the checker reads them: each cell that ran is a module, `"dnn:3"` say, and the cell at hand imports the earlier
 * names that it uses from there. A module never changes, so that what was found out about it stays true.
 */
import { byName, isType, isValue, type Declaration } from "../declarations";
import type { CellModule, EarlierCells } from "../earlier-cells";
import { endName, withoutEndName } from "./narrowing";
import { cellSpecifier, FOLDER } from "./specifiers";

/** How a cell gets at an earlier name: assignable ones, and values that share their name with a type, are declared. */
interface Use {
  name: string;
  from: CellModule;
  as: "import" | "let" | "const";
  /** What the cell's module calls it, if not by its name. */
  exported?: string;
}

function usesOf(name: string, earlier: EarlierCells, own: ReadonlyMap<string, readonly Declaration[]>): Use[] {
  const origin = earlier.names.get(name);
  if (!origin) return [];
  const mine = own.get(name) ?? [];
  const value = mine.some(isValue) ? undefined : origin.value;
  const isWhole = origin.type === origin.value;
  const type = mine.some(isType) || (isWhole && !value) ? undefined : origin.type;
  const uses: Use[] = [];
  if (type && type !== value) uses.push({ name, from: type, as: "import" });
  if (!value) return uses;
  const isShared = uses.length > 0 || mine.length > 0;
  const as = type === value ? "import" : earlier.isAssignable(name) ? "let" : isShared ? "const" : "import";
  const end = as === "let" ? undefined : earlier.ends.get(name);
  return [...uses, { name, from: end ?? value, as, exported: end && endName(name) }];
}

/** What a cell needs to see the earlier names among `names` that it does not declare itself. */
export function importsOf(names: Iterable<string>, earlier: EarlierCells, own: readonly Declaration[]): string {
  const mine = byName(own);
  const uses = [...names].flatMap((name) => usesOf(name, earlier, mine));
  const imported = new Map<CellModule, string[]>();
  for (const { name, from, as, exported } of uses) {
    if (as !== "import") continue;
    const list = imported.get(from);
    const text = exported === undefined ? name : `${exported} as ${name}`;
    if (list) list.push(text);
    else imported.set(from, [text]);
  }
  const imports = [...imported].map(
    ([{ number }, list]) => `import { ${list.join(", ")} } from "${cellSpecifier(number)}";`,
  );
  const declared = uses
    .filter(({ as }) => as !== "import")
    .map(({ name, from, as, exported = name }) => `declare ${as} ${name}: ${typeOf(exported, from)};`);
  return [...imports, ...declared].join("");
}

function typeOf(exported: string, { number }: CellModule): string {
  return `typeof import("${cellSpecifier(number)}").${exported}`;
}

/**
 * Assignments to stand before a cell, so that assignable variables are what the cells before it made of them. Not for the variables
 * `loose`, which the cell's functions assign.
 */
export function beginningOf(
  names: Iterable<string>,
  earlier: EarlierCells,
  own: readonly Declaration[],
  loose: ReadonlySet<string>,
): string {
  const mine = new Set([...own.map(({ name }) => name), ...loose]);
  return [...names]
    .flatMap((name) => {
      const value = earlier.names.get(name)?.value;
      const end = value && !mine.has(name) && earlier.isAssignable(name) ? earlier.ends.get(name) : undefined;
      return end ? [`${name} = null! as ${typeOf(endName(name), end)};`] : [];
    })
    .join("");
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
export function chunksOf(earlier: EarlierCells): Map<string, string> {
  const chunks = new Map<string, string>();
  for (const cell of earlier.modules.values()) {
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
export function inCellTerms(text: string, earlier: EarlierCells): string {
  return withoutEndName(text)
    .replace(
      /(?:typeof )?import\("(?:dnn:|[^"]*__cell_)(\d+)(?:\.d)?(?:\.tsx?)?"\)\.([\p{L}\p{N}_$]+)/gu,
      (whole, number: string, name: string) => {
        const cell = earlier.modules.get(Number(number));
        const now = earlier.names.get(name);
        const isTypeof = whole.startsWith("typeof ") ? "typeof " : "";
        return isTypeof + (!cell || now?.value === cell || now?.type === cell ? name : `${name} (of ${cell.id})`);
      },
    )
    .replace(/import\("[^"]*__(?:text_\d+|adding)(?:\.tsx?)?"\)\.([\w$.]+)/g, "$1 (of this cell)");
}
