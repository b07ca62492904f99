/** Runs of tiny notebooks through the real kernel: what is written, what is reported, and every way to fail. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "dnn-lab-core/processes";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { NotebookEvent } from "../../src/notebooks/run/events";
import { executeNotebook, type ExecuteOptions } from "../../src/notebooks/run/execute";
import { readExecutionCounts } from "../../src/notebooks/notebook/execution-counts";
import { NotebookError } from "../../src/notebooks/run/notebook-error";
import { venvPython } from "../../src/notebooks/python/project";

// Each run starts a kernel: 3 s on an idle machine.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "notebooks "))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const code = (source: string, tags: string[] = []) => ({
  cell_type: "code",
  metadata: { tags },
  source,
  outputs: [],
  execution_count: 99,
});
const text = (source: string) => ({ cell_type: "markdown", metadata: {}, source });

let number = 0;
function notebook(...cells: object[]): { input: string; output: string } {
  const name = `n${++number}`;
  const input = join(folder, `${name}.ipynb`);
  writeFileSync(input, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells }));
  return { input, output: join(folder, "out", `${name}.ipynb`) };
}

/** Executes and returns the error that must come. */
async function failure(
  files: { input: string; output: string },
  options: Partial<ExecuteOptions> = {},
): Promise<NotebookError> {
  const error: unknown = await executeNotebook({ ...files, ...options }).then(
    () => new Error("the run ended well"),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(NotebookError);
  return error as NotebookError;
}

describe("executeNotebook", () => {
  it("saves outputs and execution counts, reports each cell and what it shows meanwhile", async () => {
    const files = notebook(
      text("# Title\n\n## First"),
      code("const n: number = 20;\nconsole.log('n is', n + 1, process.env.DNN_LAB_TEST_WORD);"),
      code("  "),
      text("## Second"),
      code("for (let i = 0; i < 3; i++) { console.log('step', i); await new Promise((r) => setTimeout(r, 300)); }"),
    );
    const events: NotebookEvent[] = [];
    const result = await executeNotebook({
      ...files,
      env: { DNN_LAB_TEST_WORD: "passed on" },
      onEvent: (event) => events.push(event),
    });

    expect(result.executionCounts).toEqual([1, 2]);
    expect(readExecutionCounts(files.output)).toEqual([1, 2]);
    expect(readFileSync(files.output, "utf8")).toContain("n is 21 passed on");
    expect(readdirSync(join(folder, "out")).filter((name) => name.includes("tmp"))).toEqual([]);
    expect(events[0]).toEqual({ event: "start", cells: 2, kernel: "tslab" });
    expect(events.filter(({ event }) => event === "cell")).toEqual([
      { event: "cell", cell: 1, index: 1, section: "First", line: "const n: number = 20;" },
      expect.objectContaining({ cell: 2, index: 4, section: "Second" }),
    ]);
    expect(events).toContainEqual({ event: "live", cell: 2, text: "step 0" });
    expect(events.at(-1)).toMatchObject({ event: "end", output: result.output });
  });

  it("reports a cell that throws, keeps the earlier output and saves what there is beside it", async () => {
    const files = notebook(code("let a = 1;"), code("throw new RangeError(`boom ${a}`);"), code("a"));
    writeFileSync(join(folder, "out", "earlier"), "");
    writeFileSync(files.output, "earlier");
    const error = await failure(files);
    expect(error).toMatchObject({ kind: "cell", cell: 2 });
    expect(error.message).toContain("code cell 2: RangeError: boom 1");
    expect(error.message).toContain("throw new RangeError");
    expect(readFileSync(files.output, "utf8")).toBe("earlier");
    expect(readExecutionCounts(files.output.replace(".ipynb", ".failed.ipynb"))).toEqual([1, 2, null]);
  });

  it("reports a cell that does not compile", async () => {
    const error = await failure(notebook(code("const a: string = 1;")));
    expect(error).toMatchObject({ kind: "cell", cell: 1 });
    expect(error.message).toContain("Type 'number' is not assignable to type 'string'");
  });

  it("goes on after a failing cell that is tagged raises-exception", async () => {
    const files = notebook(code("throw new Error('meant');", ["raises-exception"]), code("console.log('after');"));
    await executeNotebook(files);
    expect(readExecutionCounts(files.output)).toEqual([1, 2]);
    expect(readFileSync(files.output, "utf8")).toContain("after");
  });

  it("reports a kernel that dies", async () => {
    const error = await failure(notebook(code("process.kill(process.pid, 'SIGKILL')")));
    expect(error).toMatchObject({ kind: "dead-kernel", cell: 1 });
  });

  it("ends a cell, and a notebook, that takes too long", async () => {
    const files = notebook(code("await new Promise((r) => setTimeout(r, 100_000));"));
    expect(await failure(files, { cellTimeoutSeconds: 1 })).toMatchObject({ kind: "cell-timeout", cell: 1 });
    expect(await failure(files, { timeoutSeconds: 4 })).toMatchObject({ kind: "timeout" });
  });

  it("stops when asked to, and leaves no kernel behind", async () => {
    const stop = new AbortController();
    let pid = 0;
    const onEvent = (event: NotebookEvent): void => {
      if (event.event !== "live") return;
      pid = Number(event.text);
      stop.abort();
    };
    const files = notebook(code("console.log(process.pid); await new Promise((r) => setTimeout(r, 100_000));"));
    expect(await failure(files, { onEvent, signal: stop.signal })).toMatchObject({ kind: "interrupted", cell: 1 });
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(files.output)).toBe(false);
  });

  it("names a kernel that is not there, and a file that is no notebook", async () => {
    const files = notebook(code("1"));
    expect((await failure(files, { kernel: "nothing" })).message).toContain("no Jupyter kernel named 'nothing'");
    writeFileSync(files.input, '{"cells": [');
    expect(await failure(files)).toMatchObject({ kind: "notebook" });
    expect((await failure({ ...files, input: join(folder, "gone.ipynb") })).message).toContain("gone.ipynb");
  });

  it("refuses unknown options and limits that are none", async () => {
    const files = notebook(code("1"));
    await expect(executeNotebook({ ...files, timeout: 3 } as ExecuteOptions)).rejects.toThrow(
      "unknown option 'timeout'",
    );
    await expect(executeNotebook({ ...files, timeoutSeconds: 0 })).rejects.toThrow("timeoutSeconds must be");
  });
});

describe("plain jupyter nbconvert --execute", () => {
  const nbconvert = (input: string) =>
    new Promise<number>((settle) => {
      const kernel = ["--ExecutePreprocessor.kernel_name=tslab", "--output", "plain"];
      const args = ["-m", "nbconvert", "--to", "notebook", "--execute", ...kernel, input];
      const child = execFile(venvPython(), args, { cwd: folder }, () => settle(child.exitCode ?? -1));
    });

  it("finds the kernel and executes a notebook too, but a skipped cell is nothing to it", async () => {
    const { input } = notebook(
      code("const n = 6 * 7;\nconsole.log(`n is ${n}`);"),
      code("throw new Error('not seen');", ["skip-execution"]),
    );
    expect(await nbconvert(input)).toBe(0);
    expect(readFileSync(join(folder, "plain.ipynb"), "utf8")).toContain("n is 42");
  });

  it("ends with 1 after a promise that was rejected before another cell", async () => {
    const { input } = notebook(code("void Promise.reject(new Error('floating'));"), code("await 1;"));
    expect(await nbconvert(input)).toBe(1);
  });
});
