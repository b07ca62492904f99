/** Assignments as notebooks: nbgrader's metadata, regions, checks, template, solution, rubric. No kernel runs here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { joined, readNotebook, type Cell } from "../../src/notebooks/notebook/notebook-file";
import { assignmentOf, readAssignment } from "../../src/grader/assignment/assignment";
import { releaseFiles } from "../../src/grader/authoring/author";
import { graderOf, roleOf, withGrader } from "../../src/grader/assignment/grader-cell";
import { hasRegion, replaceRegions, withoutRegions } from "../../src/grader/assignment/regions";
import { solutionOf, templateOf } from "../../src/grader/authoring/release";
import { rubricMarkdown, rubricOf } from "../../src/grader/authoring/rubric";
import { prepare } from "../../src/grader/grading/prepare-notebook";
import {
  answer,
  answered,
  cell,
  checks,
  given,
  settings,
  smallAssignment,
  sourceCells,
  sourceNotebook,
} from "./assignments";

const source = (each: Cell): string => joined(each.source);
const withCells = (...cells: Cell[]) => assignmentOf(sourceNotebook([...sourceCells(), ...cells]));

describe("nbgrader's metadata", () => {
  it("of version 3 are read and written without a loss", () => {
    const nbgrader = {
      schema_version: 3,
      grade: true,
      solution: false,
      locked: true,
      task: false,
      points: 2,
      grade_id: "a",
      cell_type: "code",
    };
    const read: Cell = { cell_type: "code", source: "", metadata: { nbgrader, tags: ["x"] } };
    expect(withGrader(read)).toEqual(read);
    expect(roleOf(read)).toBe("check");
  });

  it.each([
    [{ grade: true, solution: true, points: 1 }, "manual"],
    [{ grade: false, solution: true }, "solution"],
    [{ grade: false, solution: false, locked: true }, "given"],
    [{ grade: false, solution: false, locked: false, task: true, points: 3 }, "task"],
    [{ grade: false, solution: false, locked: false }, "free"],
  ])("tell the role of a cell: %o", (nbgrader, role) => {
    expect(roleOf(cell("code", "", { grade_id: "a", ...nbgrader }))).toBe(role);
  });

  it("of version 1, in which tests were locked without saying so, become version 3", () => {
    const old: Cell = {
      cell_type: "code",
      source: "",
      metadata: { nbgrader: { grade: true, solution: false, grade_id: "a", points: 1 } },
    };
    expect(graderOf(old)).toMatchObject({ schema_version: 3, locked: true, task: false });
  });

  it.each([
    [{ schema_version: 4, grade_id: "a" }, /schema version 1 to 3, received 4/],
    [{ grade_id: "a b" }, /grade_id must be a name/],
    [{ grade_id: "a", grade: true }, /cell a: points must be a number/],
  ])("that are wrong are refused: %o", (nbgrader, message) => {
    expect(() => graderOf({ cell_type: "code", source: "", metadata: { nbgrader } })).toThrow(message);
  });
});

describe("regions", () => {
  it("are replaced by a stub that is indented as they are, in each style of comment", () => {
    for (const [begin, end] of [
      ["// BEGIN SOLUTION", "// END SOLUTION"],
      ["### BEGIN SOLUTION", "### END SOLUTION"],
    ])
      expect(replaceRegions(`a\n  ${begin}\n  b\n  ${end}\nc`, "SOLUTION", () => ["stub"])).toBe("a\n  stub\nc");
    expect(hasRegion("<!-- BEGIN SOLUTION -->", "SOLUTION")).toBe(true);
    expect(hasRegion('const text = "BEGIN SOLUTION";', "SOLUTION")).toBe(false);
  });

  it.each(["// BEGIN SOLUTION\na", "// END SOLUTION", "// BEGIN SOLUTION\n// BEGIN SOLUTION\n// END SOLUTION"])(
    "that do not fit together are refused: %j",
    (text) => expect(() => withoutRegions(text, "SOLUTION")).toThrow(/BEGIN|END/),
  );
});

describe("an assignment", () => {
  it("has the points of its tests and rules", () => {
    const { points, manualPoints, parameters } = smallAssignment({ ...settings, parameters: { seed: 7 } });
    expect([points, manualPoints, parameters]).toEqual([12, 3, { seed: "7" }]);
  });

  it.each([
    ["two cells of one name", [given("set-up", "")], /two cells have the grade_id 'set-up'/],
    [
      "points that the tests do not have",
      [checks("q", 3, 'check("q", ({ test }) => test("a", 1, "x", Boolean));')],
      /worth 1 points together, its metadata say 3/,
    ],
    [
      "hidden asserts",
      [checks("q", 1, "// BEGIN HIDDEN TESTS\nthrow 1;\n// END HIDDEN TESTS")],
      /would have to run in the student's kernel/,
    ],
    [
      "a solution in a given cell",
      [given("q", "// BEGIN SOLUTION\n// END SOLUTION")],
      /must stand in a cell that students change/,
    ],
    [
      "hidden tests in an answer",
      [answer("q", "// BEGIN HIDDEN TESTS\n// END HIDDEN TESTS")],
      /must stand in a check cell/,
    ],
    ["a check that does not compile", [checks("q", 1, 'check("q", ({ test }) => {')], /check cell q/],
    [
      "an import in a check",
      [checks("q", 1, 'import "x";\ncheck("q", ({ test }) => test("a", 1, "x", Boolean));')],
      /has an import/,
    ],
  ])("is refused for %s", (_, cells, message) => {
    expect(() => withCells(...cells)).toThrow(message);
  });

  it("is refused for unknown settings, with a guess", () => {
    expect(() => smallAssignment({ ...settings, titel: "x" })).toThrow(/unknown option 'titel'.*Did you mean 'title'/);
    expect(() => smallAssignment({ ...settings, quality: [{ rule: "time", points: 1 }] })).toThrow(/seconds must be/);
  });
});

describe("what is published", () => {
  const assignment = smallAssignment();
  const template = templateOf(assignment);
  const text = JSON.stringify(template);

  it("has no solution and no hidden test", () => {
    expect(text).not.toMatch(/return x \* x|negative numbers|HIDDEN|BEGIN|Squares grow/);
    expect(text).toMatch(/the square of 3 is 9/);
    expect(source(template.cells[3]!)).toBe(
      'function square(x: number): number {\n  // YOUR CODE HERE\n  throw new Error("There is no answer here yet.");\n}',
    );
  });

  it("keeps nbgrader's metadata, and is nbformat 4.5 with ids", () => {
    expect(template.cells.every(({ id }) => id)).toBe(true);
    expect(template.cells[4]!.metadata.nbgrader).toMatchObject({ schema_version: 3, cell_type: "code", points: 4 });
  });

  it("has the answers in the solution, without marks", () => {
    expect(JSON.stringify(solutionOf(assignment))).toMatch(/return x \* x/);
    expect(JSON.stringify(solutionOf(assignment))).not.toMatch(/BEGIN|negative numbers/);
  });

  it("tells students in the rubric what hidden tests are worth, and not what they are", () => {
    const rubric = rubricOf(assignment);
    expect(rubric.items.find(({ id }) => id === "square-check")!.tests).toHaveLength(3);
    expect(rubricMarkdown(rubric)).toContain("| square-check | further tests | 3 |");
    expect(rubricMarkdown(rubric)).not.toContain("negative");
  });
});

describe("a submitted notebook", () => {
  const assignment = smallAssignment();

  it("gets the teacher's cells back, and keeps its own", () => {
    const notebook = answered(assignment, {
      square: "const square = 1;",
      "square-check": "// nothing to check",
      "set-up": "const n = 1;",
    });
    const { notebook: prepared, stops, notes } = prepare(notebook, assignment);
    const sources = prepared.cells.map(source);
    expect(sources).toContain("const square = 1;");
    expect(sources.join()).toContain("const n = 4;");
    expect([...stops.values()].map(({ id }) => id)).toEqual(["square-check", "mean-check"]);
    expect(notes).toEqual([
      expect.stringContaining("'set-up' was changed"),
      expect.stringContaining("'square-check' was changed"),
    ]);
  });

  it("gets cells back that were deleted, in their place", () => {
    const notebook = answered(assignment, {});
    const cells = notebook.cells.filter(
      ({ metadata }) => !["set-up", "mean-check", "square"].includes(graderIdOf(metadata)),
    );
    const { notebook: prepared, notes } = prepare({ ...notebook, cells }, assignment);
    const ids = prepared.cells.map(({ metadata }) => graderIdOf(metadata)).filter(Boolean);
    expect(ids).toEqual(["set-up", "square-check", "mean", "mean-check", "plain-check", "picture", "seen"]);
    expect(notes.join()).toMatch(/'square' \(solution\) is missing/);
  });

  it("cannot choose the kernel, skip cells, or copy a cell of the assignment", () => {
    const notebook = answered(assignment, {});
    const steered = {
      ...notebook,
      metadata: { kernelspec: { name: "bash" } },
      cells: [...notebook.cells, { ...cell("code", "1"), metadata: { tags: ["skip-execution"] } }],
    };
    const { notebook: prepared } = prepare(steered, assignment);
    expect(prepared.metadata).toEqual({ kernelspec: assignment.notebook.metadata.kernelspec });
    expect(prepared.cells.some(({ metadata }) => metadata.tags?.includes("skip-execution"))).toBe(false);
    const { notes } = prepare({ ...notebook, cells: [...notebook.cells, notebook.cells[3]!] }, assignment);
    expect(notes.join()).toMatch(/more than one cell/);
    expect(() => prepare({ ...notebook, cells: [cell("code", "1")] }, assignment)).toThrow(/no cell of the assignment/);
  });
});

const graderIdOf = (metadata: Cell["metadata"]): string =>
  (metadata.nbgrader as { grade_id?: string } | undefined)?.grade_id ?? "";

describe.each(["training-deep-networks", "transfer-and-activations"])("case-studies/%s", (study) => {
  const folder = join(__dirname, "..", "..", "case-studies", study);
  const assignment = readAssignment(join(folder, "source.ipynb"));

  it.each([...releaseFiles(assignment)])("has %s as its source gives it (npx dnn-lab author)", (name, content) => {
    expect(existsSync(join(folder, name))).toBe(true);
    expect(readFileSync(join(folder, name), "utf8")).toBe(content);
  });

  it("gives out a notebook without a hidden test", () => {
    const given = JSON.stringify(readNotebook(join(folder, "template", `${study}.ipynb`)));
    for (const { check } of assignment.cells)
      for (const { name, hidden } of check?.tests ?? []) expect(given.includes(name)).toBe(!hidden);
  });
});

describe("a marker with a slip", () => {
  const hiding = (line: string) =>
    checks("q", 1, `check("q", ({ test }) => {\n  test("a", 1, "x", Boolean);\n  ${line}\n});`);

  it.each([
    ...[
      "// BEGIN HIDDEN TEST",
      "// begin hidden tests",
      "// BEGIN HIDDEN TESTS:",
      "# BEGIN HIDEN TESTS",
      "BEGIN HIDDEN TESTS",
    ],
    ...[
      "// BEGIN_HIDDEN_TESTS",
      "/* BEGIN HIDDEN TESTS */",
      "f(); // BEGIN HIDDEN TESTS",
      "// END HIDDEN TEST",
      "<!-- Begin Solution -->",
    ],
    ...["// BEGINN SOLUTION", "### BEGIN MARK SCHEME"],
  ])("stops authoring: %s", (line) => {
    expect(() => withCells(hiding(line))).toThrow(/cell q: .* looks like a marker but is not one/);
  });

  it.each([
    "// the hidden side of tests",
    "// begin with the solution of x",
    "const solution = 1;",
    "// the test ends here",
  ])("is not every line with such words: %s", (line) =>
    expect(() => withCells(hiding(line))).not.toThrow(/looks like a marker/),
  );
});

describe("the template", () => {
  it("carries no parameters of the grader's", () => {
    const own = assignmentOf(sourceNotebook(sourceCells(), { ...settings, parameters: { n: 4321 } }));
    expect(JSON.stringify(templateOf(own))).not.toContain("4321");
    expect(JSON.stringify(templateOf(own).metadata)).not.toContain('"parameters"');
  });
});
