/** Other ways in and out: outputs in the notebook's own file, notebooks as text, test runners. */
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder } from "../../scripts/project-folder";
import { findNotebooks, type PassedOver } from "../../src/notebooks/notebook/find";
import { notebookTests } from "../../src/notebooks/batch/notebook-tests";
import type { Notebook } from "../../src/notebooks/notebook/notebook-file";
import { code, notebook, save } from "./notebooks";

const root = projectFolder();
let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "dnn lab doors "))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly output: string;
}

function command(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const path = [dirname(process.execPath), process.env.PATH].join(":");
  return new Promise((settle) => {
    const child = execFile(
      program,
      [...args],
      { cwd: folder, env: { ...process.env, PATH: path, ...env } },
      (_, stdout, stderr) => settle({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

const bin = join(root, "src", "notebooks", "bin", "dnn-lab-notebooks.mjs");
const run = (...args: string[]): Promise<Ran> => command(process.execPath, [bin, ...args]);
const stored = (path: string): Notebook => JSON.parse(readFileSync(path, "utf8")) as Notebook;
const python = (source: string): Notebook => notebook([code(source)], {}, "python3");

describe("run --in-place, check --against outputs", () => {
  it("keep a notebook's results in its file, and nothing else changes there", { timeout: 120_000 }, async () => {
    const path = save(join(folder, "own.ipynb"), python("print('é loss:', 0.25)"));
    const before = readFileSync(path, "utf8");
    chmodSync(path, 0o640);
    expect(await run("check", path, "--against", "outputs", "--no-cache")).toMatchObject({
      code: 4,
      output: expect.stringContaining("has no outputs to compare with"),
    });
    expect((await run("run", path, "--in-place")).code).toBe(0);
    const { cells, metadata } = stored(path);
    expect(cells[0]).toMatchObject({ execution_count: 1, outputs: [{ text: ["é loss: 0.25\n"] }] });
    expect(metadata).not.toHaveProperty("dnn_lab");
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect((await run("check", path, "--against", "outputs")).code).toBe(0);

    const changed = readFileSync(path, "utf8").replace("é loss: 0.25", "é loss: 0.75");
    writeFileSync(path, changed);
    const found = await run("check", path, "--against", "outputs", "--no-cache");
    expect(found).toMatchObject({ code: 3, output: expect.stringContaining("0.75") });
    expect(readFileSync(path, "utf8")).toBe(changed);
    expect((await run("clean", path)).code).toBe(0);
    expect(stored(path).cells).toEqual((JSON.parse(before) as Notebook).cells);
  });

  it("leave a notebook alone that fails, and refuse outputs of other values", { timeout: 120_000 }, async () => {
    const path = save(join(folder, "fails.ipynb"), python("1 / 0"));
    const before = readFileSync(path, "utf8");
    expect((await run("run", path, "--in-place")).code).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(await run("run", path, "--in-place", "--only", "1")).toMatchObject({
      code: 2,
      output: expect.stringContaining("leave --only out"),
    });
  });
});

describe("a notebook that is written as text", () => {
  const source = [
    ...[
      "// ---",
      "// jupyter:",
      "//   kernelspec:",
      "//     name: tslab",
      "//     display_name: TypeScript",
      "// ---",
      "",
    ],
    ...["// %% [markdown]", "// # Rates", "", "// %%", "const rates: number[] = [0.5, 0.25];", ""],
    ...["// %%", "// @check last: min=0.2", 'console.log("last:", rates.at(-1));', ""],
  ];

  it("is executed, compared with a reference beside it, and told by its lines", { timeout: 120_000 }, async () => {
    mkdirSync(join(folder, "texts"));
    const path = join(folder, "texts", "rates.ts");
    writeFileSync(path, source.join("\n"));
    writeFileSync(join(folder, "texts", "library.ts"), "export const a = 1;\n");
    expect(findNotebooks([join(folder, "texts")])).toEqual([path]);
    const accepted = await run("accept", "texts");
    expect(accepted).toMatchObject({ code: 0, output: expect.stringContaining("accepted texts/rates.ts") });
    expect(existsSync(join(folder, "texts", "references", "rates.ts"))).toBe(true);
    expect((await run("check", "texts")).code).toBe(0);

    writeFileSync(path, source.join("\n").replace("0.25", "0.125"));
    const found = await run("check", "texts");
    expect(found.code).toBe(3);
    expect(found.output).toMatch(/cell 2 \(Rates\), line 15: difference: .*last: 0\.125/);
    expect((await run("clean", "texts")).code).toBe(0);
  });

  it("is not taken for another one beside the .ipynb that it is kept with", () => {
    mkdirSync(join(folder, "paired"));
    const own = save(join(folder, "paired", "a.ipynb"), notebook([code("1")]));
    writeFileSync(join(folder, "paired", "a.ts"), source.join("\n"));
    expect(findNotebooks([join(folder, "paired")])).toEqual([own]);
  });
});

it("names folders with notebooks that are not searched", () => {
  for (const place of ["build/deep", "results", "dist"]) mkdirSync(join(folder, "named", place), { recursive: true });
  const own = save(join(folder, "named", "a.ipynb"), notebook([code("1")]));
  save(join(folder, "named", "build", "deep", "b.ipynb"), notebook([code("1")]));
  mkdirSync(join(folder, "elsewhere"));
  save(join(folder, "elsewhere", "c.ipynb"), notebook([code("1")]));
  symlinkSync(join(folder, "elsewhere"), join(folder, "named", "link"));
  const passed: PassedOver[] = [];
  expect(findNotebooks([join(folder, "named")], (each) => passed.push(each))).toEqual([own]);
  expect(passed.map(({ path }) => path)).toEqual([join(folder, "named", "build"), join(folder, "named", "link")]);
});

describe("test runners show one test a notebook", () => {
  beforeAll(async () => {
    save(join(folder, "tests", "good.ipynb"), python("print('loss:', 0.25)"));
    save(join(folder, "tests", "bad.ipynb"), python("print('loss:', 0.25)"));
    expect((await run("accept", "tests")).code).toBe(0);
    save(join(folder, "tests", "bad.ipynb"), python("print('loss:', 0.75)"));
  }, 120_000);

  it("vitest and its like", { timeout: 120_000 }, async () => {
    const tests = new Map<string, () => Promise<void>>();
    const runner = {
      describe: (_: string, body: () => void) => body(),
      it: (name: string, test: () => Promise<void>) => tests.set(name, test),
    };
    const paths = [join(folder, "tests")];
    notebookTests(runner, { paths, results: join(folder, "results") });
    expect([...tests.keys()]).toEqual(["bad", "good"].map((name) => join(folder, "tests", `${name}.ipynb`)));
    await tests.get(join(folder, "tests", "good.ipynb"))!();
    await expect(tests.get(join(folder, "tests", "bad.ipynb"))!()).rejects.toThrow(/loss: 0\.75/);
    expect(() => notebookTests(runner, { path: paths } as never)).toThrow("paths");
    mkdirSync(join(folder, "nothing"));
    expect(() => notebookTests(runner, { paths: [join(folder, "nothing")] })).toThrow("there are no notebooks");
  });

  it("pytest", { timeout: 120_000 }, async () => {
    writeFileSync(join(folder, "conftest.py"), 'pytest_plugins = ["dnn_lab_notebooks"]\n');
    const settings = ["[pytest]", `pythonpath = "${join(root, "src", "notebooks", "pytest")}"`];
    writeFileSync(join(folder, "pytest.ini"), [...settings, "dnn_lab_arguments = --parallel 2", ""].join("\n"));
    const pytest = join(root, ".venv", "bin", "python");
    const args = ["-m", "pytest", "-p", "no:cacheprovider", "--dnn-lab-notebooks", "-v", "tests"];
    const { code: exit, output } = await command(pytest, args);
    expect(output).toMatch(/tests\/bad\.ipynb::notebook FAILED/);
    expect(output).toMatch(/tests\/good\.ipynb::notebook PASSED/);
    expect(output).toContain("loss: 0.75");
    expect(exit).toBe(1);
  });
});
