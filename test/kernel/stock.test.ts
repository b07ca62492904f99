/** This kernel beside the stock tslab that it takes the place of: the same values, and what stock's messages leave out. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executeNotebook } from "../../src/notebooks/run/execute";
import { readPartialRecord } from "../../src/library/reports/record";
import type { SectionRecord } from "../../src/library/reports/record-shape";
import { python, root } from "./kernelUnderTest";

const ours = "tslab";
const stock = "tslab-stock";
const spec = (name: string) => join(root, ".venv", "share", "jupyter", "kernels", name, "kernel.json");
const ready = existsSync(python) && existsSync(spec(ours)) && existsSync(spec(stock));
const exampleFolder = join(root, "notebooks", "p3_c2_s2_training_deep_neural_networks");

interface Cell {
  cell_type: string;
  source: string | string[];
  execution_count?: number | null;
  outputs?: { output_type: string; ename?: string; evalue?: string; text?: string | string[] }[];
}
interface Notebook {
  cells: Cell[];
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab stock "));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function save(name: string, cells: readonly object[]): string {
  const metadata = { kernelspec: { name: ours, display_name: "TypeScript", language: "typescript" } };
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  return file;
}

/** The course's cells as far as the first section, then batch normalization and dropout: every kind of random stream. */
function shortExample(): string {
  const notebook = JSON.parse(readFileSync(join(exampleFolder, "code_example.ipynb"), "utf8")) as Notebook;
  const code = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  const numbers = [...range(1, 21), ...range(33, 36), ...range(43, 46)];
  return save(
    "short.ipynb",
    numbers.map((number) => code[number - 1]),
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** What the cells recorded, without what differs between any two runs: the seconds. */
async function recorded(kernel: string, input: string): Promise<Omit<SectionRecord, "seconds">[]> {
  const results = join(folder, kernel);
  mkdirSync(results);
  const env = { DNN_LAB_EPOCHS: "1", DNN_LAB_SOURCE: "generated", DNN_LAB_RESULTS: results };
  await executeNotebook({ input, output: join(results, "out.ipynb"), kernel, cwd: exampleFolder, env });
  return readPartialRecord(results).sections.map(({ seconds: _, ...values }) => values);
}

/** Executes cells with plain nbconvert, which knows nothing of either kernel. */
async function converted(kernel: string, cells: readonly string[]): Promise<Cell[]> {
  const input = save(
    "plain.ipynb",
    cells.map((source, index) => {
      return { id: `c${index}`, cell_type: "code", source, metadata: {}, outputs: [], execution_count: null };
    }),
  );
  const args = ["-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "--output", kernel, input];
  await promisify(execFile)(python, [...args, `--ExecutePreprocessor.kernel_name=${kernel}`], { cwd: folder });
  return (JSON.parse(readFileSync(join(folder, `${kernel}.ipynb`), "utf8")) as Notebook).cells;
}

const texts = ({ outputs = [] }: Cell, name: string) =>
  outputs
    .filter((output) => output.output_type === "stream" && (output as { name?: string }).name === name)
    .map(({ text = "" }) => [text].flat().join(""))
    .join("");

describe.runIf(ready)("beside stock tslab", () => {
  it("the code example records the same values, to the bit", { timeout: 300_000 }, async () => {
    const input = shortExample();
    const own = await recorded(ours, input);
    expect(own.map(({ name }) => name)).toEqual(["power", "batchNormalization", "dropout"]);
    expect(own).toEqual(await recorded(stock, input));
  });

  describe("stock's messages cannot carry, under plain nbconvert,", () => {
    const cells = ["console.log('one')", "throw new RangeError('boom')", "console.log('after')"];
    let own: Cell[] = [];
    let theirs: Cell[] = [];
    beforeAll(async () => {
      own = await converted(ours, cells);
      theirs = await converted(stock, cells);
    }, 120_000);

    it("execution counts (there is no execute_input)", () => {
      expect(own.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3]);
      expect(theirs.map(({ execution_count }) => execution_count)).toEqual([null, null, null]);
    });

    it("errors (there is no error message, only text on stderr)", () => {
      expect(own[1].outputs).toEqual([
        expect.objectContaining({ output_type: "error", ename: "RangeError", evalue: "boom" }),
      ]);
      expect(theirs[1].outputs?.map(({ output_type }) => output_type)).not.toContain("error");
      expect(texts(theirs[1], "stderr")).toContain("boom");
    });

    it("what runs within 200 ms after an error (it is refused)", () => {
      expect(texts(own[2], "stdout")).toBe("after\n");
      expect(texts(theirs[2], "stdout")).toBe("");
    });

    it("and output that both have is the same", () => {
      expect(texts(own[0], "stdout")).toBe("one\n");
      expect(texts(theirs[0], "stdout")).toBe("one\n");
    });
  });
});
