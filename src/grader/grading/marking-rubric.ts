/** The items that people mark by: what is said, given or taken in many answers in the same way. A plain file beside the marks. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import { isRecord } from "dnn-lab-core/objects";
import type { MarkItem } from "./result";

export interface RubricEntry extends MarkItem {
  /** Unique within its cell; what `manual.csv` names. */
  readonly id: string;
}

type Items = Readonly<Record<string, readonly RubricEntry[]>>;

const isEntry = (value: unknown): value is RubricEntry =>
  isRecord(value) && /^\w+$/.test(String(value.id)) && typeof value.text === "string" && Number.isFinite(value.points);

/** `marking-rubric.json`: a list of items for each cell. */
export class MarkingRubric {
  private constructor(
    private readonly path: string,
    private readonly items: Items,
  ) {}

  /** Reads the file beside `manual.csv`; none is as an empty one. @throws TypeError when it is not such a file */
  static beside(marks: string): MarkingRubric {
    const path = join(dirname(marks), "marking-rubric.json");
    if (!existsSync(path)) return new MarkingRubric(path, {});
    const fail = (why: string, cause?: unknown): never => {
      throw new TypeError(`${path} must be an object with a list of { id, text, points } for each cell: ${why}`, {
        cause,
      });
    };
    try {
      const found: unknown = JSON.parse(readFileSync(path, "utf8"));
      if (!isRecord(found)) return fail("it is none");
      for (const [cell, list] of Object.entries(found))
        if (!Array.isArray(list) || !list.every(isEntry)) return fail(`that of ${cell} is none`);
      return new MarkingRubric(path, found as Items);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return fail((error as Error).message, error);
    }
  }

  of(cell: string): readonly RubricEntry[] {
    return Object.hasOwn(this.items, cell) ? this.items[cell]! : [];
  }

  /** The items of a cell that a row of the table names, separated by spaces. */
  chosen(cell: string, names: string): MarkItem[] {
    const wanted = names.split(" ");
    return this.of(cell)
      .filter(({ id }) => wanted.includes(id))
      .map(({ text, points }) => ({ text, points }));
  }

  /** Adds an item to a cell, or changes the one with that id; returns it, and writes the file. */
  put(cell: string, { id, text, points }: MarkItem & { readonly id?: string }): RubricEntry {
    const known = this.of(cell);
    const numbers = known.map((each) => Number(/^i(\d+)$/.exec(each.id)?.[1] ?? 0));
    const entry = { id: id ?? `i${Math.max(0, ...numbers) + 1}`, text, points };
    const list = known.some((each) => each.id === entry.id)
      ? known.map((each) => (each.id === entry.id ? entry : each))
      : [...known, entry];
    writeFileAtomic(this.path, `${JSON.stringify({ ...this.items, [cell]: list }, null, 1)}\n`);
    return entry;
  }
}
