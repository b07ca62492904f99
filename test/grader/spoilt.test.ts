/** Notebooks that lie, copy and break letters, through a whole run: what reports have had them do to a grade. */
import { describe, expect, it, vi } from "vitest";
import { parseNotebook } from "../../src/grader/archive/parse-notebook";
import { claimedIn } from "../../src/grader/archive/claims";
import { assignmentOf } from "../../src/grader/assignment/assignment";
import { gradeSubmission } from "../../src/grader/grading/grade";
import type { Graded } from "../../src/grader/grading/result";
import { noContainment } from "../../src/grader/sandbox/containment";
import { answered, cell, inserted, rightAnswers, settings, sourceCells, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 300_000 });

const quality = settings.quality.filter(({ rule }) => rule === "metric");
const cells = sourceCells().map((each) => ({ ...each, source: String(each.source).replace("near(16)", "near(81)") }));
const assignment = assignmentOf(sourceNotebook(cells, { ...settings, quality, parameters: { n: 9 } }));

const answers = { ...rightAnswers, mean: "const mean = 3;" };

/** What a class hands in is bytes: half an emoji, copies and all. */
async function graded(notebook: object, claims: string): Promise<Graded> {
  const about = { student: "mallory", hash: "0", submitted: "2026-01-01T00:00:00Z", files: new Map() };
  const read = parseNotebook(Buffer.from(JSON.stringify(notebook)));
  return gradeSubmission({ ...about, notebook: read, claimed: claimedIn(Buffer.from(claims)) }, assignment, {
    containment: noContainment,
  });
}
const testsOf = ({ checks: all, quality: rules }: Graded) =>
  Object.fromEntries(
    [...all.flatMap(({ tests }) => tests), ...rules].map(({ name, passed, message }) => [name, message ?? passed]),
  );

describe("a submission that is odd all over", () => {
  it("c02, c12, c17, j12, j18: earns what it does right, and nothing by what it claims", async () => {
    const honest = answered(assignment, answers);
    const odd = inserted(honest, 1, "let n = 0;", 'console.log("half an emoji: " + "\u{1f600}".slice(0, 1));');
    const all = odd.cells.map((each, i) => (i === 1 ? { ...each, metadata: { tags: ["parameters"] } } : each));
    const at = all.findIndex(({ source }) => source === rightAnswers.square);
    all.splice(at, 0, all[at]!);
    all.push(cell("code", 'globalThis[Symbol.for("dnn-lab.facts")] = { data: [null] };'));
    const claims = '{"metrics":{"mean":999},"facts":{"data":[{"name":"x","fingerprint":"made up"}]}}';
    const result = await graded({ ...odd, cells: all }, claims);
    expect(testsOf(result)).toMatchObject({
      "it works for the given n": true,
      "the square of 3 is 9": true,
      "mean is as in the submitted run, within 0.01": expect.stringMatching(/x \(made up\)|other data|999/),
    });
    expect(result.earned).toBe(assignment.points - 1);
    expect(result.notes).toEqual(["There is more than one cell 'square'; it was graded once."]);
  });

  it("c17: does not learn from a parameters cell of its own what it would be given", async () => {
    const cheat = answered(assignment, {
      ...rightAnswers,
      square: "const square = (x: number) => (x === 4 ? 81 : x);",
    });
    const own = { ...cell("code", "let n = 0;", undefined, ["parameters"]) };
    const result = await graded({ ...cheat, cells: [own, ...cheat.cells] }, "{}");
    expect(testsOf(result)["it works for the given n"]).toMatch(/expected about 81, found 9/);
  });

  it("j14: gains nothing by values that look like the grader's own forms", async () => {
    const lie = "function square(x: number): any { return { $bigint: 'not a number' }; }";
    const result = await graded(answered(assignment, { ...answers, square: lie }), "null");
    expect(result.status).toBe("graded");
    expect(testsOf(result)["the square of 3 is 9"]).toMatch(/\$bigint|not a number/);
    expect(result.checks.find(({ id }) => id === "square-check")!.earned).toBe(0);
    expect(result.checks.find(({ id }) => id === "mean-check")!.earned).toBeGreaterThan(0);
  });
});
