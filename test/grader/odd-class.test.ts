/** An invented class of sixty, as platforms give it out: everybody is found, and of everybody something can be said. No kernel runs here. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeOddClass } from "../../scripts/bench/support/odd-class";
import { handedIn } from "../../src/grader/archive/downloads";
import { RefusedError } from "../../src/grader/archive/refused-error";
import { Roster } from "../../src/grader/archive/roster";
import { folderOf } from "../../src/grader/archive/student-names";
import { readSubmission } from "../../src/grader/archive/submission";
import { readAssignment } from "../../src/grader/assignment/assignment";
import { prepare } from "../../src/grader/grading/prepare-notebook";
import { refused } from "../../src/grader/grading/result";
import { classOf } from "../../src/grader/queue/class";
import { writeSummary } from "../../src/grader/queue/class-summary";
import { jobFor, resultFolder } from "../../src/grader/queue/job";
import { allowedJob } from "../../src/grader/queue/worker-rules";
import { store } from "../../src/grader/queue/stored-results";

const COUNT = 60;
let folder = "";
let written: ReturnType<typeof writeOddClass>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn odd class "));
  written = writeOddClass(folder, COUNT);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const found = () => classOf(handedIn(written.handedIn), Roster.read(written.roster));

describe("a class of sixty", () => {
  it("is found whole: each file has its student, and two have handed in nothing", () => {
    const { kept, unknown, absent, earlier } = found();
    const ids = written.students.map(({ id }) => id);
    expect(kept.map(({ student }) => student).sort()).toEqual(ids.slice(0, COUNT));
    expect([unknown, earlier, absent.map(({ id }) => id)]).toEqual([[], [], ids.slice(COUNT)]);
    expect(new Set(ids.map(folderOf)).size).toBe(COUNT + 2);
  });

  it("can be graded, or is refused with a reason that has no control characters; nothing else is thrown", () => {
    const reasons = found().kept.map(({ path, student }) => {
      const assignment = readAssignment(written.source, { variant: student });
      try {
        prepare(readSubmission(path, assignment, { student }).notebook, assignment);
        return undefined;
      } catch (error) {
        expect(error).toBeInstanceOf(RefusedError);
        return (error as Error).message;
      }
    });
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength((COUNT * 3) / 4);
    // eslint-disable-next-line no-control-regex
    expect(reasons.join("\n")).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    const kinds = [
      "not a notebook",
      "notebook format",
      "damaged",
      "node_modules",
      "2 notebooks",
      "another assignment",
      "a link",
    ];
    for (const kind of kinds) expect(reasons.join("\n")).toContain(kind);
  });

  it("is taken by a worker whole: a link in it is refused as the student's fault, not reported as the machine's", () => {
    const assignment = readAssignment(written.source);
    const results = join(folder, "worker");
    for (const { path, ...whose } of found().kept) {
      const job = jobFor(path, assignment, written.source, results, whose);
      expect(allowedJob({ ...job, sandbox: true }, { sandbox: true, folders: [folder] }).submission).toBe(path);
    }
  });

  it("stands in the marks as a whole, with names that are safe in a spreadsheet and on a page", () => {
    const assignment = readAssignment(written.source);
    const roster = Roster.read(written.roster);
    const { kept, absent } = found();
    const results = join(folder, "results");
    const jobs = kept.map(({ path, ...whose }) => jobFor(path, assignment, written.source, results, whose));
    const { name, digest, points, manualPoints } = assignment;
    for (const [i, job] of jobs.entries()) {
      const about = { assignment: name, digest, points, manualPoints, student: kept[i]!.student };
      const result = refused({ ...about, submission: "", submitted: "2026-01-01T00:00:00Z" }, "<b>why</b>");
      store(resultFolder(job), { key: job.key, result });
    }
    writeSummary({ assignment, jobs, failed: [], absent, seconds: 1 }, results, { roster });
    const rows = readFileSync(join(results, "marks.csv"), "utf8").trim().split("\n").slice(1);
    expect(rows.map((row) => row.split(",")[3])).toEqual(written.students.map(({ id }) => id));
    expect(rows.join("\n")).not.toMatch(/(^|,)"?[=+@-]/m);
    expect(rows.filter((row) => row.split(",").at(-4) === "")).toHaveLength(2);
    expect(readFileSync(join(results, "index.html"), "utf8")).not.toContain("<b>why");
    for (const form of ["marks-canvas.csv", "marks-moodle.csv"])
      expect(readFileSync(join(results, form), "utf8")).toMatch(/'=1\+1|"'=1\+1/);
  });
});
