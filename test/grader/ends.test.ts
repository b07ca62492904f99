/** The three kinds of end: graded, refused, grader error; and what becomes of folders of results that were damaged. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { spawn } from "node:child_process";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RunnerProcess } from "dnn-lab-notebooks";
import { readAssignment } from "../../src/grader/assignment/assignment";
import { GraderError, ofContent } from "../../src/grader/grading/grader-error";
import { gradeSubmission } from "../../src/grader/grading/grade";
import { RefusedError } from "../../src/grader/archive/refused-error";
import { checkAddress } from "../../src/grader/queue/queue-connection";
import { runFleet } from "../../src/grader/queue/fleet";
import { type GradingJob, doJob, jobFor, resultFolder, storedResult } from "../../src/grader/queue/job";
import { takeResults } from "../../src/grader/queue/results-lock";
import { putAway, setDamagedAside, storedIn } from "../../src/grader/queue/stored-results";
import { writeSummary } from "../../src/grader/queue/class-summary";
import { allowedJob } from "../../src/grader/queue/worker-rules";
import { bubblewrap } from "../../src/grader/sandbox/bubblewrap";
import { type Containment, noContainment } from "../../src/grader/sandbox/containment";
import { findBubblewrap, findRedisServer } from "../../src/grader/sandbox/programs";
import { answered, rightAnswers, settings, smallAssignment, sourceCells, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 300_000 });

let folder: string;
let source: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ends-"));
  source = join(folder, "source.ipynb");
  writeFileSync(source, JSON.stringify(sourceNotebook(sourceCells(), { ...settings, quality: [] })));
  mkdirSync(join(folder, "in"));
  writeFileSync(join(folder, "in", "ada.ipynb"), JSON.stringify(answered(smallAssignment(), rightAnswers)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function job(name: string, results: string, content?: string | Uint8Array): GradingJob {
  const path = join(folder, "in", name);
  if (content !== undefined) writeFileSync(path, content);
  return jobFor(path, readAssignment(source), source, join(folder, results));
}
const bad = (name: string, results: string): GradingJob => job(`${name}.ipynb`, results, "no notebook");

describe("a kernel that does not start", () => {
  /** Rooms of which the first `bad` have a kernel that ends at once. */
  function failingFirst(bad: number): Containment {
    let rooms = 0;
    return {
      ...noContainment,
      async open(options) {
        const room = await noContainment.open(options);
        rooms += 1;
        const env = rooms <= bad ? { ...room.job.env, NODE_OPTIONS: "--no-such-flag" } : room.job.env;
        return { ...room, job: { ...room.job, ...(env && { env }) } };
      },
    };
  }
  const about = { student: "ada", claimed: undefined, hash: "0", submitted: "2026-01-01T00:00:00Z" };
  const handedIn = () => ({
    ...{ ...about, notebook: answered(smallAssignment(), rightAnswers) },
    files: new Map([["a.csv", Buffer.from("1")]]),
  });
  const grade = (bad: number) =>
    gradeSubmission(handedIn(), { ...smallAssignment(), quality: [] }, { containment: failingFirst(bad) });

  it("is tried once more before anybody is blamed", async () => {
    expect((await grade(1)).earned).toBe(7);
    await expect(grade(2)).rejects.toThrow(/does not start with the files of its archive/);
    await expect(grade(3)).rejects.toThrow(GraderError);
  });
});

describe("an error", () => {
  it("that content causes is a refusal, one of the system is not", () => {
    const failing = (error: unknown) => () =>
      ofContent("it cannot be read", () => {
        throw error;
      });
    expect(failing(new TypeError("odd"))).toThrow(new RefusedError("it cannot be read (TypeError: odd)"));
    expect(failing("ADM-ZIP")).toThrow(RefusedError);
    expect(failing(new RefusedError("why"))).toThrow(new RefusedError("why"));
    const full = () => ofContent("it cannot be read", () => readFileSync(join(folder, "gone")));
    expect(full).toThrow(GraderError);
  });
});

