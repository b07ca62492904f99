/** Points that a person gives: the table, what it does to marks and feedback, and what is wrong with it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { feedbackHtml } from "../../src/grader/feedback/feedback-page";
import { ManualMarks, givenByHand, notMarkedYet } from "../../src/grader/grading/manual-marks";
import { marksCsv } from "../../src/grader/grading/marks";
import type { Graded } from "../../src/grader/grading/result";
import { writeSummary } from "../../src/grader/queue/class-summary";
import { assignmentOf } from "../../src/grader/assignment/assignment";
import { sourceNotebook } from "./assignments";

const assignment = assignmentOf(sourceNotebook());
let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab marks "));
  path = join(folder, "manual.csv");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function graded(student: string, manual: Graded["manual"] = answers): Graded {
  return {
    ...{ format: 1, assignment: "numbers", digest: assignment.digest, student, submission: "0".repeat(64) },
    ...{ submitted: "2026-12-02T10:00:00Z", status: "graded", points: 12, earned: 10, manualPoints: 5, manual },
    ...{ checks: [], quality: [], errors: [], notes: [], metrics: {}, facts: null, contained: "none", seconds: 1 },
  };
}

const answers = [
  { id: "seen", section: "What I saw", points: 3, answer: "Squares <grow>." },
  { id: "why", section: null, points: 2, answer: "" },
];
const filled = (lines: string) => writeFileSync(path, `student,cell,max_points,points,comment\n${lines}`);

describe("the table of marks", () => {
  it("has a row for each answer, and keeps what was filled in, in whatever order", () => {
    ManualMarks.read(path).write([graded("bob"), graded("ada")]);
    const [seen, why] = ["967538f2610e", "e3b0c44298fc"];
    expect(readFileSync(path, "utf8")).toBe(
      `student,cell,answer,max_points,points,comment,note,items,marker\nada,seen,${seen},3,,,,,\nada,why,${why},2,,,,,\nbob,seen,${seen},3,,,,,\nbob,why,${why},2,,,,,\n`,
    );
    filled('bob,seen,3,2.5,"Good, but why?"\ngone,seen,3,1,\nada,seen,3,0,\n');
    ManualMarks.read(path).write([graded("ada"), graded("bob")]);
    expect(readFileSync(path, "utf8").split("\n").slice(1)).toEqual([
      ...[`ada,seen,${seen},3,0,,,,`, `ada,why,${why},2,,,,,`, `bob,seen,${seen},3,2.5,"Good, but why?",,,`],
      ...[`bob,why,${why},2,,,,,`, "gone,seen,,3,1,,,,", ""],
    ]);
  });

  it("belongs to the version of the answer that was marked, and keeps the others", () => {
    filled("ada,seen,3,2,good\n");
    ManualMarks.read(path).write([graded("ada")]);
    const changed = graded("ada", [{ ...answers[0]!, answer: "Cubes grow faster." }]);
    const read = ManualMarks.read(path);
    expect(read.appliedTo(graded("ada")).manual[0]).toMatchObject({ given: 2, comment: "good" });
    const again = read.appliedTo(changed);
    expect([givenByHand(again), notMarkedYet(again), again.manual[0]!.changed]).toEqual([0, 1, true]);
    expect(feedbackHtml(again, "Numbers")).toContain("changed since it was marked, to be marked again");
    expect(feedbackHtml(again, "Numbers")).not.toContain("<p>good</p>");
    read.write([changed]);
    const rows = readFileSync(path, "utf8");
    expect(rows).toMatch(/ada,seen,\w+,3,2,good,an earlier answer,,\nada,seen,\w+,3,,,changed since it was marked,,\n/);
    expect(ManualMarks.read(path).appliedTo(graded("ada")).manual[0]).toMatchObject({ given: 2 });
  });

  it("has students whose names look like formulas, and gives them back", () => {
    ManualMarks.read(path).write([graded("=1+1")]);
    expect(readFileSync(path, "utf8")).toContain("\n'=1+1,seen,");
    const filledIn = readFileSync(path, "utf8").replace(/('=1\+1,seen,\w+,3),,/, "$1,3,");
    writeFileSync(path, filledIn);
    expect(givenByHand(ManualMarks.read(path).appliedTo(graded("=1+1")))).toBe(3);
  });

  it("is read from a spreadsheet with semicolons, decimal commas and a byte order mark", () => {
    writeFileSync(path, "\ufeffstudent;cell;max_points;points;comment\r\nada;seen;3;2,5;gut\r\n");
    const result = ManualMarks.read(path).appliedTo(graded("ada"));
    expect(result.manual[0]).toMatchObject({ given: 2.5, comment: "gut" });
    expect([givenByHand(result), notMarkedYet(result)]).toEqual([2.5, 1]);
  });

  it.each([
    ["ada,seen,3,many,\n", "line 2: points must be a number from 0, or empty; received 'many'"],
    ["ada,seen,3,-1,\n", "line 2"],
    ["ada,seen,3,1,\nada,seen,3,2,\n", "line 3: ada, seen is there twice"],
    ['ada,seen,3,1,"no end\n', "line 2"],
  ])("is refused with the line: %j", (lines, message) => {
    filled(lines);
    expect(() => ManualMarks.read(path)).toThrow(message);
  });

  it("is refused when a column is missing, or when more is given than there is", () => {
    writeFileSync(path, "student,points\nada,1\n");
    expect(() => ManualMarks.read(path)).toThrow("there is no column cell, max_points, comment");
    filled("ada,seen,99,4,\n");
    expect(() => ManualMarks.read(path).appliedTo(graded("ada"))).toThrow(
      "ada, seen: points must be a number from 0 to 3",
    );
  });
});

describe("points given by a person", () => {
  it("count in the marks, and the penalty takes from all points", () => {
    filled("ada,seen,3,3,\nada,why,2,1.5,\n");
    const result = ManualMarks.read(path).appliedTo(graded("ada"));
    const csv = marksCsv([result], { due: "2026-12-01T00:00:00Z", penaltyPerDay: 7 });
    expect(csv.split("\n")[1]).toBe("numbers,2026-12-01T00:00:00Z,2026-12-02T10:00:00Z,ada,,,,14.5,14,0.5,17");
  });

  it("stand in the feedback beside the answer and the comment; until then that they are to come", () => {
    const before = feedbackHtml(graded("ada"), "Numbers");
    expect(before).toContain("10 of 12 points</strong> Up to 5 more are given by a person.");
    expect(before).toContain("<pre>Squares &lt;grow&gt;.</pre>");
    expect(before).toContain("(no answer)");
    filled("ada,seen,3,2,<why>\n");
    const half = feedbackHtml(ManualMarks.read(path).appliedTo(graded("ada")), "Numbers");
    expect(half).toContain("12 of 15 points</strong> Up to 2 more are given by a person.");
    expect(half).toContain("<p>&lt;why&gt;</p>");
    filled("ada,seen,3,2,\nada,why,2,2,\n");
    expect(feedbackHtml(ManualMarks.read(path).appliedTo(graded("ada")), "Numbers")).toContain(
      "14 of 17 points</strong><",
    );
  });
});

describe("points in place of the grader's", () => {
  const check = { id: "square-check", section: null, points: 4, earned: 1, tests: [] };
  const result = { ...graded("ada", []), checks: [check] };
  const given = () => ManualMarks.read(path).appliedTo(result);

  it("count with their reason, and extra credit beside them", () => {
    filled("ada,square-check,4,3,named otherwise\nada,extra,,2.5,helped others\nbob,square-check,4,0,x\n");
    expect(given().overrides).toEqual([
      { id: "square-check", was: 1, given: 3, reason: "named otherwise" },
      { id: "extra", was: 0, given: 2.5, reason: "helped others" },
    ]);
    expect(givenByHand(given())).toBe(4.5);
    const page = feedbackHtml(given(), "Numbers");
    expect(page).toContain("1 → 3 points</td><td>named otherwise");
    expect(page).toContain("14.5 of 12 points");
    ManualMarks.read(path).write([given()]);
    expect(givenByHand(given())).toBe(4.5);
  });

  it("need a reason, and are no more than the check has", () => {
    filled("ada,square-check,4,3,\n");
    expect(given).toThrow("ada, square-check: points in place of the grader's need a reason");
    filled("ada,square-check,4,5,why not\n");
    expect(given).toThrow("from 0 to 4");
  });
});

describe("the summary", () => {
  const stored = (student: string, result: Graded) => {
    mkdirSync(join(folder, student), { recursive: true });
    writeFileSync(join(folder, student, "result.json"), JSON.stringify({ key: student, result }));
  };
  const batch = (students: readonly string[]) => ({
    ...{ assignment, failed: [], seconds: 1 },
    jobs: students.map((key) => ({ assignment: "", submission: `${key}.ipynb`, results: folder, key })),
  });

  it("of one late student keeps the class, leaves out another assignment's, and brings marks and feedback up to date", () => {
    stored("ada", graded("ada"));
    stored("bob", graded("bob"));
    stored("old", { ...graded("old"), assignment: "another" });
    filled("ada,why,2,1,neat\n");
    const { results } = writeSummary(batch(["bob"]), folder, {});
    expect(results.map(({ student }) => student)).toEqual(["bob"]);
    const marks = readFileSync(join(folder, "marks.csv"), "utf8");
    expect(marks).toMatch(/,ada,,,,11,0,11,17\n.*,bob,,,,10,0,10,17\n$/s);
    expect(marks).not.toContain("old");
    expect(readFileSync(join(folder, "ada", "feedback.html"), "utf8")).toContain("neat");
    expect(readFileSync(join(folder, "index.html"), "utf8")).toContain("2 answers to be marked by a person");
    expect(readFileSync(path, "utf8")).toMatch(/bob,seen,\w+,3,,/);
  });
});
