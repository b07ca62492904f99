/** What the cells so far declared, as far as the code of later cells depends on it. */
import { isValue, type Declaration, type DeclarationKind } from "../declarations";
import { naturalFamily, type Family } from "./families";
import { holderOf, importedWithin } from "./imports";
import { OwnNames } from "./own-names";

/** What the top-level names of a cell are in the code that runs; names that are not in here are themselves. */
export interface CellNames {
  /** Names that are called otherwise (see `own-names.ts`). */
  own: ReadonlyMap<string, string>;
  /** What stands for names that were imported (see `imports.ts`). */
  imported: ReadonlyMap<string, string>;
}

function existsAtRunTime(declaration: Declaration): boolean {
  return isValue(declaration) && !declaration.ambient;
}

/** The variables that the code of a cell declares. */
export function variablesOf(declarations: readonly Declaration[], { own }: CellNames): string[] {
  const variables = declarations
    .filter(existsAtRunTime)
    .map(({ name, key }) => (key === undefined ? (own.get(name) ?? name) : holderOf(name)));
  return [...new Set(variables)];
}

export class Scope {
  /** How each variable was declared first, by its name in the code that runs. */
  readonly families = new Map<string, Family>();
  private readonly own = new OwnNames();
  private imported: ReadonlyMap<string, string> = new Map();
  private readonly kinds = new Map<string, DeclarationKind>();

  /** The names as a cell with these declarations sees them. */
  within(declarations: readonly Declaration[]): CellNames {
    const values = declarations.filter(existsAtRunTime);
    return { own: this.own.within(values), imported: importedWithin(this.imported, values) };
  }

  /** Whether a namespace of this name adds to what is there. */
  isOpen(name: string): boolean {
    return ["namespace", "class", "function", "enum"].includes(this.kinds.get(name) ?? "");
  }

  /** Takes in what a cell that ran has declared. */
  declare(declarations: readonly Declaration[]): void {
    const values = declarations.filter(existsAtRunTime);
    const { own, imported } = this.within(values);
    for (const { name, kind, key } of values) {
      // A class stays one when a namespace adds to it.
      if (kind !== "namespace" || !this.isOpen(name)) this.kinds.set(name, kind);
      const variable = own.get(name) ?? name;
      if (key === undefined && !this.families.has(variable)) this.families.set(variable, naturalFamily(kind));
    }
    this.own.declare(values);
    this.imported = imported;
  }

  /** Forgets all names; V8 does not, so their families stay. */
  reset(): void {
    this.own.forget(this.families.keys());
    this.imported = new Map();
    this.kinds.clear();
  }
}