describe("a fault of the machine", () => {
  it("is no grade: the runner was killed", async () => {
    const ada = job("ada.ipynb", "killed");
    const run = RunnerProcess.prototype.run;
    const spy = vi.spyOn(RunnerProcess.prototype, "run").mockImplementation(function (this: RunnerProcess, ...args) {
      setTimeout(() => process.kill(this.pid!, "SIGKILL"), 300);
      return run.apply(this, args);
    });
    await expect(doJob(ada, { containment: noContainment })).rejects.toThrow(/runner was ended by SIGKILL/);
    spy.mockRestore();
    expect(storedResult(ada)).toBeUndefined();
    expect((await doJob(ada, { containment: noContainment })).earned).toBe(7);
  });

  it.skipIf(findBubblewrap() === undefined)("is no grade: bubblewrap fails when it is needed", async () => {
    const ada = job("ada.ipynb", "no-box");
    const program = join(folder, "bwrap");
    const fails = join(folder, "fails");
    writeFileSync(
      program,
      `#!/bin/sh\ntest -e '${fails}' && { echo 'bwrap: no space' >&2; exit 1; }\nexec '${findBubblewrap()}' "$@"\n`,
    );
    chmodSync(program, 0o755);
    vi.stubEnv("DNN_LAB_BWRAP", program);
    const containment = bubblewrap();
    writeFileSync(fails, "");
    await expect(doJob(ada, { containment })).rejects.toThrow(GraderError);
    vi.unstubAllEnvs();
    expect(existsSync(join(resultFolder(ada), "result.json"))).toBe(false);
  });
});

describe("a folder of results", () => {
  it.each(["", "{", '{"key":"k","result":null}', '{"key":"k","result":{"format":1,"status":"graded"}}'])(
    "with a damaged result (%j) has that one graded again, and says so",
    async (content) => {
      const results = join(folder, "damaged");
      const bob = bad("bob", "damaged");
      await doJob(bob, { containment: noContainment });
      writeFileSync(join(results, "bob", "result.json"), content);
      mkdirSync(join(results, "nobody"), { recursive: true });
      writeFileSync(join(results, "nobody", "result.json"), content);
      expect(storedResult(bob)).toBeUndefined();
      expect(setDamagedAside(results)).toEqual(["bob", "nobody"].map((name) => join(results, name, "result.json")));
      expect((await doJob(bob, { containment: noContainment })).status).toBe("refused");
      writeSummary({ assignment: readAssignment(source), jobs: [bob], failed: [], seconds: 1 }, results, {});
      expect(readFileSync(join(results, "marks.csv"), "utf8")).toContain(",bob,");
    },
  );

  it("keeps what was before when something is graded again by force", async () => {
    const eve = bad("eve", "forced");
    await doJob(eve, { containment: noContainment });
    putAway(resultFolder(eve));
    expect(storedResult(eve)).toBeUndefined();
    await doJob(eve, { containment: noContainment });
    expect(readdirSync(join(resultFolder(eve), "history"))).toHaveLength(1);
  });

  it("has marks of files that are named as ours are", async () => {
    const jobs = ["marks.csv", "manual.csv", "index.html"].map((name) => bad(name, "names"));
    for (const each of jobs) await doJob(each, { containment: noContainment });
    const results = join(folder, "names");
    writeSummary({ assignment: readAssignment(source), jobs, failed: [], seconds: 1 }, results, {});
    const marks = readFileSync(join(results, "marks.csv"), "utf8").split("\n");
    expect(marks.map((line) => line.split(",")[3])).toEqual([
      "student_id",
      "index.html",
      "manual.csv",
      "marks.csv",
      undefined,
    ]);
  });

  it("has the student of a grader error in its marks, without a score", async () => {
    const results = join(folder, "faults");
    const bob = bad("bob", "faults");
    await doJob(bob, { containment: noContainment });
    const ada = job("ada.ipynb", "faults");
    const batch = {
      assignment: readAssignment(source),
      jobs: [bob, ada],
      failed: [{ job: ada, reason: "no space" }],
      seconds: 1,
    };
    writeSummary(batch, results, {});
    const [, first, second] = readFileSync(join(results, "marks.csv"), "utf8").split("\n");
    expect(first).toBe("numbers,,,ada,,,,,,,");
    expect(second).toMatch(/,bob,,,,0,0,0,10$/);
  });

  it("keeps the marks of all when a word of the text is corrected, and those of other versions too", async () => {
    const results = join(folder, "versions");
    const bob = bad("bob", "versions");
    await doJob(bob, { containment: noContainment });
    const corrected = sourceCells().map((each) =>
      each.source === "# Numbers" ? { ...each, source: "# Nombers" } : each,
    );
    writeFileSync(source, JSON.stringify(sourceNotebook(corrected, { ...settings, quality: [], title: "Another" })));
    expect(storedResult(bad("bob", "versions"))?.status).toBe("refused");
    const changed = sourceCells().map((each) =>
      each.source === "const n = 4;\nlet seed = 1;" ? { ...each, source: "const n = 5;\nlet seed = 1;" } : each,
    );
    writeFileSync(source, JSON.stringify(sourceNotebook(changed, { ...settings, quality: [] })));
    const late = bad("late", "versions");
    await doJob(late, { containment: noContainment });
    const summed = writeSummary(
      { assignment: readAssignment(source), jobs: [late], failed: [], seconds: 1 },
      results,
      {},
    );
    expect(summed.outdated).toEqual(["bob"]);
    expect(readFileSync(join(results, "marks.csv"), "utf8")).toMatch(/,bob,.*\n.*,late,/);
    writeFileSync(source, JSON.stringify(sourceNotebook(sourceCells(), { ...settings, quality: [] })));
  });

  it("belongs to one grader at a time, and to nobody when its grader was killed", () => {
    const results = join(folder, "locked");
    const giveBack = takeResults(results);
    const path = join(results, ".grading.lock");
    writeFileSync(path, JSON.stringify({ pid: process.ppid, host: hostname() }));
    expect(() => takeResults(results)).toThrow(`process ${process.ppid} on ${hostname()} is grading there`);
    writeFileSync(path, JSON.stringify({ pid: 1, host: "elsewhere" }));
    expect(() => takeResults(results)).toThrow("on elsewhere is grading there");
    writeFileSync(path, JSON.stringify({ pid: 4_194_000, host: hostname() }));
    takeResults(results)();
    expect(existsSync(path)).toBe(false);
    giveBack();
  });

  it("that cannot be made is said before the work", () => {
    expect(() => takeResults(join(source, "below"))).toThrow(/cannot be used: a part of its path is a file/);
  });
});

