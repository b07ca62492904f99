/** What the cells that ran so far left behind: their names, and where each name was declared last. */
import { isType, isValue, type Declaration } from "./declarations";
import { cellsIn } from "./check/specifiers";
import { Ends } from "./ends";
import { Scope } from "./transform/scope";

/** A cell as the checker sees it: a module. */
export interface CellModule {
  /** The kernel's name for the cell, `In[3]`. */
  id: string;
  /** Counts the cells of the session that declare something. */
  number: number;
  jsx: boolean;
  /** What it declares, by name. */
  declarations: ReadonlyMap<string, readonly Declaration[]>;
  /** The whole cell as a module; what is checked as long as it is not frozen. */
  source: string;
  /** Its declarations: types without the code they were inferred from. */
  frozen?: string;
}

/** Where the two meanings of a name come from; a value and a type of one name may be of different cells. */
export interface NameOrigin {
  value?: CellModule;
  type?: CellModule;
}

/** True when a cell adds to what others declare, so that it matters without being named. */
export function augments(text: string): boolean {
  return /\bdeclare\s+(?:global\b|module\s*["'])/.test(text);
}

const MOST_OLD_SOURCES = 50;

/** After how many cells the session looks for those that nothing needs any more. */
const PRUNE_AFTER = 100;

export class EarlierCells {
  readonly names = new Map<string, NameOrigin>();
  readonly scope = new Scope();
  readonly ends = new Ends<CellModule>();
  /** The cells that are still needed, by number. */
  readonly modules = new Map<number, CellModule>();
  private added = 0;

  /** Makes the names of a cell that ran visible to later cells. */
  add(cell: CellModule): void {
    const declarations = [...cell.declarations.values()].flat();
    for (const declaration of declarations) this.declare(declaration, cell);
    this.scope.declare(declarations);
    this.modules.set(cell.number, cell);
    this.added += 1;
    if (this.added >= PRUNE_AFTER) this.prune();
  }

  /** How the present value of a name was declared. */
  valueOf(name: string): readonly Declaration[] {
    return this.names.get(name)?.value?.declarations.get(name)?.filter(isValue) ?? [];
  }

  private declare(declaration: Declaration, cell: CellModule): void {
    const { name } = declaration;
    this.ends.begin(name);
    const origin: NameOrigin = { ...this.names.get(name) };
    if (isValue(declaration)) {
      // A class is replaced as a whole, for example by a constant; an interface of another cell stays.
      if (origin.type !== cell && origin.type === origin.value) delete origin.type;
      origin.value = cell;
    }
    if (isType(declaration)) origin.type = cell;
    this.names.set(name, origin);
  }

  /** True for a variable that later cells may assign to. */
  isAssignable(name: string): boolean {
    const kind = this.names.get(name)?.value?.declarations.get(name)?.findLast(isValue)?.kind;
    return kind === "let" || kind === "var";
  }

  /** Keeps the cells whose names can still be used, and those that their types refer to; drops the others. */
  prune(): void {
    this.added = 0;
    const needed = new Set<number>();
    const waiting: (CellModule | undefined)[] = [];
    for (const { value, type } of this.names.values()) waiting.push(value, type);
    waiting.push(...this.ends.cells);
    for (const cell of this.modules.values()) if (augments(cell.source)) waiting.push(cell);
    for (let cell = waiting.pop(); waiting.length > 0 || cell; cell = waiting.pop()) {
      if (!cell || needed.has(cell.number)) continue;
      needed.add(cell.number);
      for (const number of cellsIn(cell.frozen ?? cell.source)) waiting.push(this.modules.get(number));
    }
    for (const number of this.modules.keys()) if (!needed.has(number)) this.modules.delete(number);
    this.forgetOldSources();
  }

  /**
   * Cells that ran unchecked refer to each other without end when they declare their names anew from the old ones; the
   * oldest of those that only others refer to are given up (what they declared is then `any`).
   */
  private forgetOldSources(): void {
    const current = new Set([...this.names.values()].flatMap(({ value, type }) => [value, type]));
    const old = [...this.modules.values()].filter((cell) => cell.frozen === undefined && !current.has(cell));
    for (const { number } of old.slice(0, -MOST_OLD_SOURCES)) this.modules.delete(number);
  }

  reset(): void {
    this.names.clear();
    this.ends.clear();
    this.scope.reset();
    this.modules.clear();
  }
}
