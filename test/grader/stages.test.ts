/** Late policies, attempts, what students see and when, and what a regrade leaves. No kernel runs here. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Roster } from "../../src/grader/archive/roster";
import { readAssignment } from "../../src/grader/assignment/assignment";
import { parseSubmissionsOptions } from "../../src/grader/cli/grader-options";
import { feedbackHtml, feedbackJson } from "../../src/grader/feedback/feedback-page";
import { stageAt } from "../../src/grader/feedback/stage";
import { changesOf } from "../../src/grader/grading/changes";
import { ManualMarks } from "../../src/grader/grading/manual-marks";
import { amount, penaltyOf, type MarksOptions } from "../../src/grader/grading/marks";
import type { Graded } from "../../src/grader/grading/result";
import { keepBest } from "../../src/grader/queue/best-attempt";
import { classOf } from "../../src/grader/queue/class";
import { handedIn } from "../../src/grader/archive/downloads";
import { manualMarksIn, writeSummary } from "../../src/grader/queue/class-summary";
import { doJob, jobFor, resultFolder, storedResult } from "../../src/grader/queue/job";
import { store, storedIn } from "../../src/grader/queue/stored-results";
import { noContainment } from "../../src/grader/sandbox/containment";
import { settings, sourceCells, sourceNotebook } from "./assignments";

let folder = "";
let source = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn stages "));
  source = join(folder, "source.ipynb");
  writeFileSync(source, JSON.stringify(sourceNotebook(sourceCells(), { ...settings, quality: [] })));
  mkdirSync(join(folder, "in"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const test = (name: string, hidden: boolean, earned: number) => ({
  ...{ name, hidden, points: 2, earned, passed: earned > 0 },
  ...(earned > 0 ? {} : { message: hidden ? "hidden reason" : "visible reason", hint: "a hint" }),
});
function graded(own: Partial<Graded> = {}): Graded {
  const tests = [test("seen", false, 2), test("unseen", true, 0)];
  return {
    ...{ format: 1, assignment: "numbers", digest: readAssignment(source).digest, student: "ada", submission: "s1" },
    ...{ submitted: "2026-12-03T10:00:00Z", status: "graded", points: 4, earned: 2, manualPoints: 6 },
    manual: [{ id: "why", section: null, points: 6, answer: "Because.", given: 5, comment: "well put" }],
    checks: [{ id: "square-check", section: null, points: 4, earned: 2, tests }],
    ...{ quality: [], errors: [], notes: [], metrics: {}, facts: null, contained: "none", seconds: 1 },
    ...own,
  };
}

describe("a late policy", () => {
  const taken = (options: Partial<MarksOptions>, own: Partial<Graded> = {}) =>
    penaltyOf(graded(own), { due: "2026-12-01T10:00Z", ...options });

  it("takes points, or a share of all points, for each day begun", () => {
    expect(taken({ penaltyPerDay: 1.5 })).toBe(3);
    expect(taken({ penaltyPerDay: "10%" })).toBe(2);
    expect(taken({ penaltyPerDay: "10%" }, { submitted: "2026-12-03T10:00:01Z" })).toBe(3);
  });

  it("takes no more than its limit, and everything after the latest time", () => {
    expect(taken({ penaltyPerDay: 3, penaltyLimit: "25%" })).toBe(2.5);
    expect(taken({ penaltyPerDay: 3, penaltyLimit: 1 })).toBe(1);
    expect(taken({ latestMs: 2 * 86_400_000 })).toBe(0);
    expect(taken({ latestMs: 86_400_000 })).toBe(7);
  });

  it("goes when the due time is moved, without grading again (nbgrader#723)", () => {
    store(join(folder, "results", "ada"), { key: "k", result: graded() });
    const score = (due: string) => {
      const batch = { assignment: readAssignment(source), jobs: [], failed: [], seconds: 1 };
      writeSummary(batch, join(folder, "results"), { due, penaltyPerDay: 1 });
      return readFileSync(join(folder, "results", "marks.csv"), "utf8")
        .split("\n")[1]!
        .split(",")
        .slice(-4);
    };
    expect(score("2026-12-01")).toEqual(["7", "2", "5", "10"]);
    expect(score("2026-12-04")).toEqual(["7", "0", "7", "10"]);
  });

  it("is read from the command's options, and refused where it would do nothing", () => {
    const read = (...args: string[]) => parseSubmissionsOptions(["grade", "a", "b", ...args]);
    const given = read("--due", "2026-12-01", "--penalty", "10%", "--penalty-limit", "5", "--latest", "7d");
    expect(given).toMatchObject({ penalty: "10%", penaltyLimit: 5, latestMs: 604_800_000, keep: "last" });
    expect(() => read("--penalty", "2")).toThrow("--penalty needs --due");
    expect(() => read("--due", "2026-12-01", "--penalty", "ten")).toThrow(
      /--penalty must be such as 2 .*received 'ten'/,
    );
    expect(() => read("--keep", "first")).toThrow(/--keep must be one of/);
    expect([amount("50%"), amount("1e3"), amount("-1")]).toEqual(["50%", undefined, undefined]);
  });
});

describe("what students see", () => {
  const at = (time: string, options: MarksOptions) => stageAt(Date.parse(time), options);
  const options = { due: "2026-12-01", release: "2026-12-10" };

  it("is everything at once without a release; else it comes in stages", () => {
    expect(at("2026-11-01", { due: "2026-12-01" })).toBe("all");
    expect(["2026-12-01T12:00Z", "2026-12-02T12:00Z", "2026-12-11"].map((time) => at(time, options))).toEqual([
      ...["now", "due", "all"],
    ]);
    expect(at("2026-12-02", { release: "2026-12-10" })).toBe("now");
  });

  it("waits for whoever has the longest extension, since people talk", () => {
    writeFileSync(join(folder, "roster.csv"), "id,name,extension\n17,Ada,2d\n18,Bob,\n");
    const roster = Roster.read(join(folder, "roster.csv"));
    expect(at("2026-12-03T12:00Z", { ...options, roster })).toBe("now");
    expect(at("2026-12-04T12:00Z", { ...options, roster })).toBe("due");
  });

  it("has no hidden test now, all tests when it was due, and people's marks at the end", () => {
    const overrides = [{ id: "square-check", was: 2, given: 4, reason: "right, but named otherwise" }];
    const result = graded({ overrides, changed: changesOf(graded({ earned: 0 }), graded())! });
    const shown = (["now", "due", "all"] as const).map((stage) => ({
      page: feedbackHtml(result, "Numbers", stage),
      json: feedbackJson(result, stage),
    }));
    const has = (text: string) => shown.map(({ page, json }) => page.includes(text) || json.includes(text));
    expect(has("unseen")).toEqual([false, true, true]);
    expect(has("hidden reason")).toEqual([false, false, false]);
    expect(has("well put")).toEqual([false, false, true]);
    expect(has("named otherwise")).toEqual([false, false, true]);
    expect(has("Because.")).toEqual([true, true, true]);
    expect(shown[0]!.page).toContain("2 of 2 points</strong>");
    expect(shown[1]!.page).toContain("2 of 4 points</strong>");
    expect(shown[2]!.page).toContain("9 of 10 points</strong>");
  });

  it("is brought up to date by a later summary, without grading again", () => {
    store(join(folder, "results", "ada"), { key: "k", result: graded({ manual: [] }) });
    const page = () => readFileSync(join(folder, "results", "ada", "feedback.html"), "utf8");
    const summed = (release?: string) =>
      writeSummary({ assignment: readAssignment(source), jobs: [], failed: [], seconds: 1 }, join(folder, "results"), {
        release,
      });
    summed("2999-01-01");
    expect(page()).not.toContain("unseen");
    summed();
    expect(page()).toContain("unseen");
  });
});

describe("grading again", () => {
  const job = (content: string) => {
    writeFileSync(join(folder, "in", "ada.ipynb"), content);
    return jobFor(join(folder, "in", "ada.ipynb"), readAssignment(source), source, join(folder, "results"));
  };

  it("keeps what was before, and says what has changed", async () => {
    const first = job("no notebook");
    store(resultFolder(first), { key: "before", result: graded() });
    const now = await doJob(first, { containment: noContainment });
    expect(now.changed).toMatchObject({ why: "handed in again", from: { status: "graded", earned: 2, points: 4 } });
    expect(now.changed!.tests).toEqual([
      { name: "square-check: seen", hidden: false, from: 2, to: undefined },
      { name: "square-check: unseen", hidden: true, from: 0, to: undefined },
    ]);
    const history = join(resultFolder(first), "history");
    const [name] = readdirSync(history);
    expect(JSON.parse(readFileSync(join(history, name!), "utf8"))).toMatchObject({ key: "before" });
    expect(readFileSync(join(resultFolder(first), "feedback.html"), "utf8")).toContain("The tests gave 2 of 4 before");
    expect((await doJob(job("another"), { containment: noContainment })).changed).toBeUndefined();
    expect(readdirSync(history)).toHaveLength(2);
  });

  it("is no change when tests and points are the same", () => {
    expect(changesOf(graded(), graded({ submission: "s2", seconds: 9 }))).toBeUndefined();
    expect(changesOf(graded(), graded({ earned: 3 }))).toMatchObject({ why: "graded again", tests: [] });
  });
});

describe("the best of several attempts", () => {
  it("counts, with what lateness costs; the later of equal ones; one that could not be graded hides none", () => {
    for (const name of ["ada_17_901_hw.ipynb", "ada_17_902_hw-1.ipynb", "ada_17_903_hw-2.ipynb"])
      writeFileSync(join(folder, "in", name), name);
    const assignment = readAssignment(source);
    const results = join(folder, "results");
    const jobs = classOf(handedIn(join(folder, "in"))).attempts.map(({ path, ...whose }) =>
      jobFor(path, assignment, source, results, { ...whose, isAttempt: true }),
    );
    expect(new Set(jobs.map(resultFolder)).size).toBe(3);
    const [first, second, third] = jobs;
    const put = (to: typeof first, submitted: string, earned: number) =>
      store(resultFolder(to!), {
        key: to!.key,
        result: graded({ submitted, earned, manual: [], submission: submitted }),
      });
    const best = (marks: MarksOptions) => keepBest(jobs, assignment, marks, ManualMarks.read(manualMarksIn(results)));
    expect(best({}).map((each) => storedResult(each))).toEqual([undefined]);
    put(first, "2026-11-30T10:00:00Z", 3);
    put(second, "2026-12-03T10:00:00Z", 4);
    expect(storedResult(best({})[0]!)?.earned).toBe(4);
    expect(storedResult(best({ due: "2026-12-01", penaltyPerDay: 1 })[0]!)).toMatchObject({
      earned: 3,
      attempts: [
        { submitted: "2026-11-30T10:00:00Z", score: 3, counts: true },
        { submitted: "2026-12-03T10:00:00Z", score: 2, counts: false },
      ],
    });
    expect(storedIn(join(results, "ada"))?.key).toBe(first!.key);
    put(third, "2026-12-04T10:00:00Z", 4);
    const [chosen] = best({});
    expect([chosen!.key, chosen!.attempt]).toEqual([third!.key, undefined]);
    expect(storedResult(chosen!)?.changed?.from.earned).toBe(3);
    const batch = { assignment, jobs: [chosen!], failed: [], seconds: 1 };
    writeSummary(batch, results, {});
    expect(readFileSync(join(results, "marks.csv"), "utf8").split("\n")).toHaveLength(3);
    expect(readFileSync(join(results, "ada", "feedback.html"), "utf8")).toContain("this one counts");
    expect(existsSync(join(results, "ada", "history"))).toBe(true);
  });
});
