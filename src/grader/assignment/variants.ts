/** Variants: parameters that have another value for each student, drawn from what the assignment offers, by the student's id. */
import { hashOf } from "dnn-lab-core/hash";
import { checkKeys, checkNumber } from "dnn-lab-core/check";
import { type Cell, type Notebook, joined, languageOf, withParameters } from "dnn-lab-notebooks";
import ts from "typescript";
import { AuthoringError } from "./grader-cell";

/** What a parameter's value is drawn from: a list, or the whole numbers from one to another, both included. */
export type Choice = readonly unknown[] | { readonly from: number; readonly to: number };

/** Parameter → what its value is drawn from. */
export type Variants = Readonly<Record<string, Choice>>;

const OWNER = "dnn_lab.assignment.variants";

/** Reads the setting `variants`. @throws AuthoringError, TypeError or RangeError that say what it must be */
export function readVariants(given: unknown): Variants {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new AuthoringError(`${OWNER} must be an object: parameter → a list of values, or { from, to }`);
  for (const [name, choice] of Object.entries(given as Record<string, unknown>)) {
    if (Array.isArray(choice)) {
      if (choice.length === 0) throw new AuthoringError(`${OWNER}.${name} is an empty list`);
      continue;
    }
    const { from, to } = checkKeys(`${OWNER}.${name}`, choice as object, ["from", "to"]) as Record<string, unknown>;
    const least = checkNumber(`${OWNER}.${name}`, "from", from, { integer: true });
    checkNumber(`${OWNER}.${name}`, "to", to, { integer: true, min: least });
  }
  return given as Variants;
}

/** The values for somebody: the same for the same assignment and key, whoever else is in the class. */
export function drawn(variants: Variants, assignment: string, key: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(variants).map(([name, choice]) => {
      const number = Number.parseInt(hashOf("sha256", assignment, "\0", key, "\0", name).slice(0, 12), 16);
      if (Array.isArray(choice)) return [name, choice[number % choice.length] as unknown];
      const { from, to } = choice as { from: number; to: number };
      return [name, from + (number % (to - from + 1))];
    }),
  );
}

/** Where the values of top-level declarations stand in a cell's TypeScript. */
function initializersIn(source: string): Map<string, readonly [start: number, end: number]> {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true);
  const declared = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((each) => [...each.declarationList.declarations]);
  return new Map(
    declared.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer ? [[name.text, [initializer.getStart(file), initializer.getEnd()]]] : [],
    ),
  );
}

/** The cell with other values where it declares its names, as a person would have written it. */
function rewritten(source: string, values: Readonly<Record<string, unknown>>): string | undefined {
  const places = initializersIn(source);
  if (!Object.keys(values).every((name) => places.has(name))) return undefined;
  const edits = Object.entries(values).map(([name, value]) => ({
    place: places.get(name)!,
    text: JSON.stringify(value),
  }));
  return edits
    .sort((a, b) => b.place[0] - a.place[0])
    .reduce((text, { place: [start, end], text: value }) => text.slice(0, start) + value + text.slice(end), source);
}

/** The notebook with somebody's values in its parameters cell. @throws AuthoringError when the cell does not declare them */
export function withVariant(notebook: Notebook, values: Readonly<Record<string, unknown>>): Notebook {
  if (Object.keys(values).length === 0) return notebook;
  const isIt = ({ cell_type, metadata }: Cell): boolean =>
    cell_type === "code" && metadata?.tags?.includes("parameters") === true;
  const at = notebook.cells.findIndex(isIt);
  const source =
    languageOf(notebook) === "typescript" && at >= 0
      ? rewritten(joined(notebook.cells[at]!.source), values)
      : undefined;
  if (source !== undefined)
    return { ...notebook, cells: notebook.cells.map((cell, i) => (i === at ? { ...cell, source } : cell)) };
  try {
    return withParameters(
      notebook,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)])),
    );
  } catch (error) {
    throw new AuthoringError(`${OWNER}: ${(error as Error).message}`, { cause: error });
  }
}
