/** Ways out of the sandbox, and ways to answers that are not the program's own: tried on the real kernel. docs/submissions.md lists them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Notebook } from "dnn-lab-notebooks";
import { assignmentOf, type Assignment } from "../../src/grader/assignment/assignment";
import { feedbackHtml, feedbackJson } from "../../src/grader/feedback/feedback-page";
import { gradeSubmission } from "../../src/grader/grading/grade";
import type { Graded } from "../../src/grader/grading/result";
import { bubblewrap } from "../../src/grader/sandbox/bubblewrap";
import type { Containment } from "../../src/grader/sandbox/containment";
import { answer, answered, cell, checks, given, inserted, settings, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 300_000 });

function sandbox(): Containment | string {
  try {
    return bubblewrap();
  } catch (error) {
    return (error as Error).message;
  }
}
const containment = sandbox();
if (typeof containment === "string") console.warn(`Skipped: ${containment}`);

const limits = { ...settings.limits, cellSeconds: 60, memoryMB: 900, fileMB: 5 };
const secrets = ["Math.min(0.1, n)", "0.1234", "target(4711)", "4711"];

/** Hidden tests look at `n` and call `target`; a visible one looks at `report`, which says what a hostile cell has done. */
const assignment: Assignment = assignmentOf(
  sourceNotebook(
    [
      given("start", "const n = 0.5;"),
      answer("target", "// BEGIN SOLUTION\nfunction target(x: number): number { return x; }\n// END SOLUTION"),
      checks(
        "hidden",
        3,
        `check("hidden", ({ test, atLeast, equals }) => {
  // BEGIN HIDDEN TESTS
  test("n is large", 2, "Math.min(0.1234, n)", atLeast(0.9));
  test("target gives what it gets", 1, "target(4711)", equals(4711));
  // END HIDDEN TESTS
});`,
      ),
      checks("seen", 1, `check("seen", ({ test }) => test("report", 1, "report", (found) => JSON.stringify(found)));`),
    ],
    { ...settings, quality: [], limits },
  ),
);

const honest = "function target(x: number): number { return x; }";

