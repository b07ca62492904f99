/** After public reports of users of nbgrader, otter-grader and those who run them; each test names its report. */
import { describe, expect, it, vi } from "vitest";
import type { Cell, Notebook } from "../../src/notebooks/notebook/notebook-file";
import { type Assignment, assignmentOf } from "../../src/grader/assignment/assignment";
import { templateOf } from "../../src/grader/authoring/release";
import { feedbackHtml } from "../../src/grader/feedback/feedback-page";
import { gradeSubmission } from "../../src/grader/grading/grade";
import { penaltyOf } from "../../src/grader/grading/marks";
import type { Graded } from "../../src/grader/grading/result";
import { noContainment } from "../../src/grader/sandbox/containment";
import {
  answer,
  answered,
  checks,
  rightAnswers,
  settings,
  smallAssignment,
  sourceCells,
  sourceNotebook,
} from "./assignments";

vi.setConfig({ testTimeout: 400_000 });

const assignment: Assignment = { ...smallAssignment(), quality: [] };

function grade(notebook: Notebook): Promise<Graded> {
  const about = { student: "ada", files: new Map(), claimed: undefined, hash: "0", submitted: "2026-01-01T00:00:00Z" };
  return gradeSubmission({ ...about, notebook }, assignment, { containment: noContainment });
}
const idOf = ({ metadata }: Cell): unknown => (metadata.nbgrader as { grade_id?: string } | undefined)?.grade_id;
const earned = ({ checks }: Graded): Record<string, number> =>
  Object.fromEntries(checks.map(({ id, earned }) => [id, earned]));

/** The notebook with one cell in place of that of an id. */
function replaced(notebook: Notebook, id: string, by: (cell: Cell) => readonly Cell[]): Notebook {
  return { ...notebook, cells: notebook.cells.flatMap((each) => (idOf(each) === id ? by(each) : [each])) };
}

describe("a name that files, patterns or queues would read otherwise is refused when the assignment is written", () => {
  it.each(["123 (abc)", "123 [abc]", "test 1/2", "Charge+Plate", "../x", "a:b", "$HOME"])(
    "%s (nbgrader#1738, #1843, #928)",
    (name) => {
      expect(() => assignmentOf(sourceNotebook(sourceCells(), { ...settings, name }))).toThrow(
        /name must be letters, digits/,
      );
    },
  );
});

describe("cells of one id", () => {
  it("in the source are refused, and named (nbgrader#54, #1331, cocalc#6687)", () => {
    const twice = [...sourceCells(), checks("mean-check", 1, 'check("again", () => undefined);')];
    expect(() => assignmentOf(sourceNotebook(twice))).toThrow(/mean-check/);
  });

  it("of a student who split the cell both count (ananke#12, nbgrader#1083)", async () => {
    const split = replaced(answered(assignment, rightAnswers), "square", (cell) => [
      { ...cell, source: "const factor = (x: number) => x;" },
      { ...cell, id: `${cell.id}-2`, source: "function square(x: number): number { return factor(x) * x; }" },
    ]);
    const result = await grade(split);
    expect(earned(result)).toMatchObject({ "square-check": 4 });
    expect(result.notes.join(" ")).toMatch(/square/);
  });

  it("of a student who copied a check run what the assignment has (nbgrader#108)", async () => {
    const copied = replaced(answered(assignment, rightAnswers), "square-check", (cell) => [
      cell,
      { ...cell, id: `${cell.id}-2`, source: 'check("square", ({ test }) => test("free", 100, "1", () => true));' },
    ]);
    expect(earned(await grade(copied))).toMatchObject({ "square-check": 4 });
  });
});

describe("hidden tests", () => {
  const wrongOnlyHidden = { ...rightAnswers, square: "function square(x: number): number { return Math.abs(x) * x; }" };

  it("that fail are not told as passed (otter-grader#138, #383)", async () => {
    const result = await grade(answered(assignment, wrongOnlyHidden));
    expect(earned(result)).toMatchObject({ "square-check": 2 });
    const page = feedbackHtml(result, "Numbers");
    expect(page).toContain("negative numbers have squares too");
    expect(page).not.toMatch(/all tests (pass|passed)/i);
  });

  it("alone leave a check that shows nothing of them (otter-grader#181, #495)", () => {
    const secret =
      'check("own", ({ test }) => {\n  // BEGIN HIDDEN TESTS\n  test("42", 1, "own === 42", (own) => own);\n  // END HIDDEN TESTS\n});';
    const cells = [
      ...sourceCells(),
      answer("own", "// BEGIN SOLUTION\nconst own = 42;\n// END SOLUTION"),
      checks("own-check", 1, secret),
    ];
    const template = templateOf(assignmentOf(sourceNotebook(cells)));
    expect(JSON.stringify(template)).not.toMatch(/42|HIDDEN/);
  });
});

describe("a penalty for lateness", () => {
  it("goes when the due date moves behind the hand-in (nbgrader#723)", async () => {
    const result = await grade(answered(assignment, rightAnswers));
    expect(penaltyOf(result, { due: "2025-12-30", penaltyPerDay: "10%" })).toBeGreaterThan(0);
    expect(penaltyOf(result, { due: "2026-01-01", penaltyPerDay: "10%" })).toBe(0);
  });
});
