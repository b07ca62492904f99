/** A test that gives a part of its points: in the notebook, in the grader, in the report. */
import { describe, expect, it, vi } from "vitest";
import { shareOf, verdictOf } from "dnn-lab-core/checks/judges";
import { check } from "dnn-lab-core/checks/notebook-check";
import { assignmentOf } from "../../src/grader/assignment/assignment";
import { feedbackHtml } from "../../src/grader/feedback/feedback-page";
import { gradeSubmission } from "../../src/grader/grading/grade";
import { noContainment } from "../../src/grader/sandbox/containment";
import { answer, answered, checks, settings, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 200_000 });

describe("a verdict", () => {
  it("is a share of the points with its reason, and all of them where nothing is missing", () => {
    expect(shareOf(verdictOf(() => ({ share: 0.25, why: "three are missing" }), 1))).toEqual({
      ...{ share: 0.25, why: "three are missing" },
    });
    expect(verdictOf(() => ({ share: 1, why: "" }), 1)).toBe(true);
    expect(shareOf(verdictOf(() => true, 1))).toEqual({ share: 1, why: undefined });
    expect(shareOf(verdictOf(() => "no", 1))).toEqual({ share: 0, why: "no" });
  });

  it.each([
    { share: 1.5, why: "x" },
    { share: NaN, why: "x" },
    { share: -1, why: "x" },
    { share: 0.5 },
    { why: "x" },
    null,
  ])("is nothing where a judge says what none may say: %j", (odd) =>
    expect(shareOf(verdictOf(() => odd as never, 7))).toEqual({ share: 0, why: "found 7" }),
  );
});

const part =
  "(found: number[]) => found.length === 3 || { share: found.length / 3, why: `${found.length} of 3 are there` }";

describe("a test that is right in part", () => {
  it("gives its share in the notebook", async () => {
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => Boolean(said.push(String(text))));
    const all = await check("parts", ({ test, equals }) => {
      test("three numbers", 3, "[1, 2]", (found: number[]) => ({ share: found.length / 3, why: "2 of 3 are there" }));
      test("one", 1, "1", equals(1));
    });
    write.mockRestore();
    expect(all).toBe(false);
    expect(said.join("")).toBe(
      "parts: 1 of 2 visible tests pass, 3 of 4 visible points\n  ✗ three numbers (2 of 3 points): 2 of 3 are there\n  ✓ one (1 point)\n",
    );
  });

  it("gives its share in the grader, and the report says so", async () => {
    const source = `check("parts", ({ test }) => {
  test("three numbers", 3, "numbers", ${part});
  // BEGIN HIDDEN TESTS
  test("three more", 1, "more", ${part}, { hint: "Look at the end." });
  // END HIDDEN TESTS
});`;
    const own = { ...settings, quality: [] };
    const assignment = assignmentOf(
      sourceNotebook([answer("numbers", "// BEGIN SOLUTION\n// END SOLUTION"), checks("parts", 4, source)], own),
    );
    const notebook = answered(assignment, { numbers: "const numbers = [1, 2];\nconst more = [1];" });
    const about = { student: "ada", hash: "", submitted: "", files: new Map(), claimed: undefined };
    const result = await gradeSubmission({ ...about, notebook }, assignment, { containment: noContainment });
    expect(result.checks[0]!.tests.map(({ earned, passed }) => [earned, passed])).toEqual([
      [2, false],
      [0.333, false],
    ]);
    expect(result.earned).toBe(2.333);
    const page = feedbackHtml(result, "Numbers");
    expect(page.match(/in part/g)).toHaveLength(2);
    expect(page).toContain("2 of 3 are there");
    expect(page).not.toContain("1 of 3 are there");
  });
});
