/** Batches through the real kernels: run, accept, check again, what is taken from the cache, what a change does. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { acceptResult } from "../../src/notebooks/batch/accept";
import { runBatch, type BatchOptions } from "../../src/notebooks/batch/run-batch";
import { joined, readNotebook, settingsOf } from "../../src/notebooks/notebook/notebook-file";
import { projectFolder } from "../../scripts/project-folder";
import { exitCodeOf, type NotebookResult } from "../../src/notebooks/results/results";
import { runSeeds } from "../../src/notebooks/batch/run-seeds";
import { verifyResult } from "../../src/notebooks/batch/verify";
import { code, notebook, save, text } from "./notebooks";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let folder: string;
let good: string;
let python: string;
let first: NotebookResult[];

const FACTS =
  'void ((globalThis as any)[Symbol.for("dnn-lab.facts")] = { data: [{ name: "toys", source: "folder", fingerprint: "f1" }], inputs: [], engine: "none", seed: Number(process.env.DNN_LAB_SEED ?? 42) });';
const cells = [
  text("# Setting up"),
  code('import { scale } from "./lib";\nconst epochs = 10;', ["parameters"]),
  code(FACTS),
  text("## Results"),
  code(
    "// @check accuracy: seeds=3\nconst seed = Number(process.env.DNN_LAB_SEED ?? 42);\nconsole.log(`accuracy: ${(0.8 + (seed % 7) / 100).toFixed(4)} after ${epochs} epochs, ${Date.now() % 1000} ms`);",
  ),
  code('await display({ data: [{ x: [1, 2], y: [scale, 2.5], name: "ours" }], layout: {} });'),
];

const batch = (notebooks: string[], more: Partial<BatchOptions> = {}): Promise<NotebookResult[]> =>
  runBatch({ notebooks, results: join(folder, "results"), cache: join(folder, "cache"), compare: true, ...more });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "notebook batch "));
  writeFileSync(join(folder, "lib.ts"), "export const scale: number = 1.5;");
  good = save(join(folder, "good.ipynb"), notebook(cells));
  python = save(
    join(folder, "python.ipynb"),
    notebook([code("print('loss:', 0.25)\nprint('took 12 ms')"), code("1 + 1")], {}, "python3"),
  );
  first = await batch([good, python], { parallel: 2, compare: false });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a batch", () => {
  it("executes notebooks of two languages, and writes what made them into the results", () => {
    expect(first.map(({ status, problems }) => [status, problems])).toEqual([
      ["executed", []],
      ["executed", []],
    ]);
    const { provenance } = settingsOf(readNotebook(first[0].output!).metadata) as {
      provenance: NonNullable<NotebookResult["provenance"]>;
    };
    expect(provenance).toMatchObject({
      facts: { engine: "none", seed: 42, data: [{ name: "toys" }] },
      machine: { cores: expect.any(Number) },
    });
    expect(Object.keys(provenance.inputs.sources)).toEqual(["lib.ts"]);
    expect(provenance.cellSeconds).toHaveLength(4);
  });

  it("is not executed again while nothing changes, and passes once it is accepted", async () => {
    const unchecked = await batch([good, python]);
    expect(unchecked.map(({ cached, status, problems }) => [cached, status, problems[0].kind])).toEqual([
      [true, "unchecked", "no-reference"],
      [true, "unchecked", "no-reference"],
    ]);
    expect(exitCodeOf(unchecked)).toBe(4);
    const samples = await runSeeds(
      { notebooks: [good], results: join(folder, "results"), compare: false },
      [unchecked[0]],
      3,
    );
    expect(acceptResult(unchecked[0], samples.get(good))).toMatch(/references.good.toys-\w+\.none\.json$/);
    acceptResult(unchecked[1]);
    const checked = await batch([good, python]);
    expect(checked.map(({ status, cached, reference }) => [status, cached, reference?.words])).toEqual([
      ["passed", true, expect.stringContaining("toys")],
      ["passed", true, "no data, any engine"],
    ]);
    // Accuracy, epochs, and the figure's four; the time is no number.
    expect(checked[0].cells.map(({ numbers }) => numbers)).toEqual([0, 0, 2, 4]);
    expect(exitCodeOf(checked)).toBe(0);
    expect(verifyResult(checked[0], join(folder, "results"))).toEqual({ notebook: good, changes: [] });
  });

  it("is executed again after a change of a file that it imports, and tells what differs", async () => {
    writeFileSync(join(folder, "lib.ts"), "export const scale: number = 1.6;");
    const stale = verifyResult(first[0], join(folder, "results"));
    expect(stale.changes).toContain("source lib.ts");
    const [result, other] = await batch([good, python]);
    expect(other).toMatchObject({ cached: true, status: "passed" });
    expect(result).toMatchObject({ cached: false, status: "changed" });
    expect(result.problems).toEqual([
      expect.objectContaining({
        kind: "difference",
        cell: 4,
        line: expect.any(Number),
        message: expect.stringContaining("1.6, reference 1.5: 0.1 more"),
      }),
    ]);
    expect(result.compareSeconds).toBeLessThan(result.seconds);
    expect(exitCodeOf([result, other])).toBe(3);
  });

  it("compares with the spread over the stored seeds", async () => {
    // Seeds 42 to 44 gave 0.80, 0.81, 0.82: s = 0.01, allowed 3 · 0.01 · √(4/3) = 0.035; seed 41 gives 0.86
    const [near] = await batch([good], { env: { DNN_LAB_SEED: "45" }, cache: undefined });
    expect(near.problems.filter(({ cell }) => cell === 3)).toEqual([]);
    const [far] = await batch([good], { env: { DNN_LAB_SEED: "41" }, cache: undefined });
    expect(far.problems.find(({ cell }) => cell === 3)?.message).toContain("from the mean 0.81 of 3 seeds");
  });

  it("takes parameters, checked by the kernel against their types; `--only` ends after the cell", async () => {
    const [wrong] = await batch([good], { parameters: { epochs: '"many"' } });
    expect(wrong.problems[0]).toMatchObject({ kind: "type-error", cell: 1 });
    expect(wrong.problems[0].message).toContain("Type 'string' is not assignable to type 'number'");
    const [given] = await batch([good], { parameters: { epochs: "3" }, only: "3", compare: false });
    expect(given.cells.map(({ status }) => status)).toEqual(["executed", "executed", "executed", "not run"]);
    expect(joined(given.cells[2].outputs[0].text)).toContain("after 3 epochs");
    const [none] = await batch([good], { only: "Nothing" });
    expect(none.problems[0]).toMatchObject({
      kind: "bad-parameter",
      message: expect.stringContaining("Setting up, Results"),
    });
  });

  it("stops when asked to, keeps what is done, and goes on with what is missing", async () => {
    const sleeper = save(
      join(folder, "sleeper.ipynb"),
      notebook([code("console.log(process.pid); await new Promise((r) => setTimeout(r, 100_000));")]),
    );
    const stop = new AbortController();
    let pid = 0;
    const results = await batch([python, sleeper, good], {
      signal: stop.signal,
      onEvent(_, event) {
        if (event.event !== "live") return;
        pid = Number(event.text);
        stop.abort();
      },
    });
    expect(results.map(({ status }) => status)).toEqual(["passed", "interrupted", "interrupted"]);
    expect(exitCodeOf(results)).toBe(130);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect((await batch([python]))[0].cached).toBe(true);
  });
});

describe("the command", () => {
  const command = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((settle) => {
      const script = join(projectFolder(), "src", "notebooks", "dist", "cli", "notebooks.js");
      const child = execFile(process.execPath, [script, ...args], { cwd: folder }, (_, stdout, stderr) =>
        settle({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  it("checks, reports in all forms, and verifies; without a kernel where the cache serves", async () => {
    // The kernel's own cache lies elsewhere here: the command's first run fills it.
    const run = await command(
      "check",
      "python.ipynb",
      "--json",
      "r.json",
      "--junit",
      "r.xml",
      "--html",
      "r.html",
      "--github",
    );
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining("1 as in the reference")]);
    expect(JSON.parse(readFileSync(join(folder, "r.json"), "utf8"))).toMatchObject({
      exitCode: 0,
      results: [{ status: "passed" }],
    });
    expect(readFileSync(join(folder, "r.xml"), "utf8")).toContain(
      '<testsuite name="python.ipynb" tests="3" failures="0" errors="0"',
    );
    expect(readFileSync(join(folder, "r.html"), "utf8")).toContain("python.ipynb: as in the reference");
    expect(await command("verify")).toMatchObject({ code: 0 });
    expect(await command("report", "--github")).toMatchObject({ code: 0 });
    save(join(folder, "python.ipynb"), notebook([code("print('loss:', 0.25)")], {}, "python3"));
    expect(await command("verify", "python.ipynb")).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("changed since: the cells"),
    });
  });

  it("cleans, and says in a commit hook what is not clean", async () => {
    const path = save(
      join(folder, "dirty.ipynb"),
      notebook(
        [code("1  ", [], { execution_count: 3, outputs: [{ output_type: "stream", name: "stdout", text: "x" }] })],
        { papermill: {} },
      ),
    );
    const before = readFileSync(path, "utf8");
    expect(await command("clean", "--check", path)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("would clean"),
    });
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(await command("clean", path)).toMatchObject({ code: 0, stdout: expect.stringContaining("cleaned") });
    expect(readNotebook(path)).toMatchObject({ cells: [{ source: "1  ", outputs: [], execution_count: null }] });
    expect(readNotebook(path).metadata).not.toHaveProperty("papermill");
    expect(await command("clean", "--check", path)).toMatchObject({ code: 0 });
  });

  it("shows what differs between two notebooks", async () => {
    const with_ = (source: string, text: string) => [
      code(source, [], { id: "x", execution_count: 1, outputs: [{ output_type: "stream", name: "stdout", text }] }),
    ];
    save(join(folder, "a.ipynb"), notebook(with_("a = 1", "loss: 0.25\n")));
    save(join(folder, "b.ipynb"), notebook(with_("a = 2", "loss: 0.35\n")));
    const { code: exit, stdout } = await command("diff", "a.ipynb", "b.ipynb");
    expect(exit).toBe(3);
    expect(stdout).toContain("a = 2");
    expect(stdout).toContain("loss: 0.35, reference 0.25: 0.1 more");
    expect(await command("diff", "a.ipynb", "a.ipynb")).toMatchObject({ code: 0 });
  });

  it("refuses what it does not know with code 2, and has a help", async () => {
    expect(await command("check", "--wrong")).toMatchObject({ code: 2 });
    expect(await command("check", "gone.ipynb")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("there is no notebook or folder gone.ipynb"),
    });
    expect(await command("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("Exit codes:") });
    expect(existsSync(join(folder, "results", "notebooks", "results.json"))).toBe(true);
  });
});