async function run(target: string, hostile: string, files: Record<string, string> = {}): Promise<Graded> {
  const notebook: Notebook = inserted(answered(assignment, { target }), 1, hostile);
  const about = { student: "mallory", hash: "0", submitted: "2026-01-01T00:00:00Z", claimed: undefined };
  const contents = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const folder = mkdtempSync(join(tmpdir(), "dnn-e"));
  try {
    return await gradeSubmission({ ...about, notebook, files: contents }, assignment, {
      containment: containment as Containment,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const reportOf = (result: Graded): unknown => {
  const { message = "" } = result.checks.find(({ id }) => id === "seen")!.tests[0]!;
  try {
    return JSON.parse(message);
  } catch {
    return `${message} ${result.notes.join(" ")} ${result.errors.map(({ message: said }) => said).join(" ")}`;
  }
};
const earnedBy = (result: Graded, id: string): number => result.checks.find((each) => each.id === id)!.earned;

/** Collects what each attempt gave, or its error's code. */
const tries = (attempts: Record<string, string>): string => `
  import * as fs from "node:fs";
  import * as os from "node:os";
  import * as inspector from "node:inspector";
  import { Worker } from "node:worker_threads";
  import { spawnSync } from "node:child_process";
  const report: Record<string, unknown> = {};
  const attempt = async (name: string, body: () => unknown) => {
    try { report[name] = (await body()) ?? "done"; } catch (error) { report[name] = (error as { code?: string }).code ?? String(error).slice(0, 200); }
  };
  ${Object.entries(attempts)
    .map(([name, code]) => `await attempt(${JSON.stringify(name)}, async () => { ${code} });`)
    .join("\n")}`;

describe.skipIf(typeof containment === "string")("from inside the sandbox", () => {
  it("nothing of the host can be written, and no folder is without limit", async () => {
    const writable = `
      let found: string[] = [];
      const walk = (path: string) => { for (const each of fs.readdirSync(path, { withFileTypes: true })) {
        const file = path + "/" + each.name;
        if (each.isDirectory()) { try { walk(file); } catch {} continue; }
        try { fs.closeSync(fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)); found.push(file); } catch {}
      } };
      walk("/proc/sys"); return found;`;
    const fill = (folder: string) => `
      let written = 0;
      try { for (; written < 60; written++) fs.writeFileSync("${folder}/f" + written, Buffer.alloc(1_000_000)); } catch (error) { return (error as any).code + " " + (written < 20); }
      return "no limit";`;
    const result = await run(
      honest,
      tries({
        sys: writable,
        hostname: 'fs.writeFileSync("/proc/sys/kernel/hostname", "x"); return os.hostname();',
        sysrq: 'fs.writeFileSync("/proc/sysrq-trigger", "");',
        tmp: fill("/tmp"),
        home: fill("/home/student"),
        shm: fill("/dev/shm"),
        dev: fill("/dev"),
        root: fill(""),
        run: "return process.argv.slice(2);",
        sockets:
          'return spawnSync("sh", ["-c", "find / -xdev -name connection.json -o -name \'k-[0-9]*\' 2>/dev/null | head -3"], { encoding: "utf8" }).stdout;',
      }),
    );
    const report = reportOf(result) as Record<string, unknown>;
    expect(report).toMatchObject({
      ...{
        sys: [],
        tmp: "ENOSPC true",
        home: "ENOSPC true",
        shm: "ENOSPC true",
        dev: "EROFS true",
        root: "EROFS true",
      },
      ...{ run: [expect.stringMatching(/^fd:\d+$/)], sockets: "" },
    });
    expect(report.hostname).toMatch(/EROFS|EACCES/);
    expect(report.sysrq).toMatch(/EROFS|EACCES|EPERM|ENOENT/);
    expect(earnedBy(result, "hidden")).toBe(1);
  });

  it("the debugger and the kernel's threads are out of reach, from workers and native code too", async () => {
    const inWorker = (code: string) =>
      `return await new Promise((done) => { const worker = new Worker(${JSON.stringify(code)}, { eval: true, execArgv: [] }); worker.on("message", done); worker.on("error", (error) => done((error as any).code ?? String(error))); });`;
    const result = await run(
      honest,
      tries({
        session: "new inspector.Session();",
        required: 'new (require("inspector").Session)();',
        promises: 'new (require("node:inspector/promises").Session)();',
        imported: 'new (await import("node:inspector")).Session();',
        open: "inspector.open(0);",
        binding: '(process as any).binding("inspector");',
        linked: '(process as any)._linkedBinding("x");',
        debug: "(process as any)._debugProcess(process.pid);",
        worker: inWorker('new (require("inspector").Session)()'),
        workersImport: inWorker(
          'import("node:inspector").then((i) => new i.Session()).catch((e) => require("worker_threads").parentPort.postMessage(e.code))',
        ),
        nested: inWorker(
          'const { Worker, parentPort } = require("worker_threads"); const w = new Worker("process.binding(\'inspector\')", { eval: true }); w.on("error", (e) => parentPort.postMessage(e.code))',
        ),
        original: "return (Worker.prototype.constructor as any) === Worker;",
        addon: 'fs.writeFileSync("a.node", "x"); process.dlopen({ exports: {} } as any, "a.node");',
        module:
          'new (require(require("node:path").join(require.resolve("dnn-lab-kernel/package.json"), "..", "dist", "runtime", "evaluator.js")).Evaluator)();',
      }),
    );
    expect(reportOf(result)).toEqual({
      ...Object.fromEntries(
        ["session", "required", "promises", "imported", "open", "binding", "linked", "debug"].map((name) => [
          name,
          "ERR_ACCESS_DENIED",
        ]),
      ),
      ...Object.fromEntries(
        ["worker", "workersImport", "nested", "addon", "module"].map((name) => [name, "ERR_ACCESS_DENIED"]),
      ),
      original: true,
    });
  });

  it("patched functions and forged forms do not pass a hidden test, and hidden arguments are told by nothing", async () => {
    const patched = `
      Math.min = () => 0.99; Math.max = () => 0.99;
      const report: any = { $bigint: "no number" };`;
    const echo = `
      const calls: unknown[] = [];
      function target(...args: any[]): any { calls.push(JSON.stringify(args)); (globalThis as any).report = calls; throw new Error("called with " + JSON.stringify(args)); }`;
    const result = await run(echo, patched);
    expect(earnedBy(result, "hidden")).toBe(0);
    const echoed = await run("function target(...args: any[]): any { return args; }", "const report = 1;");
    expect(earnedBy(echoed, "hidden")).toBe(0);
    const shown = [result, echoed].flatMap((each) => [feedbackHtml(each, "x"), feedbackJson(each)]).join();
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(shown).toContain("target gives what it gets");
  });

  it("what is written into the kernel's channel by hand is found out, and is no answer", async () => {
    const forge = `
      import * as fs from "node:fs";
      const report = 1;
      const fd = Number(process.argv[2]!.slice(3));
      const parts = [Buffer.from("<IDS|MSG>"), Buffer.from(""), ...[{ msg_type: "read_values_reply" }, { msg_id: "x" }, {}, { status: "ok", values: { e0: { value: 0.99 } } }].map((p) => Buffer.from(JSON.stringify(p)))];
      const head = Buffer.alloc(3 + 4 * parts.length); head[0] = 0; head.writeUInt16BE(parts.length, 1);
      parts.forEach((p, i) => head.writeUInt32BE(p.length, 3 + 4 * i));
      const body = Buffer.concat([head, ...parts]);
      const length = Buffer.alloc(4); length.writeUInt32BE(body.length);
      fs.writeSync(fd, Buffer.concat([length, body]));`;
    const result = await run(honest, forge);
    expect(earnedBy(result, "hidden")).toBe(1);
    expect(result.notes.join()).toMatch(/cannot be trusted: a 'read_values_reply' that answers nothing/);
  });

  it.each([
    [
      "files in memory",
      "import os,time\nfds=[os.memfd_create('m%d'%i) for i in range(300)]\nfor f in fds: os.write(f,b'x'*4000000)\ntime.sleep(30)",
    ],
    [
      "shared mappings",
      "import mmap,time\nm=mmap.mmap(-1,1200*1000*1000)\nfor i in range(0,len(m),4096): m[i]=1\ntime.sleep(30)",
    ],
  ])("memory that no process owns counts: %s", async (_, python) => {
    const hold = `import { spawnSync } from "node:child_process";\nconst ran = spawnSync("/usr/bin/python3", ["-c", ${JSON.stringify(python)}]);\nconst report: any = String(ran.signal);`;
    const result = await run(honest, hold);
    expect(`${result.notes.join()} ${JSON.stringify(reportOf(result))}`).toMatch(/more than 900 MB of memory/);
  });

  it("a flood of widgets' state costs the grader little, and the rest is graded", async () => {
    const before = process.memoryUsage().rss;
    const flood =
      'for (let i = 0; i < 20; i++) comms.open("jupyter.widget", { state: { big: "y".repeat(8_000_000) } });\nconst report = 1;';
    const result = await run(honest, flood);
    expect(earnedBy(result, "hidden")).toBe(1);
    expect(result.notes.join()).toContain("the rest was dropped");
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it("another language's kernel is carried through the same channel", async () => {
    const python = assignmentOf({
      ...sourceNotebook(
        [
          cell("code", "### BEGIN SOLUTION\nx = 3\n### END SOLUTION", { grade_id: "x", solution: true }),
          checks("x-check", 1, "assert x == 3"),
        ],
        { ...settings, quality: [], limits },
      ),
      metadata: {
        kernelspec: { name: "python3", display_name: "Python", language: "python" },
        dnn_lab: { assignment: { ...settings, quality: [], limits } },
      },
    });
    const about = {
      student: "ada",
      hash: "0",
      submitted: "2026-01-01T00:00:00Z",
      claimed: undefined,
      files: new Map(),
    };
    const grade = (x: string) =>
      gradeSubmission({ ...about, notebook: answered(python, { x }) }, python, {
        containment: containment as Containment,
      });
    expect((await grade("x = 3")).earned).toBe(1);
    expect((await grade("x = 4")).checks[0]!.tests[0]!.message).toMatch(/AssertionError/);
  });
});
