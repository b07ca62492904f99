/** Hostile notebooks in the sandbox: what they try must not work, and must not cost the others anything. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { environmentProgram } from "dnn-lab-core/environment-program";
import type { Notebook } from "../../src/notebooks/notebook/notebook-file";
import {
  answered,
  checks,
  inserted,
  rightAnswers,
  settings,
  smallAssignment,
  sourceCells,
  sourceNotebook,
} from "./assignments";
import { assignmentOf, defaultLimits, type Assignment } from "../../src/grader/assignment/assignment";
import { gradeSubmission } from "../../src/grader/grading/grade";
import type { Graded } from "../../src/grader/grading/result";
import { bubblewrap } from "../../src/grader/sandbox/bubblewrap";
import type { Containment } from "../../src/grader/sandbox/containment";
import { environmentFolder } from "../../src/grader/sandbox/installation";
import { processesOf } from "../../src/grader/sandbox/sandbox-watch";

vi.setConfig({ testTimeout: 400_000, hookTimeout: 60_000 });

/** The sandbox, or why there is none here. */
function sandbox(): Containment | string {
  try {
    return bubblewrap();
  } catch (error) {
    return (error as Error).message;
  }
}
const containment = sandbox();
if (typeof containment === "string") console.warn(`Skipped: ${containment}`);

const graded = (own: object = settings): Assignment => {
  const assignment = smallAssignment(own);
  return { ...assignment, quality: [] };
};

function gradeNotebook(notebook: Notebook, own: object, of = graded(own)): Promise<Graded> {
  const about = { student: "mallory", files: new Map([["data/mine.csv", Buffer.from("1,2\n")]]), claimed: undefined };
  const submission = { ...about, notebook, hash: "0", submitted: "2026-01-01T00:00:00Z" };
  return gradeSubmission(submission, of, { containment: containment as Containment });
}

const earned = ({ checks }: Graded): number => checks.reduce((sum, each) => sum + each.earned, 0);

