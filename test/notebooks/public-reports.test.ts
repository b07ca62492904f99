/** Notebooks after public reports of users of nbval, nbmake, papermill, nbclient and jupyter-cache; each names its report. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { acceptResult } from "../../src/notebooks/batch/accept";
import { runBatch, type BatchOptions } from "../../src/notebooks/batch/run-batch";
import { joined } from "../../src/notebooks/notebook/notebook-file";
import type { CellResult, NotebookResult } from "../../src/notebooks/results/results";
import { code, notebook, save } from "./notebooks";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let folder: string;
const at = (name: string): string => join(folder, `${name}.ipynb`);
const python = (name: string, ...sources: string[]): string =>
  save(
    at(name),
    notebook(
      sources.map((source) => code(source)),
      {},
      "python3",
    ),
  );
const typescript = (name: string, ...sources: string[]): string =>
  save(at(name), notebook(sources.map((source) => code(source))));
const batch = (notebooks: string[], more: Partial<BatchOptions> = {}): Promise<NotebookResult[]> =>
  runBatch({
    ...{ notebooks, results: join(folder, "results"), cache: join(folder, "cache"), compare: true, parallel: 2 },
    ...{ cellTimeoutSeconds: 20, ...more },
  });

let first: Map<string, NotebookResult>;
const of = (name: string): NotebookResult => first.get(name)!;
const cellsOf = (name: string): readonly CellResult[] => of(name).cells;
const textOf = (cell: CellResult): string =>
  cell.outputs.map((each) => joined(each.text ?? (each.data?.["text/plain"] as string) ?? "")).join("");

const HANDLE = "const handle = display('one', { displayId: 'shown' })";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "notebook reports "));
  writeFileSync(join(folder, "says.txt"), "");
  const made = {
    quiet: python(
      "quiet",
      "print(open('says.txt').read(), end='')\nprint('shown') if False else None",
      "print('test')",
    ),
    chunks: python("chunks", "import sys\nfor i in range(300):\n    print(i, flush=True)\n    sys.stderr.write('')"),
    loops: python("loops", "print('before')", "while True: pass", "print('after')"),
    clear: python("clear", "from IPython.display import clear_output\nprint('Hello world')\nclear_output(wait=True)"),
    update: typescript("update", HANDLE, "console.log('second'); handle.update('two')"),
    dies: python("dies", "print('begin', flush=True)", "import os\nos.kill(os.getpid(), 9)", "print('never')"),
  };
  first = new Map((await batch(Object.values(made), { compare: false })).map((one, i) => [Object.keys(made)[i], one]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("reports of users of other tools", () => {
  it("output where there was none is a difference (nbval#81)", async () => {
    acceptResult((await batch([at("quiet")]))[0]);
    const [same] = await batch([at("quiet")]);
    expect(same.status).toBe("passed");
    writeFileSync(join(folder, "says.txt"), "command not found\n");
    const [changed] = await batch([at("quiet")]);
    expect(changed).toMatchObject({ status: "changed", cached: false });
    expect(changed.problems.map(({ cell }) => cell)).toEqual([1]);
  });

  it("a stream that came in pieces is one text (nbval#54, #55)", () => {
    const [cell] = cellsOf("chunks");
    expect(cell.outputs).toHaveLength(1);
    expect(textOf(cell)).toBe(Array.from({ length: 300 }, (_, i) => `${i}\n`).join(""));
  });

  it("no cell runs behind one that is out of time (nbval#41)", () => {
    expect(of("loops").problems.map(({ kind, cell }) => [kind, cell])).toEqual([["cell-timeout", 2]]);
    expect(cellsOf("loops").map(({ status }) => status)).toEqual(["executed", "failed", "not run"]);
  });

  it("clearing with wait keeps what nothing follows (nbconvert#969)", () => {
    expect(textOf(cellsOf("clear")[0])).toBe("Hello world\n");
  });

  it("a later cell's update lands in the cell that showed it (ijavascript#132, notebook#1879)", () => {
    const [shown, later] = cellsOf("update");
    expect(textOf(shown)).toContain("two");
    expect(textOf(later)).toBe("second\n");
  });

  it("a kernel that was killed is told with its cell, and what ran before is kept (pinecone-io/examples#573)", () => {
    const [problem, ...others] = of("dies").problems;
    expect([problem.kind, problem.cell, others]).toEqual(["dead-kernel", 2, []]);
    expect(textOf(cellsOf("dies")[0])).toBe("begin\n");
  });

  it("parameters for a notebook without a cell for them are refused, or named (papermill#245)", async () => {
    const path = typescript("plain", "1 + 1");
    const [result] = await batch([path], { compare: false, parameters: { alpha: "0.1" } });
    expect(result.status).toBe("failed");
    expect(result.problems[0].message).toMatch(/alpha|parameters/);
  });

  it("a run that failed is not taken from the cache (jupyter-cache#51)", async () => {
    const failing = python("failing", "print(open('later.txt').read())");
    const [before] = await batch([failing], { compare: false });
    expect(before.problems.map(({ kind }) => kind)).toEqual(["cell"]);
    writeFileSync(join(folder, "later.txt"), "there");
    const [after] = await batch([failing], { compare: false });
    expect(after).toMatchObject({ status: "executed", cached: false });
  });

  it("a warning on stderr is compared, and a rule leaves it out (MDAnalysis/UserGuide#357)", async () => {
    const warn = (word: string, rule = ""): string =>
      python("warns", `${rule}import sys\nprint('result', 1)\nprint('${word} is deprecated', file=sys.stderr)`);
    acceptResult((await batch([warn("old")]))[0]);
    const [changed] = await batch([warn("new")]);
    expect(changed.status).toBe("changed");
    acceptResult((await batch([warn("old", "# @check text: /[a-z]+ is deprecated/ -> a warning\n")]))[0]);
    const [left] = await batch([warn("new", "# @check text: /[a-z]+ is deprecated/ -> a warning\n")]);
    expect(left.problems).toEqual([]);
  });
});
