/** A small assignment for the tests: nothing is trained, all kinds of cells are there. */
import type { Cell, Notebook } from "../../src/notebooks/notebook/notebook-file";
import { assignmentOf, type Assignment } from "../../src/grader/assignment/assignment";
import { templateOf } from "../../src/grader/authoring/release";

type Grader = Readonly<Record<string, unknown>>;

let ids = 0;
const base = { schema_version: 3, grade: false, solution: false, locked: false, task: false };

export function cell(
  cell_type: Cell["cell_type"],
  source: string,
  nbgrader?: Grader,
  tags: readonly string[] = [],
): Cell {
  const metadata = { ...(nbgrader ? { nbgrader: { ...base, ...nbgrader } } : {}), ...(tags.length ? { tags } : {}) };
  const run = cell_type === "code" ? { outputs: [], execution_count: null } : {};
  return { id: `c${++ids}`, cell_type, metadata, source, ...run };
}

export const given = (id: string, source: string, tags: readonly string[] = []): Cell =>
  cell("code", source, { grade_id: id, locked: true }, tags);
export const answer = (id: string, source: string): Cell => cell("code", source, { grade_id: id, solution: true });
export const checks = (id: string, points: number, source: string): Cell =>
  cell("code", source, { grade_id: id, grade: true, locked: true, points });

export const settings = {
  name: "numbers",
  title: "Numbers",
  quality: [
    { rule: "reproducible", points: 1 },
    { rule: "metric", name: "mean", expression: "mean", tolerance: 0.01, points: 1 },
    { rule: "section", heading: "What I saw", words: 5, points: 1 },
    { rule: "figures", count: 1, points: 1 },
    { rule: "time", seconds: 600, points: 1 },
  ],
  limits: {
    cellSeconds: 200,
    notebookSeconds: 600,
    memoryMB: 1500,
    processes: 64,
    fileMB: 5,
    outputMB: 0.1,
    submissionMB: 2,
  },
};

export const sourceCells = (): Cell[] => [
  cell("markdown", "# Numbers"),
  given("set-up", "const n = 4;\nlet seed = 1;", ["parameters"]),
  cell("markdown", "## Squares"),
  answer("square", "function square(x: number): number {\n  // BEGIN SOLUTION\n  return x * x;\n  // END SOLUTION\n}"),
  checks(
    "square-check",
    4,
    `await check("square", ({ test, near, equals }) => {
  test("the square of 3 is 9", 1, "square(3)", equals(9), { hint: "x times x" });
  // BEGIN HIDDEN TESTS
  test("negative numbers have squares too", 2, { a: "square(-2)", b: "square(-0.5)" }, ({ a, b }) => a === 4 && b === 0.25);
  test("it works for the given n", 1, "square(n)", near(16));
  // END HIDDEN TESTS
});`,
  ),
  cell("markdown", "## Mean"),
  answer("mean", "// BEGIN SOLUTION\nconst mean = [1, 2, 3, 6].reduce((sum, x) => sum + x, 0) / n;\n// END SOLUTION"),
  checks("mean-check", 2, `check("mean", ({ test, near }) => {\n  test("the mean is 3", 2, "mean", near(3));\n});`),
  checks("plain-check", 1, 'if (typeof mean !== "number") throw new Error("mean is no number");'),
  answer("picture", "// BEGIN SOLUTION\nsvg('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')\n// END SOLUTION"),
  cell("markdown", "## What I saw"),
  cell("markdown", "<!-- BEGIN SOLUTION -->\nSquares grow faster than their numbers.\n<!-- END SOLUTION -->", {
    ...{ grade_id: "seen", grade: true, solution: true, points: 3 },
  }),
];

export function sourceNotebook(cells: readonly Cell[] = sourceCells(), own: object = settings): Notebook {
  const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec, dnn_lab: { assignment: own } }, cells };
}

export const smallAssignment = (own: object = settings): Assignment => assignmentOf(sourceNotebook(sourceCells(), own));

/** The template with answers put in, by `grade_id`. */
export function answered(assignment: Assignment, answers: Readonly<Record<string, string>>): Notebook {
  const template = templateOf(assignment);
  const cells = template.cells.map((each) => {
    const id = (each.metadata.nbgrader as { grade_id?: string } | undefined)?.grade_id;
    return id !== undefined && id in answers ? { ...each, source: answers[id] } : each;
  });
  return { ...template, cells };
}

/** The notebook with code cells of the student's own at a place. */
export function inserted(notebook: Notebook, at: number, ...sources: string[]): Notebook {
  const cells = [...notebook.cells];
  cells.splice(at, 0, ...sources.map((source) => cell("code", source)));
  return { ...notebook, cells };
}

export const rightAnswers = {
  square: "function square(x: number): number { return x * x; }",
  mean: "const mean = 12 / n;",
  picture: "svg('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
  seen: "Squares grow faster than their numbers do.",
};
