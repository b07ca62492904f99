/** Copied, moved, retagged and spoilt cells: what the grader makes of them. No kernel runs here. */
import { describe, expect, it } from "vitest";
import { type Cell, joined } from "dnn-lab-notebooks";
import { parseNotebook } from "../../src/grader/archive/parse-notebook";
import { prepare } from "../../src/grader/grading/prepare-notebook";
import { assignmentOf } from "../../src/grader/assignment/assignment";
import { answered, cell, rightAnswers, settings, smallAssignment, sourceCells, sourceNotebook } from "./assignments";

const assignment = smallAssignment();
const right = answered(assignment, rightAnswers);
const at = (id: string): number =>
  right.cells.findIndex(({ metadata }) => (metadata.nbgrader as { grade_id?: string } | undefined)?.grade_id === id);
const prepared = (cells: readonly Cell[], of = assignment) =>
  prepare(parseNotebook(Buffer.from(JSON.stringify({ ...right, cells }))), of);
const sources = ({ notebook }: ReturnType<typeof prepared>): string[] =>
  notebook.cells.map(({ source }) => joined(source));
const whole = sources(prepared(right.cells));

function moved(from: number, to: number): Cell[] {
  const cells = [...right.cells];
  cells.splice(to, 0, ...cells.splice(from, 1));
  return cells;
}

describe("a notebook as it was given out", () => {
  it("is graded without a note, c09: also with the line ends of Windows", () => {
    const windows = right.cells.map((each) => ({ ...each, source: joined(each.source).replaceAll("\n", "\r\n") }));
    expect(prepared(right.cells).notes).toEqual([]);
    expect(prepared(windows).notes).toEqual([]);
    expect(sources(prepared(windows))).toEqual(whole);
  });
});

describe("c02: a cell that was copied", () => {
  it.each(["square", "square-check", "set-up", "seen"])("(%s) is graded once, and the copy is said", (id) => {
    const cells = [...right.cells];
    cells.splice(at(id), 0, right.cells[at(id)]!);
    const { stops, notes } = prepared(cells);
    expect(notes).toEqual([`There is more than one cell '${id}'; it was graded once.`]);
    expect([...stops.values()].map((each) => each.id)).toEqual(["square-check", "mean-check"]);
  });

  it("runs as the student's own where it is an answer, and the last that is not empty counts", () => {
    const cells = [...right.cells];
    cells.splice(
      at("seen"),
      1,
      { ...right.cells[at("seen")]!, source: "mine" },
      { ...right.cells[at("seen")]!, source: " " },
    );
    const { notebook } = prepared(cells);
    const seen = notebook.cells.filter(
      ({ metadata }) => (metadata.nbgrader as { grade_id: string } | undefined)?.grade_id === "seen",
    );
    expect(seen.map(({ source }) => source)).toEqual(["mine"]);
  });
});

describe("a cell that was moved", () => {
  it.each([
    ["a check before its answer", at("square-check"), at("square")],
    ["what is given to the end", at("set-up"), right.cells.length - 1],
    ["an answer behind its check", at("mean"), at("plain-check")],
  ])("(%s) is graded at its place, and that is said", (_, from, to) => {
    const result = prepared(moved(from, to));
    expect(sources(result).filter((source) => !source.startsWith("#"))).toEqual(
      whole.filter((source) => !source.startsWith("#")),
    );
    expect(result.notes).toEqual([expect.stringMatching(/^Moved cells were graded at their place/)]);
  });

  it("takes the student's own cells behind it along", () => {
    const cells = moved(at("mean"), at("square"));
    cells.splice(at("square") + 1, 0, cell("code", "const helper = 1;"));
    const found = sources(prepared(cells));
    expect(found.indexOf("const helper = 1;")).toBe(found.indexOf(rightAnswers.mean) + 1);
  });
});

describe("a cell that was retagged", () => {
  it("counts as what it was, whatever its metadata have become", () => {
    const spoilt = right.cells.map((each, i) => {
      const nbgrader = each.metadata.nbgrader as object | undefined;
      return nbgrader
        ? { ...each, metadata: { nbgrader: { ...nbgrader, schema_version: 99, points: "all", solution: i } } }
        : each;
    });
    const { stops, executed, notes } = prepared(spoilt);
    expect([stops.size, executed.size, notes]).toEqual([2, 1, []]);
  });

  it("runs although it became Markdown, and that is said", () => {
    const cells = right.cells.map((each, i): Cell => (i === at("mean") ? { ...each, cell_type: "raw" } : each));
    const result = prepared(cells);
    expect(result.notebook.cells[at("mean")]!.cell_type).toBe("code");
    expect(result.notes).toEqual(["The cell 'mean' is of another kind (raw); it was graded as code."]);
  });
});

describe("the grader's parameters", () => {
  const given = assignmentOf(sourceNotebook(sourceCells(), { ...settings, parameters: { n: 9 } }));

  it("c17: reach the assignment's cell, and no cell of a student's that is tagged as it is", () => {
    const own = cell("code", "let n = 0;", undefined, ["parameters"]);
    const result = prepared([own, ...right.cells], given);
    expect(sources(result).filter((source) => source.includes("n = 9"))).toEqual([
      "let   n = 4;\nlet seed = 1;\nvoid (n = 9);",
    ]);
    expect(sources(result)[0]).toBe("let n = 0;");
  });

  it("must have a cell that is the teacher's own, and names that it declares", () => {
    const open = sourceCells().map((each) =>
      each.metadata.tags ? { ...each, metadata: { tags: ["parameters"] } } : each,
    );
    const read = (cells: Cell[], parameters: unknown) => () =>
      assignmentOf(sourceNotebook(cells, { ...settings, parameters }));
    expect(read(open, { n: 9 })).toThrow(/must be read-only/);
    expect(read(sourceCells(), { m: 9 })).toThrow(/declares no 'm'/);
    expect(read(sourceCells(), 3)).toThrow(/must be an object/);
  });
});