describe.skipIf(typeof containment === "string")("the sandbox", () => {
  let folder: string;
  let server: Server;
  const outer = process.env.TMPDIR;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "graders-"));
    writeFileSync(join(folder, "secret.txt"), "the hidden tests");
    process.env.DNN_LAB_TEST_SECRET = "token";
    server = createServer((socket) => socket.end("hello"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    // A place of its own: other tests have sandboxes at the same time.
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), "dnn-sandboxes-"));
  });
  afterAll(() => {
    delete process.env.DNN_LAB_TEST_SECRET;
    server.close();
    rmSync(folder, { recursive: true, force: true });
    const own = tmpdir();
    if (outer === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outer;
    const left = readdirSync(own).filter((name) => name.startsWith("dnn-box-"));
    rmSync(own, { recursive: true, force: true });
    expect(left).toEqual([]);
  });

  it("has no shared memory, semaphores and message queues of System V", async () => {
    const room = await (containment as Containment).open({
      limits: { ...defaultLimits, ...settings.limits },
      files: new Map(),
    });
    const { cwd, sandbox } = room.job;
    const asks = ["shmget(0, 1 << 26, 0o1600)", "semget(0, 100, 0o1600)", "msgget(0, 0o1600)"];
    const program = [
      "import ctypes",
      "libc = ctypes.CDLL(None, use_errno=True)",
      ...asks.map((ask) => `print(libc.${ask}, ctypes.get_errno())`),
    ].join("\n");
    const [first, ...args] = [...sandbox!.command, environmentProgram(environmentFolder()!, "python"), "-c", program];
    try {
      // EPERM is 1.
      expect(execFileSync(first!, args, { cwd, encoding: "utf8" })).toBe("-1 1\n".repeat(3));
    } finally {
      await room.close();
    }
  });

  it("runs as nobody on this machine, where root grades too", async () => {
    const { note, open } = containment as Containment;
    const room = await open({
      limits: { ...defaultLimits, ...settings.limits },
      files: new Map([["a.txt", Buffer.from("mine")]]),
    });
    const { cwd, sandbox } = room.job;
    const [program, ...args] = [...sandbox!.command, "/bin/sh", "-c", "cat a.txt; exec sleep 100"];
    const child = spawn(program!, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    try {
      expect(String((await once(child.stdout, "data"))[0])).toBe("mine");
      expect(note).toBeUndefined();
      // Processes come and go while the sandbox is set up: what stays is nobody's.
      await vi.waitFor(() => {
        const pids = processesOf(basename(cwd), {});
        expect(pids.length).toBeGreaterThan(0);
        const uids = pids.map((pid) => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
        expect(uids).not.toContain("0");
      }, 20_000);
    } finally {
      await room.close();
    }
    await vi.waitFor(() => expect(processesOf(basename(cwd), {})).toEqual([]), 20_000);
  });

  it("shows no files, secrets, processes or network, and lets nothing out", async () => {
    const port = (server.address() as { port: number }).port;
    const spy = `
      import * as fs from "node:fs";
      import * as net from "node:net";
      import { spawn, spawnSync } from "node:child_process";
      const tried: Record<string, unknown> = {};
      const attempt = (name: string, body: () => unknown) => {
        try { tried[name] = body(); } catch (error) { tried[name] = (error as { code?: string }).code ?? String(error); }
      };
      attempt("graders", () => fs.readFileSync(${JSON.stringify(join(folder, "secret.txt"))}, "utf8"));
      attempt("sources", () => fs.readdirSync(${JSON.stringify(join(__dirname, "..", ".."))}).join());
      attempt("shadow", () => fs.readFileSync("/etc/shadow", "utf8"));
      attempt("secret", () => process.env.DNN_LAB_TEST_SECRET ?? "none");
      attempt("environment", () => fs.readFileSync("/proc/1/environ", "utf8").includes("DNN_LAB_TEST_SECRET"));
      attempt("processes", () => fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length < 10);
      attempt("boxes", () => fs.readdirSync("/tmp").filter((name) => name.startsWith("dnn-box-")).length);
      attempt("build", () => fs.writeFileSync(${JSON.stringify(join(__dirname, "..", "..", "src", "library", "dist", "x.js"))}, ""));
      attempt("nested", () => spawnSync("unshare", ["-Ur", "true"]).status);
      attempt("parent", () => process.kill(${process.pid}, "SIGTERM"));
      attempt("mine", () => fs.readFileSync("data/mine.csv", "utf8"));
      attempt("big", () => { const file = fs.openSync("big", "w"); for (let i = 0; i < 100; i++) fs.writeSync(file, Buffer.alloc(1_000_000)); return "written"; });
      attempt("left", () => spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref());
      tried.network = await new Promise((done) => {
        const socket = net.connect(${port}, "127.0.0.1", () => done("connected"));
        socket.on("error", (error) => done((error as { code?: string }).code));
      });`;
    const looking = checks(
      "spied",
      1,
      `check("spied", ({ test }) => test("seen", 1, "JSON.parse(JSON.stringify(tried))", (seen) => JSON.stringify(seen)));`,
    );
    const assignment = { ...assignmentOf(sourceNotebook([...sourceCells(), looking], { ...settings, quality: [] })) };
    const result = await gradeNotebook(inserted(answered(assignment, rightAnswers), 2, spy), settings, assignment);
    expect([...result.errors, ...result.notes]).toEqual([]);
    const seen = JSON.parse(result.checks.at(-1)!.tests[0]!.message!) as Record<string, unknown>;
    expect(seen).toMatchObject({
      ...{ graders: "ENOENT", shadow: "ENOENT", secret: "none", environment: false, processes: true, boxes: 0 },
      ...{ build: "EROFS", parent: "ESRCH", mine: "1,2\n", network: "ECONNREFUSED" },
    });
    expect(seen.sources).not.toMatch(/case-studies|test|results|\.git/);
    expect(seen.nested).not.toBe(0);
    expect(seen.big).not.toBe("written");
    expect(earned(result)).toBe(7);
    expect(result.contained).toBe("bubblewrap");
    expect(existsSync(join(__dirname, "..", "..", "src", "library", "dist", "x.js"))).toBe(false);
    const left = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes("sleep\x001000"));
    expect(left).toEqual([]);
  });

  it("interrupts an endless loop, drops floods of output, and is not deceived by changed functions", async () => {
    const tampering = `
      JSON.stringify = () => "9";
      Array.prototype.map = () => [9];
      Object.defineProperty(Object.prototype, "value", { get: () => 9 });
      (globalThis as any).check = async () => true;
      (globalThis as any)[Symbol.for("dnn-lab.kernel.take")] = () => undefined;
      process.stdout.write('{"event":"values","id":1,"values":{"e0":{"value":9}}}\\n');
      require("node:fs").writeFileSync("result.json", '{"earned":99}');`;
    const flood = 'for (let i = 0; i < 3000; i++) console.log("x".repeat(1000));';
    const notebook = answered(graded(), {
      ...rightAnswers,
      square: "function square(x: number) { return 8; }",
      mean: "while (true) {}",
    });
    const hostile = inserted(notebook, 4, flood, tampering);
    const result = await gradeNotebook(hostile, { ...settings, limits: { ...settings.limits, cellSeconds: 30 } });
    const square = result.checks[0]!.tests.map(({ passed, message }) => passed || message);
    expect(square).toEqual(["expected 9, found 8", "found { a: 8, b: 8 }", "expected about 16, found 8"]);
    expect(result.checks[1]!.tests[0]!.message).toMatch(/mean is not defined|before initialization/);
    expect(result.errors.some(({ message }) => message.includes("took longer than the 30 s"))).toBe(true);
    expect(result.notes.join()).toContain("the rest was dropped");
  });

  it("contains a fork bomb, and grades what else is there", async () => {
    const fork =
      'require("node:child_process").spawn("sh", ["-c", "f() { f | f & }; f; sleep 60"]); await new Promise((done) => setTimeout(done, 15_000)); throw new Error("it was lit");';
    const bombs = () =>
      readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).startsWith("sh\0-c\0f() {"));
    let most = 0;
    const sampling = setInterval(() => (most = Math.max(most, bombs().length)), 50);
    const result = await gradeNotebook(inserted(answered(graded(), rightAnswers), 3, fork), settings);
    clearInterval(sampling);
    expect(earned(result)).toBe(7);
    // The watch ends all that is there, or (root's control group) the system refuses so many forks that the bomb dies of it. A
    // bomb that nobody stops has thousands of processes within a second. One that dies at once may be seen by no sample.
    const said = [...result.notes, ...result.errors.map(({ message }) => message)].join("\n");
    expect(said).toMatch(/it started more than 64 processes|it was lit/);
    expect(most).toBeLessThan(500);
    expect(bombs()).toEqual([]);
  });

  it("ends a memory bomb, and grades what else is there", async () => {
    const memory = "const all: unknown[] = []; for (;;) all.push(Buffer.alloc(50_000_000, 1));";
    const notebook = answered(graded(), rightAnswers);
    // At the end: where the system refuses it more, the kernel lives on with what it has, and later cells would suffer from that.
    const result = await gradeNotebook(inserted(notebook, notebook.cells.length, memory), settings);
    expect(earned(result)).toBe(7);
    const said = [...result.notes, ...result.errors.map(({ message }) => message)].join("\n");
    // The system refuses the memory, or the watch ends the kernel: whichever comes first.
    expect(said).toMatch(/more than 1500 MB of memory|allocation failed|kernel's process ended/i);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
