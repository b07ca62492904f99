/** Which notebook cell shows which statement of the slides, with which functions of the library, tested where. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { statements, type Statement } from "./statements";

/** A file below the project's folder, with `/` as separator. */
interface ShownCell {
  readonly notebook: string;
  /** Its id in the notebook. */
  readonly id: string;
  readonly count: number;
  readonly functions: readonly string[];
}

export interface CoverageRow extends Statement {
  readonly cells: readonly ShownCell[];
  /** Functions whose docstrings name the statement, else those that its cells use; each with the file that defines it. */
  readonly functions: readonly { readonly name: string; readonly file: string }[];
  /** Tests of these functions. */
  readonly tests: readonly string[];
}

/** What almost every cell uses: it does not show a statement. */
const everywhere = new Set([
  "checkClaim",
  "compareRuns",
  "dataFrame",
  "display",
  "evaluate",
  "fashionMnist",
  "fit",
  "lineFigure",
]);
for (const name of ["checkAnswer", "frameFigure", "networkFigure"]) everywhere.add(name);
for (const name of ["setRandomSeed", "summary", "tf", "scheduleFigure", "sgd"]) everywhere.add(name);

/** One row for each statement, in the slides' order. @throws Error when a cell or docstring names one that there is not. */
export function coverage(project: string): CoverageRow[] {
  const shown = shownCells(project);
  const files = new Map(definitions(project));
  const declared = declaredFunctions(project);
  const tests = filesBelow(project, "test", ".test.ts").map((file) => [file, read(project, file)] as const);
  return statements.map((statement) => {
    const cells = shown.get(statement.id) ?? [];
    const used = cells.flatMap((cell) => cell.functions).filter((name) => files.has(name));
    const names = [...new Set(declared.get(statement.id) ?? used)];
    const functions = names.map((name) => ({ name, file: files.get(name)! }));
    return { ...statement, cells, functions, tests: [...new Set(functions.flatMap((each) => testOf(each, tests)))] };
  });
}

/** What is wrong with the rows; empty when every statement that is not open has a cell, a function and a test. */
export function gaps(rows: readonly CoverageRow[]): string[] {
  return rows.flatMap(({ id, open, cells, functions, tests }) => {
    if (open) return cells.length ? [`${id} is shown, but still said to be open (${open})`] : [];
    const missing = Object.entries({ "notebook cell": cells, "library function": functions, test: tests });
    return missing.filter(([, found]) => found.length === 0).map(([what]) => `${id} has no ${what}`);
  });
}

/** Statement → cells whose metadata name it. */
function shownCells(project: string): Map<string, ShownCell[]> {
  const found = new Map<string, ShownCell[]>();
  for (const notebook of filesBelow(project, "notebooks", ".ipynb")) {
    const { cells } = JSON.parse(read(project, notebook)) as { cells: NotebookCell[] };
    const imported = new Set(cells.flatMap((cell) => importedNames(sourceOf(cell))));
    for (const cell of cells) {
      for (const id of cell.metadata.slides ?? []) {
        checkKnown(id, `${notebook}: a cell`);
        const functions = [...new Set(sourceOf(cell).match(/\w+/g))].filter((name) => imported.has(name));
        const used = functions.filter((name) => !everywhere.has(name));
        found.set(id, [
          ...(found.get(id) ?? []),
          { notebook, id: cell.id ?? "", count: cell.execution_count ?? 0, functions: used },
        ]);
      }
    }
  }
  return found;
}

interface NotebookCell {
  readonly id?: string;
  readonly source: string | string[];
  readonly execution_count?: number | null;
  readonly metadata: { readonly slides?: readonly string[] };
}

const sourceOf = ({ source }: NotebookCell): string => [source].flat().join("");

/** Statement → functions whose docstrings say `Slides' statements: eq-1, eq-2.` */
function declaredFunctions(project: string): Map<string, string[]> {
  const documented = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:async )?(?:function|class|const) (\w+)/g;
  const found = new Map<string, string[]>();
  for (const file of filesBelow(project, "src", ".ts")) {
    for (const [, docs, name] of read(project, file).matchAll(documented)) {
      const ids = /Slides' statements: ([\w, -]+)\./.exec(docs)?.[1].split(", ") ?? [];
      for (const id of ids) {
        checkKnown(id, `${file}: the docstring of ${name}`);
        found.set(id, [...(found.get(id) ?? []), name]);
      }
    }
  }
  return found;
}

function checkKnown(id: string, where: string): void {
  if (statements.some((statement) => statement.id === id)) return;
  throw new Error(`${where} names '${id}', which is no statement of the slides (scripts/coverage/statements.ts).`);
}

/** Names that a cell imports from the library. */
function importedNames(source: string): string[] {
  return [...source.matchAll(/import\s*\{([^}]*)\}\s*from\s*"dnn-lab"/g)].flatMap(([, names]) =>
    names.split(",").flatMap((name) => (/^\s*type\b/.test(name) ? [] : (name.match(/\w+/) ?? []))),
  );
}

/** Exported functions, classes and constants of the library with the file that defines them; `activations` as a whole. */
function definitions(project: string): [name: string, file: string][] {
  return filesBelow(project, "src", ".ts").flatMap((file) => {
    const text = read(project, file);
    const names = [...text.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
    const whole = /^export \* as (\w+) from "\.\/(.+)"/gm;
    const modules =
      file === "src/library/index.ts"
        ? [...text.matchAll(whole)].map(([, name, path]) => [name, `src/library/${path}.ts`])
        : [];
    return [...names.map((name): [string, string] => [name, file]), ...(modules as [string, string][])];
  });
}

/** The test that mirrors the function's file, else one of the same name, a near one, or any that names the function. */
function testOf(
  { name, file }: { name: string; file: string },
  tests: readonly (readonly [string, string])[],
): string[] {
  const mirror = file.replace(/^src\//, "test/").replace(/\.ts$/, ".test.ts");
  const named = tests.filter(([, text]) => new RegExp(`\\b${name}\\b`).test(text)).map(([test]) => test);
  const folder = mirror.slice(0, mirror.lastIndexOf("/"));
  const alike = named.filter((test) => test.endsWith(mirror.slice(folder.length)));
  const near = [mirror, ...alike, ...named.filter((test) => test.startsWith(folder)), ...named];
  const first = near.find((test) => tests.some(([path]) => path === test));
  return first ? [first] : [];
}

function filesBelow(project: string, folder: string, ending: string): string[] {
  return readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (name) => name.endsWith(ending) && !name.includes(".ipynb_checkpoints") && !name.split(sep).includes("dist"),
    )
    .map((name) =>
      relative(project, join(project, folder, name))
        .split(sep)
        .join("/"),
    )
    .sort();
}

const read = (project: string, file: string): string => readFileSync(join(project, file), "utf8");
