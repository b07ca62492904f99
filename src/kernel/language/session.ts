/** What the cells that ran so far left behind: their names, and where each name was declared last. */
import { isType, isValue, type Declaration } from "./declarations";
import type { FrozenCell } from "./check/freeze";
import { Scope } from "./transform/scope";

/** A cell as the checker sees it: a module. */
export interface CellModule {
  /** The kernel's name for the cell, `In[3]`. */
  id: string;
  /** Counts the cells of the session that declare something. */
  number: number;
  jsx: boolean;
  declarations: readonly Declaration[];
  /** The whole cell as a module; what is checked as long as it is not frozen. */
  source: string;
  /** Its declarations: types without the code they were inferred from. */
  frozen?: FrozenCell;
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

export class Session {
  readonly names = new Map<string, NameOrigin>();
  readonly scope = new Scope();
  /** The cells that are still needed, by number. */
  readonly modules = new Map<number, CellModule>();

  /** Makes the names of a cell that ran visible to later cells, and drops cells that nothing needs any more. */
  add(cell: CellModule): void {
    for (const declaration of cell.declarations) this.declare(declaration, cell);
    this.scope.declare(cell.declarations);
    this.modules.set(cell.number, cell);
    this.prune();
  }

  /** How the present value of a name was declared. */
  valueOf(name: string): readonly Declaration[] {
    return this.names.get(name)?.value?.declarations.filter((one) => one.name === name && isValue(one)) ?? [];
  }

  private declare(declaration: Declaration, cell: CellModule): void {
    const { name } = declaration;
    const origin: NameOrigin = { ...this.names.get(name) };
    if (isValue(declaration)) {
      // A class is replaced whole, by a constant say; an interface of another cell stays beside it.
      if (origin.type !== cell && origin.type === origin.value) delete origin.type;
      origin.value = cell;
    }
    if (isType(declaration)) origin.type = cell;
    this.names.set(name, origin);
  }

  /** Keeps the cells whose names can still be used, and those that their types refer to. */
  private prune(): void {
    const needed = new Set<number>();
    const keep = (cell: CellModule | undefined): void => {
      if (!cell || needed.has(cell.number)) return;
      needed.add(cell.number);
      const text = cell.frozen ? cell.frozen.imports + cell.frozen.body : cell.source;
      for (const [, number] of text.matchAll(/\bdnn\$(\d+)/g)) keep(this.modules.get(Number(number)));
    };
    for (const { value, type } of this.names.values()) {
      keep(value);
      keep(type);
    }
    for (const cell of this.modules.values()) if (augments(cell.source)) keep(cell);
    for (const number of this.modules.keys()) if (!needed.has(number)) this.modules.delete(number);
    this.forgetOldSources();
  }

  /**
   * Cells that ran unchecked refer to each other without end when they declare their names anew from the old ones; the
   * oldest of those that only others refer to are given up (what they declared is then `any`).
   */
  private forgetOldSources(): void {
    const current = new Set([...this.names.values()].flatMap(({ value, type }) => [value, type]));
    const old = [...this.modules.values()].filter((cell) => !cell.frozen && !current.has(cell));
    for (const { number } of old.slice(0, -MOST_OLD_SOURCES)) this.modules.delete(number);
  }

  reset(): void {
    this.names.clear();
    this.scope.reset();
    this.modules.clear();
  }
}
