/** Grades of small notebooks on the real kernel, without a sandbox (test/submissions/sandbox.test.ts has that). */
import { describe, expect, it, vi } from "vitest";
import type { Notebook } from "../../src/notebooks/notebook/notebook-file";
import type { Assignment } from "../../src/grader/assignment/assignment";
import { proveAssignment } from "../../src/grader/authoring/author";
import { feedbackHtml, feedbackJson } from "../../src/grader/feedback/feedback-page";
import { gradeSubmission } from "../../src/grader/grading/grade";
import type { Submission } from "../../src/grader/archive/handed-in";
import type { Graded } from "../../src/grader/grading/result";
import { noContainment } from "../../src/grader/sandbox/containment";
import { answered, inserted, rightAnswers, smallAssignment } from "./assignments";

vi.setConfig({ testTimeout: 400_000 });

const assignment = smallAssignment();

function submission(notebook: Notebook, rest: Partial<Submission> = {}): Submission {
  const claimed = { metrics: { mean: 3 }, facts: null };
  return { student: "ada", notebook, files: new Map(), claimed, hash: "0", submitted: "2026-01-01T00:00:00Z", ...rest };
}

/** Without the second run that the rule `reproducible` makes. */
const once: Assignment = { ...assignment, quality: assignment.quality.filter(({ rule }) => rule !== "reproducible") };
const grade = (notebook: Notebook, rest: Partial<Submission> = {}, of = once): Promise<Graded> =>
  gradeSubmission(submission(notebook, rest), of, { containment: noContainment });

const testsOf = (result: Graded, id: string) => result.checks.find((each) => each.id === id)!.tests;
const earned = (result: Graded): Record<string, number> =>
  Object.fromEntries(result.checks.map(({ id, earned }) => [id, earned]));

describe("an assignment", () => {
  it("gives its solution all points and its bare template few", async () => {
    const { solution, template, problems } = await proveAssignment(assignment, { containment: noContainment });
    expect(problems).toEqual([]);
    expect([solution.earned, solution.points, solution.manualPoints]).toEqual([12, 12, 3]);
    expect(earned(template)).toEqual({ "square-check": 0, "mean-check": 0, "plain-check": 0 });
    expect(template.earned).toBe(1); // the time is kept
  });
});

describe("a submission", () => {
  it("keeps the credit of other cells when one fails, and loses nothing by warnings", async () => {
    const notebook = answered(assignment, {
      ...rightAnswers,
      square: 'console.error("warning: slow");\nfunction square(x: number): number { return x > 0 ? x * x : 0; }',
      mean: 'throw new Error("\\u001b[31mI give up\\u001b[0m");',
    });
    const result = await grade(notebook);
    expect(earned(result)).toEqual({ "square-check": 2, "mean-check": 0, "plain-check": 0 });
    expect(testsOf(result, "square-check").map(({ passed }) => passed)).toEqual([true, false, true]);
    expect(testsOf(result, "mean-check")[0]!.message).toContain("mean is not defined");
    expect(result.errors.map(({ section, message }) => [section, message.includes("I give up")])).toContainEqual([
      "Mean",
      true,
    ]);
    expect(result.quality.map(({ passed }) => passed)).toEqual([false, true, true, true]);

    const page = feedbackHtml(result, "Numbers");
    for (const hidden of ["square(-2)", "square(n)", "a === 4"]) {
      expect(page).not.toContain(hidden);
      expect(feedbackJson(result)).not.toContain(hidden);
    }
    expect(page).toContain("negative numbers have squares too");
    // What was found is the grader's: a function could have put its arguments into it.
    expect(testsOf(result, "square-check")[1]!.message).toBe("found { a: 0, b: 0 }");
    expect(page).not.toContain("found { a: 0, b: 0 }");
    for (const bad of ["\u001b", "<script"]) expect(page).not.toContain(bad);
  });

  it("is graded although one of its cells ends the kernel, and says so", async () => {
    const notebook = inserted(answered(assignment, rightAnswers), 3, "process.kill(process.pid, 'SIGKILL');");
    const result = await grade(notebook, { claimed: { metrics: { mean: 4 }, facts: null } });
    expect(earned(result)).toEqual({ "square-check": 4, "mean-check": 2, "plain-check": 1 });
    expect(result.notes.join(" ")).toMatch(/Code cell 2: the kernel's process ended.*left out/);
    expect(result.quality[0]).toMatchObject({ passed: false, message: "submitted as 4, found 3" });
  });

  it("must give the same metrics twice", async () => {
    const notebook = answered(assignment, {
      ...rightAnswers,
      mean: "const mean = 3 + (Date.now() % 1000) * 1e-9 + Math.random() * 1e-6;",
    });
    const { quality } = await grade(notebook, {}, assignment);
    expect(quality[0]).toMatchObject({
      passed: false,
      message: expect.stringMatching(/^mean was 3\.0.*the second time$/),
    });
  });
});
