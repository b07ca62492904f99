/** A class for the grading benchmark: a small assignment, and submissions of all kinds, honest, wrong, hostile and broken. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cell, Notebook } from "dnn-lab-notebooks";
import { assignmentOf, type Assignment } from "dnn-lab-grader/internal/assignment/assignment";
import { templateOf } from "dnn-lab-grader/internal/authoring/release";
import { writeZip } from "dnn-lab-grader/internal/archive/zip";

function cell(source: string, nbgrader?: object): Cell {
  const base = { schema_version: 3, grade: false, solution: false, locked: false, task: false };
  const metadata = nbgrader ? { nbgrader: { ...base, ...nbgrader } } : {};
  return { cell_type: "code", metadata, source, outputs: [], execution_count: null };
}

const limits = {
  cellSeconds: 60,
  notebookSeconds: 300,
  memoryMB: 1500,
  processes: 64,
  fileMB: 5,
  outputMB: 0.1,
  submissionMB: 1,
};

const source: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" },
    dnn_lab: { assignment: { name: "class", limits } },
  },
  cells: [
    cell("function square(x: number): number {\n  // BEGIN SOLUTION\n  return x * x;\n  // END SOLUTION\n}", {
      grade_id: "square",
      solution: true,
    }),
    cell(
      'check("square", ({ test, equals }) => {\n  test("3", 1, "square(3)", equals(9));\n  // BEGIN HIDDEN TESTS\n  test("-2", 2, "square(-2)", equals(4));\n  // END HIDDEN TESTS\n});',
      { grade_id: "square-check", grade: true, locked: true, points: 3 },
    ),
    cell("// BEGIN SOLUTION\nconst mean = (1 + 2 + 6) / 3;\n// END SOLUTION", { grade_id: "mean", solution: true }),
    cell('check("mean", ({ test, near }) => test("mean", 2, "mean", near(3)));', {
      grade_id: "mean-check",
      grade: true,
      locked: true,
      points: 2,
    }),
  ],
};

const right = ["const square = (x: number): number => x * x;", "const mean = 3;"] as const;
/** What a kind of submission writes: two answers, and a cell before them. */
const kinds: readonly (readonly [name: string, square: string, mean: string, extra?: string])[] = [
  ["right", ...right],
  ["half", "const square = (x: number) => Math.abs(x) * x;", right[1]],
  ["error", right[0], 'throw new Error("no idea");'],
  ["types", "const square: string = 3;", right[1]],
  [
    "tampering",
    "const square = (x: number) => 0;",
    right[1],
    'JSON.stringify = () => "9"; Array.prototype.map = () => [9];',
  ],
  ["leaving", ...right, 'process.kill(process.pid, "SIGKILL");'],
  [
    "processes",
    ...right,
    'require("node:child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref();',
  ],
  [
    "bomb",
    ...right,
    'require("node:child_process").spawn("sh", ["-c", "f() { f | f & }; f; sleep 60"]); await new Promise((done) => setTimeout(done, 30_000));',
  ],
];

function submission(assignment: Assignment, [, square, mean, extra]: (typeof kinds)[number], number: number): string {
  const template = templateOf(assignment);
  const cells = template.cells.map((each, i) =>
    i === 0 ? { ...each, source: square } : i === 2 ? { ...each, source: mean } : each,
  );
  // Different files for equal answers: the queue must not take two students for one.
  return JSON.stringify({ ...template, cells: [cell(`// ${number}\n${extra ?? ""}`), ...cells] });
}

/** Files that are refused. */
function broken(path: string, number: number): void {
  const what = number % 4;
  if (what === 0) writeFileSync(`${path}.ipynb`, `no notebook ${number}`);
  else if (what === 1) symlinkSync("/etc/passwd", `${path}.ipynb`);
  else if (what === 2) writeFileSync(`${path}.zip`, writeZip(new Map([["notes.txt", Buffer.from(String(number))]])));
  else writeFileSync(`${path}; $(x).ipynb`, "{}");
}

/** Writes the assignment and `count` submissions, of which every fifth is broken; returns the assignment's source. */
export function writeClass(folder: string, count: number): string {
  mkdirSync(join(folder, "in"), { recursive: true });
  const path = join(folder, "source.ipynb");
  writeFileSync(path, JSON.stringify(source));
  const assignment = assignmentOf(source);
  for (let number = 0; number < count; number++) {
    const kind = kinds[number % kinds.length]!;
    const name = join(folder, "in", `s${String(number).padStart(2, "0")}-${number % 5 === 4 ? "broken" : kind[0]}`);
    if (number % 5 === 4) broken(name, number);
    else writeFileSync(`${name}.ipynb`, submission(assignment, kind, number));
  }
  return path;
}