describe("a worker", () => {
  const rules = () => ({ sandbox: true, folders: [folder] });
  const good = () => ({ ...job("ada.ipynb", "worker"), sandbox: true });

  it("does jobs below its folders", () => {
    expect(allowedJob(good(), rules()).submission).toBe(join(folder, "in", "ada.ipynb"));
  });

  it.each([
    ["wants no sandbox", { sandbox: false }, /in a sandbox only/],
    ["writes elsewhere", { results: "/tmp/elsewhere" }, /elsewhere is not below .* touches nothing else/],
    ["climbs out", { results: "/in/../../x" }, /is not below/],
    ["reads elsewhere", { submission: "/etc/passwd" }, /is not below/],
    ["has an assignment elsewhere", { assignment: "/etc/passwd" }, /is not below/],
    ["has no key", { key: 3 }, /without key/],
  ])("refuses a job that %s", (_, change, message) => {
    expect(() => allowedJob({ ...good(), ...change }, rules())).toThrow(message);
  });

  it("without a sandbox refuses what wants one, and whatever is no job", () => {
    expect(() => allowedJob(good(), { ...rules(), sandbox: false })).toThrow(/wants a sandbox/);
    for (const data of [null, "x", []]) expect(() => allowedJob(data, rules())).toThrow(/without assignment/);
  });

  it("reaches a queue beyond this machine with a password only", () => {
    for (const address of ["/tmp/redis", "redis://127.0.0.1:1", "redis://localhost", "rediss://:secret@host:1"])
      checkAddress(address);
    expect(() => checkAddress("redis://host:6379")).toThrow(/has no password/);
    expect(() => checkAddress("http://host")).toThrow(/must be redis:/);
  });
});

describe.skipIf(findRedisServer() === undefined)("a queue whose data are damaged", () => {
  it("begins anew, and loses nothing that was graded", async () => {
    const results = join(folder, "queue");
    const broken = join(results, ".queue", "appendonlydir");
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, "appendonly.aof.manifest"), "file appendonly.aof.1.incr.aof seq 1 type i\n");
    writeFileSync(join(broken, "appendonly.aof.1.incr.aof"), "*1\r\n$4\r\nPING\r\nthis is no command\r\n");
    const jobs = [bad("bob", "queue"), bad("eve", "queue")];
    const notes: string[] = [];
    const options = {
      workers: 1,
      attempts: 1,
      sandbox: false,
      results,
      onNote: (line: string) => void notes.push(line),
    };
    expect(await runFleet(jobs, options)).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/server does not start.*put aside.*damaged-1/s)]);
    expect(jobs.map((each) => storedIn(resultFolder(each))?.result.status)).toEqual(["refused", "refused"]);
  });

  it("is left on SIGTERM, also before it answers", async () => {
    const results = join(folder, "stopped");
    writeFileSync(join(folder, "redis"), "#!/bin/sh\nexec sleep 1000\n");
    chmodSync(join(folder, "redis"), 0o755);
    const script = join(__dirname, "..", "..", "src", "grader", "dist", "cli", "grader.js");
    const args = [
      script,
      "grade",
      source,
      join(folder, "in"),
      "--results",
      results,
      "--queue",
      "redis",
      "--no-sandbox",
    ];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, DNN_LAB_REDIS_SERVER: join(folder, "redis") },
      stdio: "ignore",
    });
    while (!existsSync(join(results, ".queue"))) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(130);
  });
});
